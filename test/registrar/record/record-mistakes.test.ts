import fc from 'fast-check';
import { readItem } from '../../../lib/aws/client/attributes';
import { parseAuthHook } from '../../../lib/jambonz/auth-hook';
import { authHookPayload } from '../../../lib/local/jambonz-simulator';
import { invite, register } from '../../../lib/local/sip-phone';
import { admit, replayPolicy } from '../../../lib/registrar/auth/admission';
import type { Call, CallRecords as Records } from '../../../lib/registrar/calls/call';
import type { Colleague } from '../../../lib/registrar/calls/colleague';
import { forwardCall } from '../../../lib/registrar/calls/forward';
import { type CallPlan, planCall } from '../../../lib/registrar/calls/plan';
import { formatAor } from '../../../lib/registrar/record/aor';
import { type Customer, type ParsedCustomer, parseCustomer } from '../../../lib/registrar/record/customer';

// A mistake in a record restricts, it never opens. Each part of whole records is broken in every way; then the real
// rules (`admit`, `planCall`) must allow no more than before, and no emergency number may be lost.

const REALM = 'sip.example.com';
const NOW = Date.parse('2026-11-23T12:00:00Z');

type Json = Readonly<Record<string, unknown>>;

/** Every field, where nothing is allowed that is not named. */
const CLOSED: Json = {
  realm: REALM,
  username: 'alice',
  description: 'front desk',
  enabled: true,
  password: 'sip-pass',
  ha1: '5a1a4e0f5a1b4e0f5a1a4e0f5a1b4e0f',
  credentials: [
    { password: 'of-last-year', label: '2025', notAfter: '2026-01-01T00:00:00Z' },
    { password: 'of-this-year', label: '2026', notBefore: '2026-01-01T00:00:00Z' },
    { password: 'of-next-year', label: '2027', notBefore: '2027-01-01T00:00:00Z' },
  ],
  registration: {
    maxExpires: 600,
    allowedAddresses: ['192.0.2.0/24', '203.0.113.9'],
    callsFromAnywhere: false,
    users: ['100', '101'],
    replay: 'enforce',
    newSource: { mode: 'enforce', hours: 24, allow: ['966', '44'] },
  },
  callerId: {
    allowed: ['+18005550111', '0112345678'],
    patterns: [
      { match: '^96611', callerId: '0115555555' },
      { match: '^966', callerId: '0598888833' },
      { match: '^44', callerId: '+442079460000' },
    ],
    default: '+18009992222',
    pool: ['+18005550120', '+18005550121'],
    fallback: 'device',
    privacy: 'strip',
    name: 'Acme Inc',
  },
  techPrefix: '444242#',
  outboundAuth: { username: 'siptrunk1', password: 'trunk-pass' },
  dialPlan: { countryCode: '966', internationalPrefix: '00', nationalPrefix: '0', serviceCodes: true },
  destinations: { default: 'deny', allow: ['966', '1', '44', '71'], deny: ['96650', '1900', '4470'] },
  trunks: [
    {
      name: 'gulf',
      host: 'gulf.example',
      port: 5061,
      transport: 'tls',
      prefixes: ['966', '971'],
      techPrefix: '11#',
      outboundAuth: { username: 'gulf', password: 'gulf-pass' },
      numberFormat: '00e164',
      callerIdFormat: '+e164',
      escapeHash: true,
      ringTimeout: 20,
    },
    { name: 'main', prefixes: ['1', '966'] },
    {
      name: 'uk',
      host: 'uk.example',
      prefixes: ['44'],
      numberFormat: '+e164',
      callerId: '+442079460001',
      fromUser: 'uk-user',
      fromHost: 'acme.example',
    },
  ],
  failover: { stopCodes: [404, 486, 603] },
  limits: {
    maxConcurrentCalls: 10,
    callsPerMinute: 60,
    maxCallSeconds: 7200,
    maxMinutesPerDay: 600,
    timeZone: 'Asia/Riyadh',
    budgets: [
      { prefixes: ['96611', '1'], minutesPerDay: 30 },
      { prefixes: ['44'], minutesPerDay: 10 },
    ],
  },
  observe: ['newSource'],
  emergency: {
    numbers: ['112', '911', '18005550911', { dialled: '9119', number: '119' }],
    country: 'SA',
    callerId: '+18009992222',
    trunk: 'uk',
  },
  dialMusic: 'https://example.com/ring.wav',
  internalCalls: true,
  shortDial: '2001',
  forwardTo: '+18005550111',
  version: 3,
};

