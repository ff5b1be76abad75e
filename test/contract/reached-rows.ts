/** What happens to one call, in order; the row's verbs are the answer to the last. */
export type CallEvent =
  | { readonly carrier: string; readonly from?: string; readonly name?: string; readonly headers?: Headers }
  | { readonly phone: string; readonly dials: string; readonly from?: string; readonly headers?: Headers }
  /** The dial ended: jambonz's status, and the SIP status. */
  | { readonly ended: readonly [status: string, sip: number] }
  | { readonly refer: string; readonly by?: 'caller' | 'called' | 'carrier' };
type Headers = Readonly<Record<string, string>>;

export interface ReachedRow {
  readonly says: string;
  readonly records: readonly object[];
  readonly events: readonly CallEvent[];
  /** The verbs in words (`inWords`), or the HTTP status of a refused REFER. */
  readonly verbs: string;
  /** As the log says it: the direction, the answer, and why. */
  readonly because: string;
}

export const REALM = 'sip.example.com';
const account = (username: string, fields: object = {}) => ({ realm: REALM, username, ...fields });

export const ACME = account('acme', {
  callerId: '+18005550100',
  internalCalls: true,
  techPrefix: '77#',
  outboundAuth: { username: 't', password: 'p' },
  limits: { maxConcurrentCalls: 5 },
  emergency: { numbers: ['112'] },
});
const ANN = account('ann', { customer: 'acme', shortDial: '2001' });
const BOB = account('bob', { customer: 'acme', shortDial: '2002' });
const CAROL = account('carol', { customer: 'acme', shortDial: '2003', forwardTo: '0044207946000' });
/** A login whose phones register other user parts. */
const DECT = account('dect', { customer: 'acme', registration: { users: ['101', '102'] } });
const OTHER = account('other', { callerId: '+12125550100', techPrefix: '88#' });
const EVE = account('eve', { customer: 'other', shortDial: '2009' });
const OFFICE = [ACME, ANN, BOB, CAROL, DECT, OTHER, EVE];

const DID = '966112223300';
const number = (fields: object) => ({ realm: 'numbers', username: DID, ...fields });
const withNumber = (fields: object, ...others: readonly object[]) => [...OFFICE, number(fields), ...others];

const aor = (username: string) => `${username}@${REALM}`;
const MUM = { carrier: DID, from: '+33142685300', name: 'Mum' } as const;
const NO_REPLY = { ended: ['ringing', 180] } as const;
const ABSENT = { ended: ['failed', 404] } as const;
const BUSY = { ended: ['busy', 486] } as const;
const AS_MUM = 'as Mum <+33142685300>';
const AT = '@sip.carrier.example auth t:p as +18005550100 limit 14400';
const THEN = { dial: '442079460000', as: aor('acme') };

type Row = readonly [
  says: string,
  records: readonly object[],
  events: readonly CallEvent[],
  verbs: string,
  because: string,
];
const rows = (list: readonly Row[]): ReachedRow[] =>
  list.map(([says, records, events, verbs, because]) => ({ says, records, events, verbs, because }));

