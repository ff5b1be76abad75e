/** One call and what comes of it, in one line. */
export interface CallRow {
  /** What this row says. */
  readonly says: string;
  /** Fields of the caller's record, over `PLAIN`. */
  readonly record: object;
  /** What is dialled, or that and more that the device says. */
  readonly said: string | Said;
  /** The verbs in words (`inWords`): of a dial its target, credentials and identity; of a refusal `decline 403`. */
  readonly verbs: string;
  /** Why: of a dial `destination; permission; caller id; trunk (why), …`, of a refusal its reason. */
  readonly because: string;
  /** Another record of the realm. */
  readonly other?: object;
}

export interface Said {
  readonly dialled: string;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const REALM = 'sip.example.com';

/** The record that every row changes. */
export const PLAIN = {
  realm: REALM,
  username: 'plain',
  password: 'x',
  techPrefix: '77#',
  outboundAuth: { username: 't', password: 'p' },
  callerId: '+18005550100',
};

export type Row = readonly [
  says: string,
  record: object,
  said: string | Said,
  verbs: string,
  because: string,
  other?: object,
];

export const rows = (list: readonly Row[]): CallRow[] =>
  list.map(([says, record, said, verbs, because, other]) => ({
    says,
    record,
    said,
    verbs,
    because,
    ...(other && { other }),
  }));

const AT = '@sip.carrier.example auth t:p as +18005550100';
const ANY = 'default (all-numbers)';

const SAUDI = { countryCode: '966', internationalPrefix: '00', nationalPrefix: '0' };
const AMERICA = { countryCode: '1', internationalPrefix: '011', nationalPrefix: '1' };
const TEN_DIGITS = { countryCode: '1', internationalPrefix: '011' };
const CODES = { serviceCodes: true };

// biome-ignore format: a row is a line
export const DESTINATIONS = rows([
  ['+ is taken off', {}, '+966501234567', `sip:77#966501234567${AT}`, `plus; default; default; ${ANY}`],
  ['00 is taken off', {}, '00966501234567', `sip:77#966501234567${AT}`, `international-prefix; default; default; ${ANY}`],
  ['bare digits go as they are', {}, '966501234567', `sip:77#966501234567${AT}`, `as-dialled; default; default; ${ANY}`],
  ['a national number without a dial plan goes as it is', {}, '0501234567', `sip:77#0501234567${AT}`, `as-dialled; default; default; ${ANY}`],
  ['a short code goes as it is', {}, '100', `sip:77#100${AT}`, `as-dialled; default; default; ${ANY}`],
  ['a single digit goes as it is', {}, '1', `sip:77#1${AT}`, `as-dialled; default; default; ${ANY}`],
  ['visual separators are dropped', {}, '+966-50-123.4567', `sip:77#966501234567${AT}`, `plus; default; default; ${ANY}`],
  ['brackets and spaces are dropped', {}, '(966) 501 234567', `sip:77#966501234567${AT}`, `as-dialled; default; default; ${ANY}`],
  ['%2B is +', {}, '%2B966501234567', `sip:77#966501234567${AT}`, `plus; default; default; ${ANY}`],
  ['%2b is +', {}, '%2b966501234567', `sip:77#966501234567${AT}`, `plus; default; default; ${ANY}`],
  ['the longest E.164 number', {}, '+966501234567890', `sip:77#966501234567890${AT}`, `plus; default; default; ${ANY}`],
  ['a long text as dialled', {}, '9'.repeat(31), `sip:77#${'9'.repeat(31)}${AT}`, `as-dialled; default; default; ${ANY}`],
  ['empty', {}, '', 'decline 484', 'no-number'],
  ['only +', {}, '+', 'decline 484', 'no-number'],
  ['only %2B', {}, '%2B', 'decline 484', 'no-number'],
  ['only separators', {}, '-.()', 'decline 484', 'no-number'],
  ['only the international prefix', {}, '00', 'decline 484', 'no-number'],
  ['a name', {}, 'alice', 'decline 404', 'not-a-number'],
  ['a vanity number', {}, '1800FLOWERS', 'decline 404', 'not-a-number'],
  ['Arabic digits', {}, '٩٦٦٥٠١٢٣٤٥٦٧', 'decline 404', 'not-a-number'],
  ['full-width digits', {}, '９６６５０', 'decline 404', 'not-a-number'],
  ['a no-break space', {}, '966\u00a0501234567', `sip:77#966501234567${AT}`, `as-dialled; default; default; ${ANY}`],
  ['invisible marks of an address book', {}, '\u202a+966501234567\u202c', `sip:77#966501234567${AT}`, `plus; default; default; ${ANY}`],
  ['invisible marks, escaped', {}, '%E2%80%AD+966%C2%A050%201234567%E2%80%AC', `sip:77#966501234567${AT}`, `plus; default; default; ${ANY}`],
  ['escaped spaces', {}, '+966%2050%20123%204567', `sip:77#966501234567${AT}`, `plus; default; default; ${ANY}`],
  ['escaped digits', {}, '%39%36%36501234567', `sip:77#966501234567${AT}`, `as-dialled; default; default; ${ANY}`],
  ['a malformed escape', {}, '966%2', 'decline 404', 'not-a-number'],
  ['an escape that is not UTF-8', {}, '966%FF50', 'decline 404', 'not-a-number'],
  ['parameters of the number', {}, '+966501234567;cpc=ordinary', `sip:77#966501234567${AT}`, `plus; default; default; ${ANY}`],
  ['another host', {}, '966501234567@evil.example', 'decline 404', 'not-a-number'],
  ['another host, encoded', {}, '966%40evil.example', 'decline 404', 'not-a-number'],
  ['an escaped URI parameter', {}, '966%3Bphone-context=x', 'decline 404', 'not-a-number'],
  ['a URI header', {}, '966?X-Evil=1', 'decline 404', 'not-a-number'],
  ['a port', {}, '966:5061', 'decline 404', 'not-a-number'],
  ['a second target', {}, '966,971', 'decline 404', 'not-a-number'],
  ['an encoded line break', {}, '966%0d%0aX-Evil: 1', 'decline 404', 'not-a-number'],
  ['a line break', {}, '966\r\nX-Evil: 1', 'decline 404', 'not-a-number'],
  ['a second encoding is not undone', {}, '%252B966501234567', 'decline 404', 'not-a-number'],
  ['+ inside', {}, '9+66', 'decline 404', 'not-a-number'],
  ['two +', {}, '++966501234567', 'decline 404', 'not-a-number'],
  ['33 digits', {}, '9'.repeat(33), 'decline 404', 'number-too-long'],
  ['16 digits behind +', {}, '+9665012345678901', 'decline 404', 'number-too-long'],
  ['a second 00 behind 00', {}, '0000966501234567', 'decline 404', 'not-a-number'],
  ['0 behind +', {}, '+0966501234567', 'decline 404', 'not-a-number'],
  ['three zeros', {}, '000881612345678', 'decline 404', 'not-a-number'],
  ["00 where the plan's prefix is another", { dialPlan: AMERICA }, '00881612345678', 'decline 404', 'not-a-number'],
  ["a prefix thief's #", {}, '999999#966501234567', 'decline 404', 'service-code-not-allowed'],
  ["a prefix thief's %23", {}, '999999%23966501234567', 'decline 404', 'service-code-not-allowed'],
  ['a leading #', {}, '%23966', 'decline 404', 'service-code-not-allowed'],
  ['a service code without serviceCodes', {}, '*67%231800', 'decline 404', 'service-code-not-allowed'],
]);

// biome-ignore format: a row is a line
export const DIAL_PLANS = rows([
  ['Saudi: national prefix', { dialPlan: SAUDI }, '0501234567', `sip:77#966501234567${AT}`, `national-prefix; default; default; ${ANY}`],
  ['Saudi: international prefix', { dialPlan: SAUDI }, '00442079460000', `sip:77#442079460000${AT}`, `international-prefix; default; default; ${ANY}`],
  ['Saudi: +', { dialPlan: SAUDI }, '+442079460000', `sip:77#442079460000${AT}`, `plus; default; default; ${ANY}`],
  ['Saudi: international digits without a prefix', { dialPlan: SAUDI }, '966501234567', `sip:77#966501234567${AT}`, `as-dialled; default; default; ${ANY}`],
  ['Saudi: a short code keeps its form', { dialPlan: SAUDI }, '0999', `sip:77#0999${AT}`, `as-dialled; default; default; ${ANY}`],
  ['America: 1 and ten digits', { dialPlan: AMERICA }, '12125550123', `sip:77#12125550123${AT}`, `national-prefix; default; default; ${ANY}`],
  ['America: 011', { dialPlan: AMERICA }, '011442079460000', `sip:77#442079460000${AT}`, `international-prefix; default; default; ${ANY}`],
  ['ten digits: the country code is added', { dialPlan: TEN_DIGITS }, '2125550123', `sip:77#12125550123${AT}`, `country-code-added; default; default; ${ANY}`],
  ['ten digits: eleven have it already', { dialPlan: TEN_DIGITS }, '12125550123', `sip:77#12125550123${AT}`, `as-dialled; default; default; ${ANY}`],
  ['ten digits: 411 is a short code', { dialPlan: TEN_DIGITS }, '411', `sip:77#411${AT}`, `as-dialled; default; default; ${ANY}`],
  ['ten digits: 011', { dialPlan: TEN_DIGITS }, '011966501234567', `sip:77#966501234567${AT}`, `international-prefix; default; default; ${ANY}`],
  ['service code, behind the own prefix', { dialPlan: CODES }, '*67', `sip:77#*67${AT}`, `service-code; default; default; ${ANY}`],
  ['service code, encoded', { dialPlan: CODES }, '%2A21%23', `sip:77#*21#${AT}`, `service-code; default; default; ${ANY}`],
  ['service code with a number in it', { dialPlan: CODES }, '*21*966501234567#', `sip:77#*21*966501234567#${AT}`, `service-code; default; default; ${ANY}`],
  ['service code with a second 00 in it', { dialPlan: CODES }, '*31#000881612345678', 'decline 404', 'not-a-number'],
  ['service code with 00 behind another prefix', { dialPlan: { ...CODES, internationalPrefix: '011' } }, '*67*00881612345678', 'decline 404', 'not-a-number'],
  ['a short code that begins like a high-risk range', {}, '991', `sip:77#991${AT}`, `as-dialled; default; default; ${ANY}`],
  ['service code: + is none', { dialPlan: CODES }, '+*67', 'decline 404', 'service-code-not-allowed'],
  ['service code: + before digits is none', { dialPlan: CODES }, '+96#6', 'decline 404', 'service-code-not-allowed'],
  ['service code without an own prefix', { dialPlan: CODES, techPrefix: undefined }, '999999#966501234567', 'decline 404', 'service-code-not-allowed'],
  ["service code behind bare digits could complete another's prefix", { dialPlan: CODES, techPrefix: '4442' }, '42#966501234567', 'decline 404', 'service-code-not-allowed'],
  ["service code behind letters could complete another's prefix", { dialPlan: CODES, techPrefix: 'AB' }, '#966501234567', 'decline 404', 'service-code-not-allowed'],
  ['service code to a denied number', { dialPlan: CODES, destinations: { deny: ['966'] } }, '*31#966501234567', 'decline 403', 'destination-denied'],
  ['service code to a denied number behind 00', { dialPlan: CODES, destinations: { deny: ['966'] } }, '*31#00966501234567', 'decline 403', 'destination-denied'],
  ['service code to a satellite', { dialPlan: CODES }, '*67*881612345678', 'decline 403', 'high-risk-destination'],
]);

const allow = (...prefixes: string[]) => ({ destinations: { default: 'deny', allow: prefixes } });
const deny = (...prefixes: string[]) => ({ destinations: { deny: prefixes } });

// biome-ignore format: a row is a line
export const PERMISSIONS = rows([
  ['no rules', {}, '966501234567', `sip:77#966501234567${AT}`, `as-dialled; default; default; ${ANY}`],
  ['allowed by prefix', allow('966'), '966501234567', `sip:77#966501234567${AT}`, `as-dialled; allow 966; default; ${ANY}`],
  ['allowed however it is dialled', allow('966'), '00966501234567', `sip:77#966501234567${AT}`, `international-prefix; allow 966; default; ${ANY}`],
  ['not in a closed list', allow('966'), '971501234567', 'decline 403', 'destination-denied'],
  ['denied by prefix', deny('966'), '966501234567', 'decline 403', 'destination-denied'],
  ['denied however it is dialled', deny('966'), '+966-50-1234567', 'decline 403', 'destination-denied'],
  ['denied, after the dial plan', { ...deny('966'), dialPlan: SAUDI }, '0501234567', 'decline 403', 'destination-denied'],
  ['not denied', deny('966'), '971501234567', `sip:77#971501234567${AT}`, `as-dialled; default; default; ${ANY}`],
  ['the longer allow wins', { destinations: { deny: ['966'], allow: ['96650'] } }, '966501234567', `sip:77#966501234567${AT}`, `as-dialled; allow 96650; default; ${ANY}`],
  ['the longer deny wins', { destinations: { allow: ['966'], deny: ['96650'] } }, '966501234567', 'decline 403', 'destination-denied'],
  ['the same prefix in both is denied', { destinations: { allow: ['966'], deny: ['966'] } }, '966501234567', 'decline 403', 'destination-denied'],
  ['Iridium', {}, '881612345678', 'decline 403', 'high-risk-destination'],
  ['Iridium with +', {}, '+881612345678', 'decline 403', 'high-risk-destination'],
  ['Iridium behind 011 without a plan', {}, '011881612345678', 'decline 403', 'high-risk-destination'],
  ['Inmarsat', {}, '870776512345', 'decline 403', 'high-risk-destination'],
  ['an international network', {}, '882161234567', 'decline 403', 'high-risk-destination'],
  ['international premium rate', {}, '979123456789', 'decline 403', 'high-risk-destination'],
  ['American premium rate', {}, '19005550123', 'decline 403', 'high-risk-destination'],
  ['British personal numbers', {}, '447012345678', 'decline 403', 'high-risk-destination'],
  ['British mobiles are none of it', {}, '447700900123', `sip:77#447700900123${AT}`, `as-dialled; default; default; ${ANY}`],
  ['Somalia', {}, '25261234567', 'decline 403', 'high-risk-destination'],
  ['Cuba', {}, '5351234567', 'decline 403', 'high-risk-destination'],
  ['Jamaica', {}, '18765550123', 'decline 403', 'high-risk-destination'],
  ['a range allowed by its name', { destinations: { allow: ['881'] } }, '881612345678', `sip:77#881612345678${AT}`, `as-dialled; allow 881; default; ${ANY}`],
  ['a range allowed in part', { destinations: { allow: ['8816'] } }, '881612345678', `sip:77#881612345678${AT}`, `as-dialled; allow 8816; default; ${ANY}`],
  ['the other part stays closed', { destinations: { allow: ['8816'] } }, '881812345678', 'decline 403', 'high-risk-destination'],
  ['a shorter prefix does not open it', { destinations: { allow: ['88'] } }, '881612345678', 'decline 403', 'high-risk-destination'],
  ['allowing America does not open Jamaica', allow('1'), '18765550123', 'decline 403', 'high-risk-destination'],
  ['rules that cannot be read deny', { destinations: 'all' }, '966501234567', 'decline 403', 'destination-denied'],
  ['a list for destinations is read', { destinations: [{ default: 'deny' }] }, '966501234567', 'decline 403', 'destination-denied'],
  ['a denied number', { destinations: { deny: [966] } }, '966501234567', 'decline 403', 'destination-denied'],
  ['a denied prefix with +', { destinations: { deny: ['+966'] } }, '966501234567', 'decline 403', 'destination-denied'],
  ['a denied prefix with 00', { destinations: { deny: ['00966'] } }, '966501234567', 'decline 403', 'destination-denied'],
  ['a denied prefix that cannot be read denies all', { destinations: { allow: ['966'], deny: ['^96650'] } }, '966501234567', 'decline 403', 'destination-denied'],
  ['a deny list that cannot be read denies', { destinations: { deny: 966 } }, '971501234567', 'decline 403', 'destination-denied'],
]);

const shows = (callerId: string) => `sip:77#966501234567@sip.carrier.example auth t:p as ${callerId}`;
const from = (user: string, headers: Record<string, string> = {}) => ({
  dialled: '966501234567',
  from: user,
  headers,
});
const why = (callerId: string) => `as-dialled; default; ${callerId}; ${ANY}`;
/** Nobody is shown: a legal identity of nobody, and nothing that the network may add. */
const NOBODY = 'anonymous asserted <sip:anonymous@anonymous.invalid> privacy id';
const HIDDEN = 'Anonymous <anonymous> asserted <sip:+18005550100@sip.carrier.example> privacy id';

// biome-ignore format: a row is a line
export const CALLER_IDS = rows([
  ['a text is the default', {}, '966501234567', shows('+18005550100'), why('default')],
  ['the first pattern that matches', { callerId: { default: '1', patterns: [{ match: '^96', callerId: '2' }, { match: '^966', callerId: '3' }] } }, '966501234567', shows('2'), why('patterns[0]')],
  ['the second, when the first does not', { callerId: { default: '1', patterns: [{ match: '^971', callerId: '2' }, { match: '^966', callerId: '3' }] } }, '966501234567', shows('3'), why('patterns[1]')],
  ['a pattern at the end', { callerId: { default: '1', patterns: [{ match: '4567$', callerId: '2' }] } }, '966501234567', shows('2'), why('patterns[0]')],
  ['patterns see no 00', { callerId: { default: '1', patterns: [{ match: '^00', callerId: '2' }] } }, '966501234567', shows('1'), why('default')],
  ['a bad pattern: those before it decide', { callerId: { default: '1', patterns: [{ match: '^966', callerId: '3' }, { match: '(', callerId: '2' }] } }, '966501234567', shows('3'), why('patterns[0]')],
  ['a bad pattern: those behind it do not', { callerId: { default: '1', patterns: [{ match: '(', callerId: '2' }, { match: '^966', callerId: '3' }] } }, '966501234567', 'decline 403', 'no-caller-id'],
  ['look-around is a bad pattern', { callerId: { default: '1', patterns: [{ match: '(?=9)', callerId: '2' }] } }, '966501234567', 'decline 403', 'no-caller-id'],
  ['a default that is a number costs the default', { callerId: { default: 1, patterns: [{ match: '^966', callerId: '3' }] } }, '966501234567', shows('3'), why('patterns[0]')],
  ['an allowed number of its own', { callerId: { default: '1', allowed: ['+18005550111'] } }, from('+18005550111'), shows('+18005550111'), why('allowed')],
  ["an allowed number in another form is shown in the record's", { callerId: { default: '1', allowed: ['+18005550111'] } }, from('0018005550111'), shows('+18005550111'), why('allowed')],
  ['an allowed number, encoded', { callerId: { default: '1', allowed: ['+18005550111'] } }, from('%2B1-800-555-0111'), shows('+18005550111'), why('allowed')],
  ['an allowed number beats patterns', { callerId: { allowed: ['+18005550111'], patterns: [{ match: '^9', callerId: '2' }] } }, from('+18005550111'), shows('+18005550111'), why('allowed')],
  ['a number that is not allowed', { callerId: { default: '1', allowed: ['+18005550111'] } }, from('+18005550112'), shows('1'), why('default')],
  ['an allowed national number under a plan', { dialPlan: SAUDI, callerId: { default: '1', allowed: ['+966112345678'] } }, from('0112345678'), shows('+966112345678'), why('allowed')],
  ['the only number of a pool', { callerId: { pool: ['+18005550120'] } }, '966501234567', shows('+18005550120'), why('pool')],
  ['the nearest number of a pool', { callerId: { pool: ['+18005550120', '+966112345678', '+442079460000'] } }, '966501234567', shows('+966112345678'), why('pool')],
  ['equally near numbers of a pool: this callee sees one', { callerId: { pool: ['+18005550120', '+18005550121'] } }, '966501234567', shows('+18005550120'), why('pool')],
  ['equally near numbers of a pool: another callee sees the other', { callerId: { pool: ['+18005550120', '+18005550121'] } }, '442079460000', 'sip:77#442079460000@sip.carrier.example auth t:p as +18005550121', why('pool')],
  ['default comes before the pool', { callerId: { default: '1', pool: ['+966112345678'] } }, '966501234567', shows('1'), why('default')],
  ["the device's own number without a rule", { callerId: undefined }, from('+12125550100'), shows('+12125550100'), why('device')],
  ["the device's own number, cleaned", { callerId: undefined }, from('%2B1 (212) 555-0100'), shows('+12125550100'), why('device')],
  ["the device's name is no number", { callerId: undefined }, from('plain'), 'decline 403', 'no-caller-id'],
  ['a From with a parameter is that number', { callerId: undefined }, from('+12025559999;cpc=ordinary'), shows('+12025559999'), why('device')],
  ['a From with escapes and invisible marks', { callerId: undefined }, from('%E2%80%AA+1%20202%20555%209999'), shows('+12025559999'), why('device')],
  ['an allowed number with a parameter', { callerId: { default: '1', allowed: ['+12025559999'] } }, from('+12025559999;cpc=ordinary'), shows('+12025559999'), why('allowed')],
  ['a From with an escaped parameter is no number', { callerId: { fallback: 'decline' } }, from('+12025559999%3Bcpc=ordinary'), 'decline 403', 'no-caller-id'],
  ['a From with a line break is no number', { callerId: undefined }, from('1212\r\nX-Evil: 1'), 'decline 403', 'no-caller-id'],
  ['fallback anonymous', { callerId: { fallback: 'anonymous' } }, from('+12125550100'), shows(NOBODY), why('anonymous')],
  ['fallback decline', { callerId: { fallback: 'decline' } }, from('+12125550100'), 'decline 403', 'no-caller-id'],
  ['rules that cannot be read decline', { callerId: 5 }, from('+12125550100'), 'decline 403', 'no-caller-id'],
  ['a whole number is its digits', { callerId: 18005550100 }, from('+12125550100'), shows('18005550100'), why('default')],
  ['a pool of whole numbers', { callerId: { pool: [18005550100] } }, from('+12125550100'), shows('18005550100'), why('pool')],
  ['a display name', { callerId: { default: '+18005550100', name: 'Acme Inc' } }, '966501234567', shows('Acme Inc <+18005550100>'), why('default')],
  ['a display name in Arabic', { callerId: { default: '+18005550100', name: 'أكمي' } }, '966501234567', shows('أكمي <+18005550100>'), why('default')],
  ['a control character leaves the name', { callerId: { default: '+18005550100', name: 'Ac\u000bme\u0085' } }, '966501234567', shows('Acme <+18005550100>'), why('default')],
  ['a device that hides is shown: privacy is strip', {}, from('anonymous', { privacy: 'id' }), shows('+18005550100'), why('default')],
  ['honour: an anonymous From', { callerId: { default: '+18005550100', privacy: 'honour' } }, from('anonymous'), shows(HIDDEN), why('default')],
  ['honour: Privacy: id', { callerId: { default: '+18005550100', privacy: 'honour' } }, from('plain', { privacy: 'id' }), shows(HIDDEN), why('default')],
  ['honour: Privacy: header;user', { callerId: { default: '+18005550100', privacy: 'honour' } }, from('plain', { privacy: 'header;user' }), shows(HIDDEN), why('default')],
  ['honour: Privacy: none', { callerId: { default: '+18005550100', privacy: 'honour' } }, from('plain', { privacy: 'none' }), shows('+18005550100'), why('default')],
  ['honour: nothing asked', { callerId: { default: '+18005550100', privacy: 'honour' } }, from('plain'), shows('+18005550100'), why('default')],
  ['honour: a name is hidden too', { callerId: { default: '+18005550100', name: 'Acme', privacy: 'honour' } }, from('anonymous'), shows(HIDDEN), why('default')],
  ['honour: an allowed identity beside the anonymous From', { callerId: { default: '1', allowed: ['+18005550100'], privacy: 'honour' } }, from('anonymous', { 'P-Preferred-Identity': '<sip:+18005550100@sip.example.com>' }), shows(HIDDEN), why('allowed')],
  ['honour: a foreign identity is not asserted', { callerId: { default: '+18005550100', privacy: 'honour' } }, from('anonymous', { 'P-Preferred-Identity': '<sip:+15550199@evil.example>' }), shows(HIDDEN), why('default')],
  ['honour: nothing to assert', { callerId: { fallback: 'anonymous', privacy: 'honour' } }, from('anonymous'), shows(NOBODY), why('anonymous')],
  ["the device's own identity headers stay here", {}, from('plain', { 'p-asserted-identity': '<sip:+15550199@evil.example>' }), shows('+18005550100'), why('default')],
]);

const MAIN = {
  name: 'main',
  host: 'a.example',
  techPrefix: '11#',
  outboundAuth: { username: 'u', password: 'v' },
};
const trunk = (fields: object) => ({ trunks: [{ ...MAIN, ...fields }] });
const TO_A = '@a.example auth u:v as +18005550100';
const ON_A = 'as-dialled; default; default; main (all-numbers)';

// biome-ignore format: a row is a line
export const TRUNKS = rows([
  ["the deployment's host", {}, '966501234567', `sip:77#966501234567${AT}`, `as-dialled; default; default; ${ANY}`],
  ['a prefix without a sign', { techPrefix: '99' }, '966501234567', `sip:99966501234567${AT}`, `as-dialled; default; default; ${ANY}`],
  ['credentials without a prefix', { techPrefix: undefined }, '966501234567', `sip:966501234567${AT}`, `as-dialled; default; default; ${ANY}`],
  ['a prefix without credentials', { outboundAuth: undefined }, '966501234567', 'sip:77#966501234567@sip.carrier.example as +18005550100', `as-dialled; default; default; ${ANY}`],
  ['a trunk of its own', trunk({}), '966501234567', `sip:11#966501234567${TO_A}`, ON_A],
  ['a port', trunk({ port: 5080 }), '966501234567', 'sip:11#966501234567@a.example:5080 auth u:v as +18005550100', ON_A],
  ['tcp', trunk({ transport: 'tcp' }), '966501234567', 'sip:11#966501234567@a.example;transport=tcp auth u:v as +18005550100', ON_A],
  ['tls and a port', trunk({ transport: 'tls', port: 5061 }), '966501234567', 'sip:11#966501234567@a.example:5061;transport=tls auth u:v as +18005550100', ON_A],
  ['IPv6', trunk({ host: '[2001:db8::1]', port: 5080 }), '966501234567', 'sip:11#966501234567@[2001:db8::1]:5080 auth u:v as +18005550100', ON_A],
  ['a ring timeout', trunk({ ringTimeout: 25 }), '966501234567', `sip:11#966501234567${TO_A} ring 25`, ON_A],
  ["a trunk at the deployment's host takes the record's prefix and credentials", { trunks: [{ name: 'main' }] }, '966501234567', `sip:77#966501234567${AT}`, ON_A],
  ['a trunk elsewhere does not', { trunks: [{ name: 'main', host: 'a.example' }] }, '966501234567', 'sip:966501234567@a.example as +18005550100', ON_A],
  ['number: e164', trunk({ numberFormat: 'e164' }), '+966501234567', `sip:11#966501234567${TO_A}`, ON_A.replace('as-dialled', 'plus')],
  ['number: +e164', trunk({ numberFormat: '+e164' }), '00966501234567', `sip:11#+966501234567${TO_A}`, ON_A.replace('as-dialled', 'international-prefix')],
  ['number: 00e164', trunk({ numberFormat: '00e164' }), '+966501234567', `sip:11#00966501234567${TO_A}`, ON_A.replace('as-dialled', 'plus')],
  ['number: national', { dialPlan: SAUDI, ...trunk({ numberFormat: 'national' }) }, '+966501234567', `sip:11#0501234567${TO_A}`, ON_A.replace('as-dialled', 'plus')],
  ['number: national, abroad', { dialPlan: SAUDI, ...trunk({ numberFormat: 'national' }) }, '+442079460000', `sip:11#00442079460000${TO_A}`, ON_A.replace('as-dialled', 'plus')],
  ['number: dialled without + or 00 and without a plan, it keeps its form', trunk({ numberFormat: '+e164' }), '501234567', `sip:11#501234567${TO_A}`, ON_A],
  ['number: however much it looks like an international one', trunk({ numberFormat: '+e164' }), '966501234567', `sip:11#966501234567${TO_A}`, ON_A],
  ['number: under a plan what begins with its country code is known', { dialPlan: SAUDI, ...trunk({ numberFormat: '+e164' }) }, '966501234567', `sip:11#+966501234567${TO_A}`, ON_A],
  ['number: under a plan what does not is not', { dialPlan: SAUDI, ...trunk({ numberFormat: '+e164' }) }, '501234567', `sip:11#501234567${TO_A}`, ON_A],
  ['number: nor a local one that happens to', { dialPlan: SAUDI, ...trunk({ numberFormat: '+e164' }) }, '9661234', `sip:11#9661234${TO_A}`, ON_A],
  ['number: nor under a plan what was dialled without the prefix of another country', { dialPlan: SAUDI, ...trunk({ numberFormat: '00e164' }) }, '442079460000', `sip:11#442079460000${TO_A}`, ON_A],
  ['number: a short code has no format', trunk({ numberFormat: '+e164' }), '100', `sip:11#100${TO_A}`, ON_A],
  ['number: a national one without a plan has no format', trunk({ numberFormat: '+e164' }), '0501234567', `sip:11#0501234567${TO_A}`, ON_A],
  ['caller id: e164', trunk({ callerIdFormat: 'e164' }), '966501234567', 'sip:11#966501234567@a.example auth u:v as 18005550100', ON_A],
  ['caller id: 00e164', trunk({ callerIdFormat: '00e164' }), '966501234567', 'sip:11#966501234567@a.example auth u:v as 0018005550100', ON_A],
  ['caller id: +e164 of a national one', { dialPlan: SAUDI, callerId: '0112345678', ...trunk({ callerIdFormat: '+e164' }) }, '+966501234567', 'sip:11#966501234567@a.example auth u:v as +966112345678', ON_A.replace('as-dialled', 'plus')],
  ['caller id: national', { dialPlan: SAUDI, callerId: '+966112345678', ...trunk({ callerIdFormat: 'national' }) }, '+966501234567', 'sip:11#966501234567@a.example auth u:v as 0112345678', ON_A.replace('as-dialled', 'plus')],
  ['caller id: what is no E.164 keeps its form', { callerId: '0598888833', ...trunk({ callerIdFormat: '+e164' }) }, '966501234567', 'sip:11#966501234567@a.example auth u:v as 0598888833', ON_A],
  ['asserted identity in the form and at the host of the trunk', { callerId: { default: '+18005550100', privacy: 'honour' }, ...trunk({ callerIdFormat: 'e164', port: 5080 }) }, from('anonymous'), 'sip:11#966501234567@a.example:5080 auth u:v as Anonymous <anonymous> asserted <sip:18005550100@a.example> privacy id', ON_A],
  ['the longest prefix first', { trunks: [{ name: 'world', host: 'w.example' }, { name: 'gulf', host: 'g.example', prefixes: ['966', '971'] }, { name: 'mobile', host: 'm.example', prefixes: ['96650'] }] }, '966501234567', 'sip:966501234567@m.example as +18005550100', 'as-dialled; default; default; mobile (prefix 96650), gulf (prefix 966), world (all-numbers)'],
  ['then the order of the record', { trunks: [{ name: 'b', host: 'b.example' }, { name: 'a', host: 'a.example' }] }, '966501234567', 'sip:966501234567@b.example as +18005550100', 'as-dialled; default; default; b (all-numbers), a (all-numbers)'],
  ['a trunk that does not take the number is left out', { trunks: [{ name: 'gulf', host: 'g.example', prefixes: ['971'] }, { name: 'world', host: 'w.example' }] }, '966501234567', 'sip:966501234567@w.example as +18005550100', 'as-dialled; default; default; world (all-numbers)'],
  ['no trunk takes the number', { trunks: [{ name: 'gulf', host: 'g.example', prefixes: ['971'] }] }, '966501234567', 'decline 503', 'no-trunk'],
  ['no trunk at all', { techPrefix: undefined, outboundAuth: undefined }, '966501234567', 'decline 503', 'no-trunk'],
  ['a prefix that cannot be read: nobody knows whom to bill', { techPrefix: 77 }, '966501234567', 'decline 403', 'destination-denied'],
  ['credentials that cannot be read', { outboundAuth: { username: 't' } }, '966501234567', 'decline 403', 'destination-denied'],
  ['a call may last that long', { limits: { maxCallSeconds: 600 } }, '966501234567', `sip:77#966501234567${AT} limit 600`, `as-dialled; default; default; ${ANY}`],
  ['a counted call lasts 4 hours', { limits: { maxConcurrentCalls: 5 } }, '966501234567', `sip:77#966501234567${AT} limit 14400`, `as-dialled; default; default; ${ANY}`],
  ['a rate alone has no time limit', { limits: { callsPerMinute: 5 } }, '966501234567', `sip:77#966501234567${AT}`, `as-dialled; default; default; ${ANY}`],
  ['no calls at a time', { limits: { maxConcurrentCalls: 0 } }, '966501234567', 'decline 480', 'too-many-calls'],
  ['no calls a minute', { limits: { callsPerMinute: 0 } }, '966501234567', 'decline 480', 'too-many-calls-per-minute'],
  ['limits that cannot be read', { limits: { maxConcurrentCalls: 'many' } }, '966501234567', 'decline 480', 'too-many-calls'],
]);

const minutes = (maxMinutesPerDay: number, more: object = {}) => ({ limits: { maxMinutesPerDay, ...more } });
const CUBA = { prefixes: ['881', '53'], minutesPerDay: 10 };
const OPEN = { destinations: { allow: ['53', '881'] } };
const PLAINLY = `as-dialled; default; default; ${ANY}`;
const BY_ALLOW = (prefix: string) => `as-dialled; allow ${prefix}; default; ${ANY}`;

// biome-ignore format: a row is a line
export const BUDGETS = rows([
  ['a call may last as long as what is left of the day', minutes(40), '966501234567', `sip:77#966501234567${AT} limit 2400`, PLAINLY],
  ['and four hours at the most', minutes(1440), '966501234567', `sip:77#966501234567${AT} limit 14400`, PLAINLY],
  ['or maxCallSeconds at the most', minutes(40, { maxCallSeconds: 600 }), '966501234567', `sip:77#966501234567${AT} limit 600`, PLAINLY],
  ['no minutes a day', minutes(0), '966501234567', 'decline 480', 'budget-spent'],
  ['a part of the world', { ...OPEN, limits: { budgets: [CUBA] } }, '5351234567', `sip:77#5351234567${AT} limit 600`, BY_ALLOW('53')],
  ['a part of the world by its other prefix', { ...OPEN, limits: { budgets: [CUBA] } }, '881612345678', `sip:77#881612345678${AT} limit 600`, BY_ALLOW('881')],
  ['the rest of the world has no limit', { ...OPEN, limits: { budgets: [CUBA] } }, '966501234567', `sip:77#966501234567${AT}`, PLAINLY],
  ['the smaller of whole and part', { ...OPEN, ...minutes(8, { budgets: [CUBA] }) }, '5351234567', `sip:77#5351234567${AT} limit 480`, BY_ALLOW('53')],
  ['no minutes for a part', { ...OPEN, ...minutes(8, { budgets: [{ ...CUBA, minutesPerDay: 0 }] }) }, '5351234567', 'decline 480', 'budget-spent'],
  ['a budget opens no high-risk range', { limits: { budgets: [CUBA] } }, '5351234567', 'decline 403', 'high-risk-destination'],
  ['a cap of 0 beside a budget', minutes(40, { maxConcurrentCalls: 0 }), '966501234567', 'decline 480', 'too-many-calls'],
  ['minutes that cannot be read', { limits: { maxMinutesPerDay: 'forty' } }, '966501234567', 'decline 480', 'budget-spent'],
  ['minutes in parts', minutes(0.5), '966501234567', 'decline 480', 'budget-spent'],
  ['a time zone that is none', minutes(40, { timeZone: 'Riyadh' }), '966501234567', 'decline 480', 'budget-spent'],
  ['budgets that cannot be read', { limits: { budgets: CUBA } }, '966501234567', 'decline 480', 'budget-spent'],
  ['a budget that cannot be read', { limits: { budgets: [CUBA, { minutesPerDay: 5 }] } }, '966501234567', 'decline 480', 'budget-spent'],
  ['a prefix of a budget that cannot be read', { limits: { budgets: [{ ...CUBA, prefixes: ['53', '8x1'] }] } }, '966501234567', 'decline 480', 'budget-spent'],
  ['a budget without prefixes', { limits: { budgets: [{ ...CUBA, prefixes: [] }] } }, '966501234567', 'decline 480', 'budget-spent'],
  ['a time zone', minutes(40, { timeZone: 'Asia/Riyadh' }), '966501234567', `sip:77#966501234567${AT} limit 2400`, PLAINLY],
]);

const observe = (...rules: string[]) => ({ observe: rules });

// biome-ignore format: a row is a line
export const OBSERVED = rows([
  ['a denied prefix', { ...deny('966'), ...observe('destinations') }, '966501234567', `sip:77#966501234567${AT}`, `${PLAINLY}; would destination-denied`],
  ['a closed list', { ...allow('971'), ...observe('destinations') }, '966501234567', `sip:77#966501234567${AT}`, `${PLAINLY}; would destination-denied`],
  ['a prefix that is allowed', { ...allow('966'), ...observe('destinations') }, '966501234567', `sip:77#966501234567${AT}`, PLAINLY],
  ['a high-risk range stays shut', { ...deny('966'), ...observe('destinations') }, '881612345678', 'decline 403', 'high-risk-destination'],
  ['a high-risk range is opened when the rule is enforced', { ...allow('881'), ...observe('destinations') }, '881612345678', 'decline 403', 'high-risk-destination'],
  ['no calls at a time', { limits: { maxConcurrentCalls: 0 }, ...observe('limits') }, '966501234567', `sip:77#966501234567${AT}`, `${PLAINLY}; would too-many-calls`],
  ['no calls a minute', { limits: { callsPerMinute: 0 }, ...observe('limits') }, '966501234567', `sip:77#966501234567${AT}`, `${PLAINLY}; would too-many-calls-per-minute`],
  ['maxCallSeconds', { limits: { maxCallSeconds: 60 }, ...observe('limits') }, '966501234567', `sip:77#966501234567${AT}`, PLAINLY],
  ['room under every cap', { limits: { maxConcurrentCalls: 2, callsPerMinute: 2 }, ...observe('limits') }, '966501234567', `sip:77#966501234567${AT}`, PLAINLY],
  ['limits, not budgets', { ...minutes(5, { maxCallSeconds: 60 }), ...observe('limits') }, '966501234567', `sip:77#966501234567${AT} limit 300`, PLAINLY],
  ['no minutes a day', { ...minutes(0), ...observe('budgets') }, '966501234567', `sip:77#966501234567${AT}`, `${PLAINLY}; would budget-spent`],
  ['minutes that are left', { ...minutes(5), ...observe('budgets') }, '966501234567', `sip:77#966501234567${AT}`, PLAINLY],
  ['budgets, not limits', { ...minutes(5, { maxCallSeconds: 600 }), ...observe('budgets') }, '966501234567', `sip:77#966501234567${AT} limit 600`, PLAINLY],
  ['budgets, not calls at a time', { ...minutes(0, { maxConcurrentCalls: 0 }), ...observe('budgets') }, '966501234567', 'decline 480', 'too-many-calls'],
  ['all at once', { ...deny('9'), ...minutes(0, { maxConcurrentCalls: 0 }), ...observe('destinations', 'limits', 'budgets', 'newSource') }, '966501234567', `sip:77#966501234567${AT}`, `${PLAINLY}; would destination-denied, too-many-calls, budget-spent`],
  ['another rule than the one that refuses', { ...deny('966'), ...observe('limits', 'budgets', 'newSource') }, '966501234567', 'decline 403', 'destination-denied'],
  ['a rule that is misspelt is enforced', { ...deny('966'), ...observe('destination') }, '966501234567', 'decline 403', 'destination-denied'],
  ['what cannot be read observes nothing', { ...deny('966'), observe: 'destinations' }, '966501234567', 'decline 403', 'destination-denied'],
]);

const EMERGENCY = { emergency: { numbers: ['112', '911'] } };
const SOS = (callerId: string) => `emergency; emergency; ${callerId}; default (emergency)`;

// biome-ignore format: a row is a line
export const EMERGENCIES = rows([
  ['an emergency number', EMERGENCY, '112', `sip:77#112${AT}`, SOS('default')],
  ['with +', EMERGENCY, '+112', `sip:77#112${AT}`, SOS('default')],
  ['with escapes', EMERGENCY, '%31%31%32', `sip:77#112${AT}`, SOS('default')],
  ['with invisible marks', EMERGENCY, '\u202a1\u00a012%20%E2%80%AC', `sip:77#112${AT}`, SOS('default')],
  ['with a parameter', EMERGENCY, '112;phone-context=x', `sip:77#112${AT}`, SOS('default')],
  ['with separators', EMERGENCY, '1-1-2', `sip:77#112${AT}`, SOS('default')],
  ['not one more digit', EMERGENCY, '1123', `sip:77#1123${AT}`, `as-dialled; default; default; ${ANY}`],
  ['denied by a rule', { ...EMERGENCY, destinations: { default: 'deny', deny: ['112'] } }, '112', `sip:77#112${AT}`, SOS('default')],
  ['with a plan that would read it otherwise', { ...EMERGENCY, dialPlan: { countryCode: '1', internationalPrefix: '9' } }, '911', `sip:77#911${AT}`, SOS('default')],
  ['over every cap', { ...EMERGENCY, limits: { maxConcurrentCalls: 0, callsPerMinute: 0, maxCallSeconds: 1 } }, '112', `sip:77#112${AT}`, SOS('default')],
  ['when the minutes are spent', { ...EMERGENCY, ...minutes(0) }, '112', `sip:77#112${AT}`, SOS('default')],
  ['of a disabled account', { ...EMERGENCY, enabled: false }, '112', `sip:77#112${AT}`, SOS('default')],
  ['with a caller id of its own', { emergency: { numbers: ['112'], callerId: '+18005550199' } }, '112', 'sip:77#112@sip.carrier.example auth t:p as +18005550199', SOS('emergency')],
  ['where the caller-id rules decline', { ...EMERGENCY, callerId: { fallback: 'decline' } }, { dialled: '112', from: 'plain' }, 'sip:77#112@sip.carrier.example auth t:p as anonymous asserted <sip:anonymous@anonymous.invalid> privacy id', SOS('anonymous')],
  ["where the rules decline, the device's own number", { ...EMERGENCY, callerId: { fallback: 'decline' } }, { dialled: '112', from: '+12125550100' }, 'sip:77#112@sip.carrier.example auth t:p as +12125550100', SOS('device')],
  ['never hidden', { ...EMERGENCY, callerId: { default: '+18005550100', privacy: 'honour' } }, { dialled: '112', from: 'anonymous' }, `sip:77#112${AT}`, SOS('default')],
  ['without a trunk', { ...EMERGENCY, trunks: [] }, '112', 'sip:112@sip.carrier.example as +18005550100', SOS('default')],
  ['its trunk first, then the others', { emergency: { numbers: ['112'], trunk: 'sos' }, trunks: [{ name: 'main', host: 'a.example', prefixes: ['966'] }, { name: 'sos', host: 's.example' }] }, '112', 'sip:112@s.example as +18005550100', 'emergency; emergency; default; sos (emergency), main (emergency)'],
  ['a trunk that is not there', { emergency: { numbers: ['112'], trunk: 'sos' }, trunks: [{ name: 'main', host: 'a.example' }] }, '112', 'sip:112@a.example as +18005550100', 'emergency; emergency; default; main (emergency)'],
  ['in no number format', { ...EMERGENCY, trunks: [{ name: 'default', host: 'a.example', numberFormat: '+e164' }] }, '112', 'sip:112@a.example as +18005550100', SOS('default')],
]);

const member = (fields: object) => ({
  username: 'phone',
  customer: 'plain',
  techPrefix: undefined,
  outboundAuth: undefined,
  callerId: undefined,
  ...fields,
});

// biome-ignore format: a row is a line
export const INHERITANCE = rows([
  ['everything from the customer', member({}), '966501234567', `sip:77#966501234567${AT}`, `as-dialled; default; default; ${ANY}`, {}],
  ['an own caller id', member({ callerId: '+18005550111' }), '966501234567', shows('+18005550111'), why('default'), {}],
  ["the customer's dial plan", member({}), '0501234567', `sip:77#966501234567${AT}`, `national-prefix; default; default; ${ANY}`, { dialPlan: SAUDI }],
  ["the customer's deny list", member({}), '966501234567', 'decline 403', 'destination-denied', deny('966')],
  ['an own list in its place', member({ destinations: { deny: ['971'] } }), '966501234567', `sip:77#966501234567${AT}`, `as-dialled; default; default; ${ANY}`, deny('966')],
  ["the customer's trunks", member({}), '966501234567', `sip:11#966501234567${TO_A}`, ON_A, trunk({})],
  ["the customer's limits", member({}), '966501234567', 'decline 480', 'too-many-calls', { limits: { maxConcurrentCalls: 0 } }],
  ["the customer's minutes", member({}), '966501234567', `sip:77#966501234567${AT} limit 300`, PLAINLY, minutes(5)],
  ["what the customer's record observes", member({}), '966501234567', `sip:77#966501234567${AT}`, `${PLAINLY}; would destination-denied`, { ...deny('966'), ...observe('destinations') }],
  ['an own observe in its place', member({ observe: [] }), '966501234567', 'decline 403', 'destination-denied', { ...deny('966'), ...observe('destinations') }],
  ["the customer's emergency numbers", member({}), '112', `sip:77#112${AT}`, SOS('default'), EMERGENCY],
  ['a disabled customer', member({}), '966501234567', 'decline 403', 'disabled', { enabled: false }],
  ['a customer that is not there', member({ customer: 'ghost', techPrefix: '77#' }), '966501234567', 'decline 403', 'unknown-customer', {}],
  ['one hop only', member({ customer: 'middle' }), '966501234567', 'decline 503', 'no-trunk', { username: 'middle', customer: 'plain', techPrefix: undefined, outboundAuth: undefined }],
]);

const as = (headers: Record<string, string>) => ({ dialled: '966501234567', headers });

// biome-ignore format: a row is a line
export const IDENTITIES = rows([
  ['nobody', {}, as({ 'X-Authenticated-User': '' }), 'decline 403', 'no-caller'],
  ['a name without a realm', {}, as({ 'X-Authenticated-User': 'plain' }), 'decline 403', 'no-caller'],
  ['two @', {}, as({ 'X-Authenticated-User': 'plain@evil.example@sip.example.com' }), 'decline 403', 'no-caller'],
  ['the realm in other letters', {}, as({ 'X-Authenticated-User': 'plain@SIP.example.com' }), `sip:77#966501234567${AT}`, `as-dialled; default; default; ${ANY}`],
  ['the username in other letters', {}, as({ 'X-Authenticated-User': 'Plain@sip.example.com' }), 'decline 403', 'unknown-account'],
  ['somebody else in small letters beside', {}, as({ 'x-authenticated-user': 'jane@sip.example.com' }), 'decline 403', 'no-caller'],
  ['the same in mixed letters beside', {}, as({ 'X-authenticated-User': 'plain@sip.example.com' }), 'decline 403', 'no-caller'],
  ["a carrier's mark", {}, as({ 'X-Originating-Carrier': 'evil' }), 'decline 403', 'trunk-call'],
  ["a carrier's mark in small letters", {}, as({ 'x-voip-carrier-sid': 'evil' }), 'decline 403', 'trunk-call'],
  ["a Teams' mark", {}, as({ 'X-MS-Teams-Tenant-FQDN': 'evil.example' }), 'decline 403', 'trunk-call'],
  ['an account without a record', {}, as({ 'X-Authenticated-User': 'ghost@sip.example.com' }), 'decline 403', 'unknown-account'],
  ['another realm', {}, as({ 'X-Authenticated-User': 'plain@other.example.com' }), 'decline 403', 'unknown-account'],
  ['a disabled account', { enabled: false }, '966501234567', 'decline 403', 'disabled'],
  ['an account that somebody meant to disable', { enabled: 'false' }, '966501234567', 'decline 403', 'disabled'],
]);