/** Everything is allowed that is not named, and one trunk takes it. */
const OPEN: Json = {
  realm: REALM,
  username: 'alice',
  password: 'sip-pass',
  callerId: '+18009992222',
  techPrefix: '444242#',
  outboundAuth: { username: 'siptrunk1', password: 'trunk-pass' },
  dialPlan: { countryCode: '1' },
  destinations: { deny: ['966', '1900', '0900'] },
  limits: { callsPerMinute: 60 },
  emergency: { numbers: ['112'] },
};

const callerId = (rules: unknown): Json => ({
  realm: REALM,
  username: 'alice',
  password: 'sip-pass',
  techPrefix: '77#',
  callerId: rules,
});

const RECORDS: Readonly<Record<string, Json>> = {
  'a closed record': CLOSED,
  'an open record': OPEN,
  'a record of which rules are observed': {
    ...OPEN,
    registration: { newSource: { hours: 48, allow: ['1'] } },
    limits: { maxConcurrentCalls: 2, maxCallSeconds: 60, maxMinutesPerDay: 9 },
    observe: ['destinations', 'limits'],
  },
  'a record with minutes for prefixes': {
    ...OPEN,
    registration: { newSource: { mode: 'enforce', hours: 48, allow: ['1'] } },
    limits: { budgets: [{ prefixes: ['1', '966'], minutesPerDay: 9 }] },
  },
  'a record that registers from one address': {
    ...OPEN,
    registration: { allowedAddresses: ['192.0.2.7'], callsFromAnywhere: true },
  },
  'a plan of a country': {
    ...OPEN,
    dialPlan: {
      country: 'GB',
      rewrite: [
        { from: '9', to: '' },
        { from: '8', to: '44', digits: 11 },
      ],
    },
    destinations: { default: 'deny', allow: ['44'], deny: ['4490'] },
  },
  'a disabled record': { ...OPEN, enabled: false },
  'a pool': callerId({ pool: ['+18005550120', '+18005550121', '+18005550122'] }),
  'patterns over a pool': callerId({
    patterns: [
      { match: '^966', callerId: '+966112345678' },
      { match: '^9', callerId: '+971412345678' },
    ],
    pool: ['+18005550120', '+18005550121'],
    privacy: 'honour',
  }),
  'a default over a pool': callerId({ default: '+18009992222', pool: ['+18005550120', '+18005550121'] }),
  'a caller id that is declined': callerId({ allowed: ['+18005550111'], fallback: 'decline' }),
  'a caller id that is hidden': callerId({ allowed: ['+18005550111'], fallback: 'anonymous' }),
  'trunks without hosts': {
    ...callerId('+18009992222'),
    outboundAuth: { username: 'siptrunk1', password: 'trunk-pass' },
    trunks: [
      { name: 'a', prefixes: ['966'] },
      { name: 'b', techPrefix: '88#' },
    ],
    destinations: { allow: ['9665'], deny: ['966'] },
    limits: { maxCallSeconds: 600 },
    failover: { stopCodes: [500] },
    emergency: { numbers: ['112'], trunk: 'a' },
  },
  'an account of a customer': {
    realm: REALM,
    username: 'alice',
    customer: 'acme',
    password: 'sip-pass',
    callerId: { default: '+18005550130' },
    techPrefix: '99#',
    outboundAuth: { username: 'alice', password: 'own-pass' },
    dialPlan: { countryCode: '966', nationalPrefix: '0' },
    destinations: { default: 'deny', allow: ['966'] },
    trunks: [{ name: 'own' }],
    failover: { stopCodes: [500] },
    limits: { maxConcurrentCalls: 1, callsPerMinute: 1, maxCallSeconds: 60 },
    emergency: { numbers: ['112'] },
  },
};

/** What an account may inherit: more than any of the records above allows. */
const ACME: Json = {
  realm: REALM,
  username: 'acme',
  callerId: { fallback: 'device' },
  techPrefix: '1#',
  trunks: [{ name: 'all', host: 'all.example' }],
  emergency: { numbers: ['999'] },
};