// biome-ignore format: a row is a line
export const NUMBERS = rows([
  ['a number rings a phone', withNumber({ ring: [aor('ann')] }), [MUM], `phone ann@sip.example.com ${AS_MUM} ring 20 for good`, 'inbound ring number'],
  ['with + it is the same number', withNumber({ ring: [aor('ann')] }), [{ ...MUM, carrier: `+${DID}` }], `phone ann@sip.example.com ${AS_MUM} ring 20 for good`, 'inbound ring number'],
  ['an escaped + too', withNumber({ ring: [aor('ann')] }), [{ ...MUM, carrier: `%2B${DID}` }], `phone ann@sip.example.com ${AS_MUM} ring 20 for good`, 'inbound ring number'],
  ['a group rings together', withNumber({ ring: [[aor('ann'), aor('bob')]] }), [MUM], `phone ann@sip.example.com + bob@sip.example.com ${AS_MUM} ring 20 for good`, 'inbound ring number'],
  ['as long as the record says', withNumber({ ring: [aor('ann')], ringSeconds: 35 }), [MUM], `phone ann@sip.example.com ${AS_MUM} ring 35 for good`, 'inbound ring number'],
  ['a PBX sees the number', withNumber({ ring: [aor('pbx')], passNumber: true }), [{ ...MUM, carrier: `+${DID}` }], `phone pbx@sip.example.com sees 966112223300 ${AS_MUM} ring 20 for good`, 'inbound ring number'],
  ['a phone of another realm', withNumber({ ring: ['Ann@B.example'] }), [MUM], `phone Ann@b.example ${AS_MUM} ring 20 for good`, 'inbound ring number'],
  ['an unknown number', OFFICE, [MUM], 'decline 404', 'inbound refuse unknown-number'],
  ['a number that is off', withNumber({ ring: [aor('ann')], enabled: false }), [MUM], 'decline 480', 'inbound refuse number-disabled'],
  ['a number that somebody meant to turn off', withNumber({ ring: [aor('ann')], enabled: 'false' }), [MUM], 'decline 480', 'inbound refuse number-disabled'],
  ['a number whose phones cannot be read', withNumber({ ring: ['ann'] }), [MUM], 'decline 480', 'inbound refuse rings-nobody'],
  ['a name is no number of ours', withNumber({ ring: [aor('ann')] }), [{ ...MUM, carrier: 'sales' }], 'decline 404', 'inbound refuse unknown-number'],
  ['nothing called', withNumber({ ring: [aor('ann')] }), [{ ...MUM, carrier: '' }], 'decline 404', 'inbound refuse unknown-number'],
  ['an account of that name is no number', [...OFFICE, account(DID, { customer: 'acme' })], [MUM], 'decline 404', 'inbound refuse unknown-number'],
]);

const TO_ANN = withNumber({ ring: [aor('ann')] });
const marks = (headers: Headers, events: object = {}) =>
  [{ ...MUM, ...events, headers }] as readonly CallEvent[];

// biome-ignore format: a row is a line
export const CALLERS = rows([
  ['without a name', TO_ANN, [{ carrier: DID, from: '+33142685300' }], 'phone ann@sip.example.com as +33142685300 ring 20 for good', 'inbound ring number'],
  ['without +', TO_ANN, [{ carrier: DID, from: '33142685300' }], 'phone ann@sip.example.com as 33142685300 ring 20 for good', 'inbound ring number'],
  ['with separators and parameters', TO_ANN, [{ carrier: DID, from: '+33-1.42(68)5300;cpc=ordinary' }], 'phone ann@sip.example.com as +33142685300 ring 20 for good', 'inbound ring number'],
  ['a name for a number', TO_ANN, [{ carrier: DID, from: 'sales' }], 'phone ann@sip.example.com as anonymous asserted <sip:anonymous@anonymous.invalid> privacy id ring 20 for good', 'inbound ring number'],
  ['a number that would end the header', TO_ANN, [{ carrier: DID, from: '123>;tag=1\r\nX-Evil: 1' }], 'phone ann@sip.example.com as anonymous asserted <sip:anonymous@anonymous.invalid> privacy id ring 20 for good', 'inbound ring number'],
  ['a name with quotes and controls', TO_ANN, [{ ...MUM, name: 'M"um\r\n\\<x>' }], 'phone ann@sip.example.com as Mumx <+33142685300> ring 20 for good', 'inbound ring number'],
  ['a very long name', TO_ANN, [{ ...MUM, name: 'M'.repeat(300) }], `phone ann@sip.example.com as ${'M'.repeat(64)} <+33142685300> ring 20 for good`, 'inbound ring number'],
  ['withheld by From', TO_ANN, marks({ 'p-asserted-identity': '<sip:+33142685300@carrier.example>' }, { from: 'anonymous', name: 'Anonymous' }), 'phone ann@sip.example.com as Anonymous <anonymous> asserted <sip:anonymous@anonymous.invalid> privacy id ring 20 for good', 'inbound ring number'],
  ['withheld by Privacy', TO_ANN, marks({ privacy: 'id' }), 'phone ann@sip.example.com as Anonymous <anonymous> asserted <sip:anonymous@anonymous.invalid> privacy id ring 20 for good', 'inbound ring number'],
  ['withheld by Privacy among others', TO_ANN, marks({ privacy: 'critical; ID' }), 'phone ann@sip.example.com as Anonymous <anonymous> asserted <sip:anonymous@anonymous.invalid> privacy id ring 20 for good', 'inbound ring number'],
  ['no From user', TO_ANN, [{ carrier: DID, from: '' }], 'phone ann@sip.example.com as Anonymous <anonymous> asserted <sip:anonymous@anonymous.invalid> privacy id ring 20 for good', 'inbound ring number'],
  ["a carrier's identity is not shown in the place of From", TO_ANN, marks({ 'p-asserted-identity': '<sip:+19998887777@evil.example>' }), `phone ann@sip.example.com ${AS_MUM} ring 20 for good`, 'inbound ring number'],
]);

// biome-ignore format: a row is a line
export const MARKS = rows([
  ["the carrier's marks beside an authenticated user", TO_ANN, marks({ 'X-Authenticated-User': aor('ann') }), 'decline 403', 'outbound refuse trunk-call'],
  ['beside one in small letters', TO_ANN, marks({ 'x-authenticated-user': aor('ann') }), 'decline 403', 'outbound refuse trunk-call'],
  ['beside two', TO_ANN, marks({ 'X-Authenticated-User': aor('ann'), 'X-AUTHENTICATED-USER': aor('bob') }), 'decline 403', 'outbound refuse trunk-call'],
  ['a mark twice', TO_ANN, marks({ 'x-originating-carrier': 'evil' }), 'decline 403', 'outbound refuse trunk-call'],
  ['a mark of Teams beside', TO_ANN, marks({ 'X-MS-Teams-Tenant-FQDN': 'evil.example' }), 'decline 403', 'outbound refuse trunk-call'],
  ['a phone that writes the marks', TO_ANN, [{ phone: 'ann', dials: DID, headers: { 'X-Originating-Carrier': 'tcxc', 'X-Voip-Carrier-Sid': '1' } }], 'decline 403', 'outbound refuse trunk-call'],
]);

const TWO_STEPS = { ring: [aor('ann'), [aor('bob'), aor('carol')]] };

// biome-ignore format: a row is a line
export const STEPS = rows([
  ['not registered: the next step', withNumber(TWO_STEPS), [MUM, ABSENT], `phone bob@sip.example.com + carol@sip.example.com ${AS_MUM} ring 20 for good`, 'inbound ring nobody-answered'],
  ['busy: the next step', withNumber(TWO_STEPS), [MUM, BUSY], `phone bob@sip.example.com + carol@sip.example.com ${AS_MUM} ring 20 for good`, 'inbound ring nobody-answered'],
  ['declined: the next step', withNumber(TWO_STEPS), [MUM, { ended: ['failed', 603] }], `phone bob@sip.example.com + carol@sip.example.com ${AS_MUM} ring 20 for good`, 'inbound ring nobody-answered'],
  ['nobody answers: the next step', withNumber(TWO_STEPS), [MUM, NO_REPLY], `phone bob@sip.example.com + carol@sip.example.com ${AS_MUM} ring 20 for good`, 'inbound ring nobody-answered'],
  ['a phone that is silent: the next step', withNumber(TWO_STEPS), [MUM, { ended: ['trying', 100] }], `phone bob@sip.example.com + carol@sip.example.com ${AS_MUM} ring 20 for good`, 'inbound ring nobody-answered'],
  ['the caller stays withheld in the next step', withNumber(TWO_STEPS), [{ ...MUM, from: 'anonymous' }, ABSENT], 'phone bob@sip.example.com + carol@sip.example.com as Anonymous <anonymous> asserted <sip:anonymous@anonymous.invalid> privacy id ring 20 for good', 'inbound ring nobody-answered'],
  ['the number stands in the next step too', withNumber({ ...TWO_STEPS, passNumber: true }), [MUM, ABSENT], `phone bob@sip.example.com + carol@sip.example.com sees 966112223300 ${AS_MUM} ring 20 for good`, 'inbound ring nobody-answered'],
  ['answered: nothing follows', withNumber(TWO_STEPS), [MUM, { ended: ['completed', 200] }], 'nothing', 'inbound done answered'],
  ['after the last step 480', withNumber(TWO_STEPS), [MUM, ABSENT, NO_REPLY], 'decline 480', 'inbound give-up nobody-answered'],
  ['a busy group is nobody: which leg was the last, nobody knows', withNumber(TWO_STEPS), [MUM, ABSENT, BUSY], 'decline 480', 'inbound give-up nobody-answered'],
  ['a phone alone is busy', TO_ANN, [MUM, BUSY], 'decline 486', 'inbound give-up nobody-answered'],
  ['a phone alone declines', TO_ANN, [MUM, { ended: ['failed', 603] }], 'decline 603', 'inbound give-up nobody-answered'],
  ['a phone alone cannot: 480, whatever it says', TO_ANN, [MUM, { ended: ['failed', 488] }], 'decline 480', 'inbound give-up nobody-answered'],
  ['a code of the record', withNumber({ ...TWO_STEPS, then: { status: 486 } }), [MUM, ABSENT, ABSENT], 'decline 486', 'inbound give-up nobody-answered'],
  ['a code that no phone can be sent', withNumber({ ring: [aor('ann')], then: { status: 487 } }), [MUM, ABSENT], 'decline 480', 'inbound give-up nobody-answered'],
]);