/** A way to break a value, and what becomes of it. */
type Breaking = readonly [name: string, value: unknown];

/** Where a value stands. */
type Path = readonly (string | number)[];

/** As DynamoDB's reader gives them. */
const { number: UNHOLDABLE } = readItem({ number: { N: '12345678901234567890.5' } });

const NUMERIC = /^\+?[0-9]+$/;

function breakingsOf(value: unknown, name: string | number): Breaking[] {
  const everywhere: Breaking[] = [
    ['null', null],
    ['true', true],
    ['false', false],
    // In place of digits it would be another value, not a mistake in form.
    ...(typeof value === 'string' && NUMERIC.test(value) ? [] : [['a number', 5] as const]),
    ['a negative number', -1],
    ['a fraction', 0.5],
    ['a number that JavaScript cannot hold', UNHOLDABLE],
    ['an empty text', ''],
    ['blanks', '   '],
    ['a text', 'x!'],
    ['an empty list', []],
    ['an empty object', {}],
    ['an empty set', new Set()],
    ['a list of it', [value]],
    ['a list of a list of it', [[value]]],
    ['a list of it twice', [value, value]],
    ['an object in a list', [{}]],
    ['a list of texts', ['x!', 'y!']],
    ['one level down', { [name]: value }],
    ['one level down in a list', [{ [name]: value }]],
    ['an object of another name', { value }],
    ['a set of it', new Set([value])],
  ];
  if (Array.isArray(value)) return [...everywhere, ...listBreakings(value)];
  if (typeof value === 'object' && value !== null) return [...everywhere, ...objectBreakings({ ...value })];
  if (typeof value === 'string') return [...everywhere, ...textBreakings(value)];
  return [...everywhere, ['text', String(value)], ['a set of texts', new Set([String(value)])]];
}

function listBreakings(list: readonly unknown[]): Breaking[] {
  const bad = [null, true, '', 'x!', [], {}, new Set(), UNHOLDABLE];
  const named = Object.fromEntries(list.entries());
  return [
    ['with a number at its end', [...list, 5]],
    ...bad.map((it): Breaking => [`with ${shown(it)} at its end`, [...list, it]]),
    ...bad.map((it): Breaking => [`with ${shown(it)} at its start`, [it, ...list.slice(1)]]),
    ['a set', new Set(list)],
    ['a set of numbers', new Set(list.map(Number))],
    ['numbers', list.map(Number)],
    ['an object by place', named],
    ['the first alone', list[0]],
    ['a text with commas', list.join(', ')],
    ['each in a list', list.map((it) => [it])],
    ['each in an object', list.map((it) => ({ value: it }))],
  ];
}

function objectBreakings(object: Json): Breaking[] {
  return [
    ['its values alone', Object.values(object)],
    ['its entries', Object.entries(object)],
    ['with another name', { ...object, other: 'x' }],
    ...Object.entries(object).flatMap(([name, value]): Breaking[] => {
      const { [name]: _, ...rest } = object;
      return [
        [`its ${name} alone`, value],
        [`its ${name} in a list`, [value]],
        [`its ${name} misspelt`, { ...rest, [misspelt(name)]: value }],
        [`its ${name} in capitals`, { ...rest, [name.toUpperCase()]: value }],
      ];
    }),
  ];
}

function textBreakings(text: string): Breaking[] {
  const forms = [
    `+${text}`,
    `00${text}`,
    `^${text}`,
    ` ${text}`,
    `${text} 5`,
    `${text},5`,
    `'${text}'`,
    `${text}\n`,
  ];
  return [
    ...forms.map((it): Breaking => [JSON.stringify(it), it]),
    ...(NUMERIC.test(text) ? [['the number', Number(text)] as const] : []),
  ];
}

/** Two letters change their places. */
function misspelt(name: string): string {
  return `${name[1]}${name[0]}${name.slice(2)}`;
}

function shown(value: unknown): string {
  return value instanceof Set ? 'a set' : (JSON.stringify(value) ?? 'nothing');
}

/** The record with one value replaced. */
function replaced(at: unknown, [key, ...deeper]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(at)) return at.map((it, index) => (index === key ? replaced(it, deeper, value) : it));
  const object = { ...(at as Json) };
  return { ...object, [key]: replaced(object[key], deeper, value) };
}