const ON = withNumber({ ring: [aor('ann')], then: THEN });
const without = (username: string, fields: object) => [
  ...OFFICE.filter((it) => it.username !== username),
  account(username, fields),
  number({ ring: [aor('ann')], then: { dial: '442079460000', as: aor(username) } }),
];
const { limits: _, ...UNLIMITED } = ACME as typeof ACME & { limits: object };

// biome-ignore format: a row is a line
export const FORWARDS = rows([
  ['on to another number, as a call of the account that pays', ON, [MUM, ABSENT], `sip:77#442079460000${AT} for good`, 'inbound fall-back nobody-answered'],
  ['busy, too', ON, [MUM, BUSY], `sip:77#442079460000${AT} for good`, 'inbound fall-back nobody-answered'],
  ['without a cap nobody pays for a call from outside', without('acme', UNLIMITED), [MUM, ABSENT], 'decline 480', 'inbound give-up forward-without-limit'],
  ['a rate is no cap', without('acme', { ...UNLIMITED, limits: { callsPerMinute: 5 } }), [MUM, ABSENT], 'decline 480', 'inbound give-up forward-without-limit'],
  ['the account that pays is not there', without('nobody', {}).filter((it) => (it as { username: string }).username !== 'nobody'), [MUM, ABSENT], 'decline 480', 'inbound give-up unknown-account'],
  ['it is disabled', without('acme', { ...ACME, enabled: false }), [MUM, ABSENT], 'decline 480', 'inbound give-up disabled'],
  ['its destinations say no', without('acme', { ...ACME, destinations: { deny: ['44'] } }), [MUM, ABSENT], 'decline 480', 'inbound give-up destination-denied'],
  ['a cap of 0', without('acme', { ...ACME, limits: { maxConcurrentCalls: 0 } }), [MUM, ABSENT], 'decline 480', 'inbound give-up too-many-calls'],
  ['no call reaches an emergency number by a detour', withNumber({ ring: [aor('ann')], then: { ...THEN, dial: '112' } }), [MUM, ABSENT], 'decline 480', 'inbound give-up forward-to-emergency'],
  ['where the payer shows the device, the called number is shown, not the caller', without('acme', { ...ACME, callerId: { fallback: 'device' } }), [MUM, ABSENT], 'sip:77#442079460000@sip.carrier.example auth t:p as +966112223300 limit 14400 for good', 'inbound fall-back nobody-answered'],
  ['even to a payer that lets devices choose', without('acme', { ...ACME, callerId: { allowed: ['+33142685300'], default: '+18005550100' } }), [MUM, ABSENT], `sip:77#442079460000${AT} for good`, 'inbound fall-back nobody-answered'],
  ["the payer's next trunk", without('acme', { ...UNLIMITED, limits: { maxConcurrentCalls: 1 }, techPrefix: undefined, outboundAuth: undefined, trunks: [{ name: 'a', host: 'a.example' }, { name: 'b', host: 'b.example' }] }), [MUM, ABSENT, { ended: ['failed', 503] }], 'sip:442079460000@b.example as +18005550100 limit 14400 for good', 'inbound dial trunk-failed'],
  ["after its last trunk the carrier's code", ON, [MUM, ABSENT, { ended: ['failed', 404] }], 'decline 404', 'inbound give-up last-trunk'],
  ['on to a colleague of the account that pays', withNumber({ ring: [aor('ann')], then: { ...THEN, dial: '2002' } }), [MUM, ABSENT], 'phone bob@sip.example.com as acme ring 20 for good', 'inbound fall-back nobody-answered'],
  ['and no further than that', withNumber({ ring: [aor('ann')], then: { ...THEN, dial: '2003' } }), [MUM, ABSENT, ABSENT], 'decline 480', 'inbound give-up nobody-answered'],
  ["without then, the forwardTo of the phone that rang alone", withNumber({ ring: [aor('carol')] }), [MUM, ABSENT], 'sip:77#44207946000@sip.carrier.example auth t:p as +18005550100 limit 14400 for good', 'inbound fall-back nobody-answered'],
  ['not when it is busy', withNumber({ ring: [aor('carol')] }), [MUM, BUSY], 'decline 486', 'inbound give-up nobody-answered'],
  ['not of a group', withNumber({ ring: [[aor('carol'), aor('ann')]] }), [MUM, ABSENT], 'decline 480', 'inbound give-up nobody-answered'],
]);