/** Every field and every element, but the key. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([name, it]) => {
    if (path.length === 0 && (name === 'realm' || name === 'username')) return [];
    return pathsIn(it, [...path, Array.isArray(value) ? Number(name) : name]);
  });
  return path.length === 0 ? inner : [path, ...inner];
}

interface Broken {
  readonly what: string;
  /** The field of the record that it is in. */
  readonly field: string;
  readonly record: Json;
}

function brokenInPlace(record: Json): Broken[] {
  return pathsIn(record).flatMap((path) => {
    const value = path.reduce<unknown>((at, key) => (at as Json)[key], record);
    return breakingsOf(value, path.at(-1) ?? '').map(([how, broken]) => ({
      what: `${path.join('.')}: ${how}`,
      field: String(path[0]),
      record: replaced(record, path, broken) as Json,
    }));
  });
}

/** Fields under another name, fields of an object in the record itself, and fields of the record in an object. */
function misplacedIn(record: Json): Broken[] {
  return Object.entries(record).flatMap(([field, value]) => {
    if (field === 'realm' || field === 'username') return [];
    const others = without(record, field);
    const names = [
      misspelt(field),
      `${field}s`,
      field.slice(0, -1),
      field.toUpperCase(),
      snake(field),
      `x${field}`,
    ];
    return [
      ...names.map((name) => ({ what: `${field} as ${name}`, field, record: { ...others, [name]: value } })),
      ...Object.entries(isJson(value) ? value : {}).map(([inner, it]) => ({
        what: `${field}.${inner}: one level up`,
        field,
        record: { ...others, [inner]: it, [field]: without(value as Json, inner) },
      })),
      ...Object.entries(others).flatMap(([other, holder]) =>
        intoObject(holder, field, value).map((broken) => ({
          what: `${field} in ${other}`,
          field,
          record: { ...others, [other]: broken },
        })),
      ),
    ];
  });
}