const dials = (phone: string, dialled: string) => ({ phone, dials: dialled });
const AS_2001 = 'as 2001';
const NOWHERE_NEW = { newSource: { mode: 'enforce', hours: 24, allow: [] } };

// biome-ignore format: a row is a line
export const COLLEAGUES = rows([
  ['by username', OFFICE, [dials('ann', 'bob')], `phone bob@sip.example.com ${AS_2001} ring 20`, 'internal ring username'],
  ['by short number', OFFICE, [dials('ann', '2002')], `phone bob@sip.example.com ${AS_2001} ring 20`, 'internal ring short-dial'],
  ['by an escaped short number', OFFICE, [dials('ann', '%32002')], `phone bob@sip.example.com ${AS_2001} ring 20`, 'internal ring short-dial'],
  ['a login rings all its phones', OFFICE, [dials('ann', 'dect')], `phone dect@sip.example.com + 101@sip.example.com + 102@sip.example.com ${AS_2001} ring 20`, 'internal ring username'],
  ['a registered user part rings that phone', OFFICE, [dials('ann', '102')], `phone 102@sip.example.com ${AS_2001} ring 20`, 'internal ring registered-user'],
  ['without a short number the caller shows its username', OFFICE, [dials('dect', '2001')], 'phone ann@sip.example.com as dect ring 20', 'internal ring short-dial'],
  ["the customer's own record", OFFICE, [dials('ann', 'acme')], `phone acme@sip.example.com ${AS_2001} ring 20`, 'internal ring username'],
  ["a username before another's short number", [...OFFICE, account('2002', { customer: 'acme' })], [dials('ann', '2002')], `phone 2002@sip.example.com ${AS_2001} ring 20`, 'internal ring username'],
  ["another customer's phone is no colleague", OFFICE, [dials('ann', '2009')], `sip:77#2009${AT}`, 'outbound dial default'],
  ["nor is another realm's", [...OFFICE, { realm: 'b.example', username: 'zoe', customer: 'acme', shortDial: '2010' }], [dials('ann', '2010')], `sip:77#2010${AT}`, 'outbound dial default'],
  ['without internalCalls a short number goes out', [...OFFICE.filter((it) => it !== ACME), { ...ACME, internalCalls: false }], [dials('ann', '2002')], `sip:77#2002${AT}`, 'outbound dial default'],
  ['what cannot be read stops calls to the carrier, too', [...OFFICE.filter((it) => it !== ACME), { ...ACME, internalCalls: 'yes' }], [dials('ann', '2002')], 'decline 403', 'outbound refuse destination-denied'],
  ['an account may have its own word', OFFICE.map((it) => (it === ANN ? { ...ANN, internalCalls: false } : it)), [dials('ann', '2002')], `sip:77#2002${AT}`, 'outbound dial default'],
  ['an emergency number comes first', [...OFFICE, account('112', { customer: 'acme' })], [dials('ann', '112')], 'sip:77#112@sip.carrier.example auth t:p as +18005550100', 'outbound dial default'],
  ['destination rules do not hold inside', OFFICE.map((it) => (it === ACME ? { ...ACME, destinations: { default: 'deny' } } : it)), [dials('ann', '2002')], `phone bob@sip.example.com ${AS_2001} ring 20`, 'internal ring short-dial'],
  ['nor does a cap', OFFICE.map((it) => (it === ACME ? { ...ACME, limits: { maxConcurrentCalls: 0 } } : it)), [dials('ann', '2002')], `phone bob@sip.example.com ${AS_2001} ring 20`, 'internal ring short-dial'],
  ['a disabled colleague', OFFICE.map((it) => (it === BOB ? { ...BOB, enabled: false } : it)), [dials('ann', '2002')], 'decline 480', 'outbound refuse phone-disabled'],
  ['a disabled caller', OFFICE.map((it) => (it === ANN ? { ...ANN, enabled: false } : it)), [dials('ann', '2002')], 'decline 403', 'outbound refuse disabled'],
  ['not registered', OFFICE, [dials('ann', '2002'), ABSENT], 'decline 480', 'internal give-up nobody-answered'],
  ['busy', OFFICE, [dials('ann', '2002'), BUSY], 'decline 486', 'internal give-up nobody-answered'],
  ['nobody answers', OFFICE, [dials('ann', '2002'), NO_REPLY], 'decline 480', 'internal give-up nobody-answered'],
  ['answered', OFFICE, [dials('ann', '2002'), { ended: ['completed', 200] }], 'nothing', 'internal done answered'],
  ['on to the forwardTo of the phone that was called, at its expense', OFFICE, [dials('ann', '2003'), ABSENT], 'sip:77#44207946000@sip.carrier.example auth t:p as +18005550100 limit 14400 for good', 'internal fall-back nobody-answered'],
  ['a busy phone is not forwarded', OFFICE, [dials('ann', '2003'), BUSY], 'decline 486', 'internal give-up nobody-answered'],
  ['by its own rules', OFFICE.map((it) => (it === CAROL ? { ...CAROL, destinations: { deny: ['44'] } } : it)), [dials('ann', '2003'), NO_REPLY], 'decline 480', 'internal give-up destination-denied'],
  ['inside, a forward needs no cap', [...OFFICE.filter((it) => it !== ACME), UNLIMITED], [dials('ann', '2003'), ABSENT], 'sip:77#44207946000@sip.carrier.example auth t:p as +18005550100 for good', 'internal fall-back nobody-answered'],
  ['a number that the record names may be called from any address', OFFICE.map((it) => ({ ...it, registration: NOWHERE_NEW })), [dials('ann', '2003'), ABSENT], 'sip:77#44207946000@sip.carrier.example auth t:p as +18005550100 limit 14400 for good', 'internal fall-back nobody-answered'],
  ['two phones that forward to each other end', OFFICE.map((it) => (it === CAROL ? { ...CAROL, forwardTo: '2002' } : it === BOB ? { ...BOB, forwardTo: '2003' } : it)), [dials('ann', '2003'), ABSENT, ABSENT], 'decline 480', 'internal give-up nobody-answered'],
  ['no forward reaches an emergency number', OFFICE.map((it) => (it === CAROL ? { ...CAROL, forwardTo: '112' } : it)), [dials('ann', '2003'), ABSENT], 'decline 480', 'internal give-up forward-to-emergency'],
]);