/** `emergency` and some trunks have a `callerId` of their own. */
function intoObject(holder: unknown, name: string, value: unknown): unknown[] {
  if (name === 'callerId') return [];
  if (Array.isArray(holder))
    return isJson(holder[0]) ? [[{ ...holder[0], [name]: value }, ...holder.slice(1)]] : [];
  return isJson(holder) ? [{ ...holder, [name]: value }] : [];
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function without(object: Json, name: string): Json {
  return Object.fromEntries(Object.entries(object).filter(([it]) => it !== name));
}

// What an account may do.

interface Allowed {
  /** By account, password, address and time: the seconds granted, and 1 where a digest may be used twice. */
  readonly logins: ReadonlyMap<string, number>;
  /** By what was dialled, for all that a phone may say of itself. */
  readonly calls: ReadonlyMap<string, AllowedCalls>;
}

interface AllowedCalls {
  /** The colleague that rings, and how the call goes on when nobody answers. */
  readonly rings: ReadonlySet<string>;
  /** Where it goes: by which host, as what, and under which trunk credentials. */
  readonly ways: ReadonlySet<string>;
  /** Who is shown. */
  readonly shown: ReadonlySet<string>;
  readonly atATime: number;
  readonly aMinute: number;
  readonly seconds: number;
  /** Of talking, until the budgets of the day are spent. */
  readonly secondsADay: number;
  /** From an address that has been used for so many hours. */
  readonly afterHours: readonly number[];
  /** Codes after which another trunk is tried. */
  readonly goesOnAfter: ReadonlySet<number>;
}

const PASSWORDS = [
  'sip-pass',
  'of-last-year',
  'of-this-year',
  'of-next-year',
  'x!',
  '   ',
  '',
  '5',
  'null',
  'true',
];
const ADDRESSES = ['192.0.2.7', '203.0.113.9', '198.51.100.1'];
const TIMES = [NOW, Date.parse('2025-06-01T00:00:00Z'), Date.parse('2027-06-01T00:00:00Z')];
const COLLEAGUE = '2002';
const DIALLED = [
  COLLEAGUE,
  '0501234567',
  '0112345678',
  '00966501234567',
  '+966112345678',
  '+971412345678',
  '+18005550100',
  '+19005550100',
  '+442079460000',
  '+447012345678',
  '7112345678',
  '0900123456',
  '2125550123',
  '5012345678',
  '*67966112345678',
];
const PRESENTED = ['alice', '+18005550111', '0112345678', '+33123456789'].flatMap((from) => [
  { from, identity: undefined, private: false },
  { from: 'anonymous', identity: from, private: true },
]);
const CALL: Omit<Call, 'dialled' | 'presented'> = {
  id: 'leg-1',
  origin: { kind: 'account', aor: { username: 'alice', realm: REALM } },
  deviceCallId: 'device-1',
};
const SETTINGS = {
  outboundSipHost: 'sip.carrier.example',
  callGrant: 'observe',
  emergencyForDisabled: true,
} as const;

/** The same requests for every record: their digests are what takes time. */
const LOGINS = PASSWORDS.flatMap((password) =>
  ADDRESSES.flatMap((address) => {
    const phone = { aor: { username: 'alice', realm: REALM }, password, address };
    return [register(phone, NOW), invite(phone, '+966112345678', NOW)].map((request) => {
      const attempt = parseAuthHook({ ...authHookPayload(request) });
      if (!attempt) throw new Error('a request of the tests was not understood');
      return { attempt, name: `${request.method} with ${JSON.stringify(password)} from ${address}` };
    });
  }),
);

/** Many mistakes leave the same record. */
function allowedBy({ account, named }: Records): Allowed {
  return once(ALLOWED, JSON.stringify([account, named]), () => ({
    logins: once(LOGINS_OF, JSON.stringify(loginPart(account)), () => loginsOf(account)),
    calls: new Map(DIALLED.map((dialled) => [dialled, callsOf(dialled, { account, named })])),
  }));
}

const ALLOWED = new Map<string, Allowed>();
const LOGINS_OF = new Map<string, Allowed['logins']>();

function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

function loginPart(account: Customer | undefined): unknown {
  const { callerId, dialPlan, destinations, trunks, limits, emergency, failover, ...login } = account ?? {};
  return login;
}

function loginsOf(account: Customer | undefined): Allowed['logins'] {
  const logins = LOGINS.flatMap(({ attempt, name }) =>
    TIMES.flatMap((time) => {
      const admission = admit(attempt, account, time);
      if (!admission.admitted) return [];
      const key = `${name} at ${new Date(time).getUTCFullYear()}`;
      const twice = replayPolicy(attempt, account) === 'enforce' ? 0 : 1;
      return [
        [key, admission.expires ?? 1],
        [`${key} twice`, twice],
      ] as const;
    }),
  );
  return new Map(logins);
}

function callsOf(dialled: string, records: Records): AllowedCalls {
  const known = dialled === COLLEAGUE ? { ...records, colleague: BOB } : records;
  const plans = PRESENTED.map((presented) => planCall({ ...CALL, dialled, presented }, known, SETTINGS));
  const dials = [...plans, ...forwardsOf(records)].flatMap((plan) => (plan.kind === 'dial' ? [plan] : []));
  const most = (of: (plan: Dial) => number | undefined) =>
    Math.max(0, ...dials.map((plan) => of(plan) ?? Number.POSITIVE_INFINITY));
  return {
    rings: new Set(plans.flatMap((plan) => (plan.kind === 'ring' ? plan.steps.flat().map(formatAor) : []))),
    ways: new Set(dials.flatMap(waysOf)),
    shown: new Set(dials.flatMap(shownBy)),
    atATime: most(({ limits }) => limits?.maxConcurrentCalls),
    aMinute: most(({ limits }) => limits?.callsPerMinute),
    seconds: most(({ maxSeconds }) => maxSeconds),
    secondsADay: most(({ limits }) =>
      limits?.observed.includes('budgets')
        ? undefined
        : Math.min(...(limits?.budgets ?? []).map(({ seconds }) => seconds)),
    ),
    afterHours: HOURS.filter((hours) => dials.some((plan) => isLetIn(plan, hours, records))),
    goesOnAfter: new Set(
      dials.flatMap(({ stopCodes }) => FAILURES.filter((code) => !stopCodes.includes(code))),
    ),
  };
}

const HOURS = [0, 30, 700, 721];

function isLetIn(plan: Dial, hours: number, { account }: Records): boolean {
  return plan.ifNewSource !== 'refuse' || hours >= (account?.registration?.newSource?.hours ?? 0);
}

const BOB: Colleague = {
  account: { username: 'bob', realm: REALM },
  called: COLLEAGUE,
  enabled: true,
  phones: [{ username: 'bob', realm: REALM }],
  because: 'short-dial',
};

/** A call to the account itself that nobody answers goes on by its `forwardTo`. */
function forwardsOf(records: Records): CallPlan[] {
  const { account } = records;
  if (!account) return [];
  const to = { kind: 'forward-of', account: { username: account.username, realm: REALM } } as const;
  const call = { ...CALL, dialled: '2001', presented: { from: 'bob', identity: undefined, private: false } };
  const forward = forwardCall(call, { because: 'short-dial', called: '2001' }, to, account);
  return forward ? [planCall(forward, records, SETTINGS)] : [];
}

const FAILURES = [400, 404, 480, 486, 500, 503, 600, 603, 604, 607, 608, 699];

type Dial = Extract<CallPlan, { kind: 'dial' }>;

function waysOf({ destination, attempts }: Dial): string[] {
  return attempts.map(({ host, port, transport, techPrefix, escapeHash, number, outboundAuth, from }) =>
    JSON.stringify([
      destination.number,
      techPrefix,
      escapeHash,
      number,
      host,
      port,
      transport,
      outboundAuth,
      from,
    ]),
  );
}

/** With the name, and in the form of the trunk; with or without + it is the same number. Hidden is always allowed. */
function shownBy({ callerId: { hidden, name = '' }, attempts }: Dial): string[] {
  return attempts.flatMap(({ trunk, callerId: number }) =>
    number === undefined || hidden
      ? []
      : [`${trunk} ${number.replace('+', '')}`, ...(name === '' ? [] : [`${trunk} ${name}`])],
  );
}

/** What is allowed now and was not before. */
function growth(before: Allowed, now: Allowed): string[] {
  const logins = [...now.logins].filter(([login, granted]) => granted > (before.logins.get(login) ?? 0));
  return [...logins.map(String), ...DIALLED.flatMap((dialled) => callGrowth(dialled, before, now))];
}

function callGrowth(dialled: string, before: Allowed, now: Allowed): string[] {
  const [was, is] = [before.calls.get(dialled), now.calls.get(dialled)];
  if (!was || !is) throw new Error('all is tried each time');
  const more = (['atATime', 'aMinute', 'seconds', 'secondsADay'] as const).filter((it) => is[it] > was[it]);
  return [
    ...[...is.rings].filter((phone) => !was.rings.has(phone)).map((phone) => `${dialled} rings ${phone}`),
    ...[...is.ways].filter((way) => !was.ways.has(way)).map((way) => `${dialled} goes to ${way}`),
    ...[...is.goesOnAfter]
      .filter((code) => !was.goesOnAfter.has(code))
      .map((code) => `${dialled} goes on after ${code}`),
    ...[...is.shown].filter((number) => !was.shown.has(number)).map((it) => `${dialled} by ${it}`),
    ...is.afterHours
      .filter((hours) => !was.afterHours.includes(hours))
      .map((hours) => `${dialled} from an address of ${hours} h`),
    ...more.map((what) => `${dialled} ${what}: ${is[what]} instead of ${was[what]}`),
  ];
}

/** The emergency numbers of the whole record that a person still finds in the broken one, and no call reaches. */
function lostEmergencies(whole: Json, broken: Json, records: Records): string[] {
  const text = JSON.stringify(
    { ...broken, callerId: undefined, emergency: searchable(broken.emergency) },
    withSets,
  );
  const stands = (digits: string) => new RegExp(`(?<![0-9])${digits}(?![0-9])`).test(text);
  return emergenciesOf(whole)
    .filter(({ dialled, number, country }) => {
      if (country !== undefined) return text.includes(`"country":"${country}"`) && !('country' in broken);
      // In the record itself other numbers may stand under that name, so that only short ones count.
      return stands(dialled) && stands(number) && (dialled.length < 7 || !('numbers' in broken));
    })
    .filter(({ dialled }) => {
      const call = { ...CALL, dialled, presented: { from: 'alice', identity: undefined, private: false } };
      const plan = planCall(call, records, SETTINGS);
      return plan.kind !== 'dial' || plan.destination.because !== 'emergency';
    })
    .map(({ dialled }) => dialled);
}

interface EmergencyNumber {
  readonly dialled: string;
  readonly number: string;
  readonly country?: string;
}

/** 997 is the ambulance of Saudi Arabia. */
function emergenciesOf({ emergency }: Json): EmergencyNumber[] {
  const { numbers = [], country } = (emergency ?? {}) as {
    numbers?: (string | EmergencyNumber)[];
    country?: string;
  };
  return [
    ...numbers.map((it) => (typeof it === 'string' ? { dialled: it, number: it } : it)),
    ...(country === undefined ? [] : [{ dialled: '997', number: '997', country }]),
  ];
}

/** The caller id of emergency calls is no number that people dial. */
function searchable(emergency: unknown): unknown {
  return typeof emergency === 'object' && emergency !== null && 'callerId' in emergency
    ? { ...emergency, callerId: undefined }
    : emergency;
}

function withSets(_name: string, value: unknown): unknown {
  return value instanceof Set ? [...value] : value;
}

const customer = (record: Json): Customer => {
  const { customer: read, problems } = parseCustomer(record);
  if (!read || problems.length > 0)
    throw new Error(`a record of the tests has a problem: ${problems[0]?.path}`);
  return read;
};

/** Was every value taken as it stands? */
function isVerbatim({ customer: read, record: { callerId: rules, ...record } }: Parsed): boolean {
  const own = typeof rules === 'string' ? { default: rules } : rules;
  const expected = { ...record, ...(own !== undefined && { callerId: own }) };
  return JSON.stringify(sorted(read)) === JSON.stringify(sorted(expected));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([name, it]) => [name, sorted(it)]),
  );
}

const acme = customer(ACME);

/** An account that has nothing of its own. */
const PHONE = customer({ realm: REALM, username: 'alice', customer: 'acme', password: 'sip-pass' });

const ROWS = [
  ...Object.entries(RECORDS).map(([name, whole]) => ({ name, whole, inherited: false })),
  {
    name: 'a closed record that an account inherits',
    whole: { ...CLOSED, username: 'acme' },
    inherited: true,
  },
  { name: 'an open record that an account inherits', whole: { ...OPEN, username: 'acme' }, inherited: true },
];

describe.each(ROWS)('$name, broken in any one place', ({ whole, inherited }) => {
  const read = customer(whole);
  const recordsWith = (it: Customer | undefined): Records => {
    if (inherited) return { account: PHONE, named: it };
    return { account: it, named: read.customer === undefined ? undefined : acme };
  };
  const before = allowedBy(recordsWith(read));
  const inPlace = brokenInPlace(whole).map(parsed);
  const broken = [...inPlace, ...misplacedIn(whole).map(parsed)];
  const mistakes = broken.filter(isReported);

  test('is used as written, or a problem is reported', () => {
    const silent = broken.filter((it) => !isReported(it) && !isVerbatim(it));
    expect(silent.map(({ what }) => what)).toEqual([]);
  });

  test('allows no more than before', () => {
    const opened = mistakes.flatMap(({ what, customer: it }) =>
      growth(before, allowedBy(recordsWith(it))).map((more) => `${what}: ${more}`),
    );
    expect(opened).toEqual([]);
    expect(mistakes.length).toBeGreaterThan(100);
  });

  test('loses no emergency number', () => {
    const lost = mistakes.flatMap(({ what, record, customer: it }) =>
      lostEmergencies(whole, record, recordsWith(it)).map((number) => `${what}: ${number}`),
    );
    expect(lost).toEqual([]);
  });

  test('allows no more than before when a second place is broken too', () => {
    const mistake = fc.constantFrom(...inPlace.filter(isReported));
    fc.assert(
      fc.property(mistake, mistake, (first, second) => {
        const record = { ...first.record, [second.field]: second.record[second.field] };
        expect(growth(before, allowedBy(recordsWith(parseCustomer(record).customer)))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

type Parsed = Broken & ParsedCustomer;

function parsed(it: Broken): Parsed {
  return { ...it, ...parseCustomer(it.record) };
}

function isReported({ problems }: Parsed): boolean {
  return problems.length > 0;
}