const OUT = dials('ann', '0033142685300');
const TO = (user: string) => `<sip:${user}@sip.example.com>`;

// biome-ignore format: a row is a line
export const TRANSFERS = rows([
  ['to a number: a new call of the account', OFFICE, [OUT, { refer: TO('00442079460000') }], `sip:77#442079460000${AT} leg reports for good`, 'outbound transfer default'],
  ['to a colleague: as long as the first call might last', OFFICE, [OUT, { refer: TO('2002') }], `phone bob@sip.example.com ${AS_2001} ring 20 limit 14400 leg reports for good`, 'internal transfer short-dial'],
  ['to a tel URI', OFFICE, [OUT, { refer: '<tel:+442079460000>' }], `sip:77#442079460000${AT} leg reports for good`, 'outbound transfer default'],
  ['to an emergency number', OFFICE, [OUT, { refer: TO('112') }], 'sip:77#112@sip.carrier.example auth t:p as +18005550100 leg reports for good', 'outbound transfer default'],
  ['of a call between phones', OFFICE, [dials('ann', '2002'), { refer: TO('00442079460000') }], `sip:77#442079460000${AT} leg reports for good`, 'outbound transfer default'],
  ['its failure: the next trunk, and the first call is kept', OFFICE.map((it) => (it === ACME ? { ...UNLIMITED, limits: { maxConcurrentCalls: 5 }, techPrefix: undefined, outboundAuth: undefined, trunks: [{ name: 'a', host: 'a.example' }, { name: 'b', host: 'b.example' }] } : it)), [OUT, { refer: TO('00442079460000') }, { ended: ['failed', 503] }], 'sip:442079460000@b.example as +18005550100 limit 14400 leg reports for good', 'outbound dial trunk-failed'],
  ['its last failure', OFFICE, [OUT, { refer: TO('00442079460000') }, { ended: ['failed', 503] }], 'decline 503', 'outbound give-up last-trunk'],
  ['to a colleague who is not there, and forwards', OFFICE, [OUT, { refer: TO('2003') }, ABSENT], 'sip:77#44207946000@sip.carrier.example auth t:p as +18005550100 limit 14400 leg reports for good', 'internal fall-back nobody-answered'],
  ['to a denied number', OFFICE.map((it) => (it === ACME ? { ...ACME, destinations: { deny: ['44'] } } : it)), [OUT, { refer: TO('00442079460000') }], 'HTTP 403', 'outbound refuse destination-denied'],
  ['to a high-risk number', OFFICE, [OUT, { refer: TO('0088112345678') }], 'HTTP 403', 'outbound refuse high-risk-destination'],
  ['without room under the cap: the first call counts, too', OFFICE.map((it) => (it === ACME ? { ...ACME, limits: { maxConcurrentCalls: 1 } } : it)), [OUT, { refer: TO('00442079460000') }], 'HTTP 480', 'outbound refuse too-many-calls'],
  ['to nobody', OFFICE, [OUT, { refer: '<sip:sip.example.com>' }], 'HTTP 403', 'outbound refuse no-number'],
  ['to a name that is none', OFFICE, [OUT, { refer: TO('mum') }], 'HTTP 404', 'outbound refuse not-a-number'],
  ['attended', OFFICE, [OUT, { refer: '<sip:2002@sip.example.com?Replaces=abc%40h%3Bto-tag%3D1%3Bfrom-tag%3D2>' }], 'HTTP 403', 'outbound refuse attended-transfer'],
  ['by the called leg, which brings our tag', OFFICE, [OUT, { refer: TO('00442079460000'), by: 'called' }], 'HTTP 403', 'outbound refuse called-leg'],
  ['by the called phone', OFFICE, [dials('ann', '2002'), { refer: TO('00442079460000'), by: 'called' }], 'HTTP 403', 'internal refuse called-leg'],
  ['by a carrier that called in', TO_ANN, [MUM, { refer: TO('00442079460000'), by: 'carrier' }], 'HTTP 403', 'inbound refuse carriers-call'],
  ['by a carrier without its marks: the call data says whose call it is', TO_ANN, [MUM, { refer: TO('00442079460000') }], 'HTTP 403', 'inbound refuse carriers-call'],
  ['by the caller of a forwarded call', OFFICE, [dials('ann', '2003'), ABSENT, { refer: TO('00442079460000') }], 'HTTP 403', 'internal refuse forwarded-call'],
  ['by the caller of a call that came in and was forwarded', ON, [MUM, ABSENT, { refer: TO('00442079460000') }], 'HTTP 403', 'inbound refuse forwarded-call'],
]);
