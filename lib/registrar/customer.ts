import * as v from 'valibot';
import { isAddressBlock } from './address';
import { isRealm, isUsername, realmKey } from './aor';
import { patternProblem } from './pattern';

// ---- the record: what admins write, and what each field means ----

const text = v.string('write it as text, in quotes');
const flag = v.boolean('write true or false, without quotes');
const wholeNumber = v.pipe(
  v.number('write it as a number, without quotes'),
  v.integer('write a whole number'),
);
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const printable = v.regex(/^[^\x00-\x1f\x7f]+$/, 'may not be empty or hold control characters');

const secretText = v.pipe(text, printable, v.maxLength(256, 'is longer than 256 characters'));
const ha1 = v.pipe(
  text,
  v.regex(/^[0-9a-fA-F]{32}$/, 'write the 32 hex digits of MD5(username:realm:password)'),
);
const time = v.pipe(text, v.isoTimestamp('write an ISO 8601 time such as 2026-12-31T00:00:00Z'));
const number = v.pipe(
  text,
  v.regex(/^\+?[0-9]{1,24}$/, 'write digits, with or without a leading +, such as +18009992222'),
);
const prefix = v.pipe(text, v.regex(/^[0-9]{1,15}$/, 'write digits without + or 00, such as 966'));
const dialled = v.pipe(text, v.regex(/^[0-9*#+]{1,15}$/, 'write what people dial, such as 112'));
const techPrefix = v.pipe(
  text,
  v.regex(/^[0-9A-Za-z*#+._-]{1,32}$/, 'use at most 32 of the characters 0-9 A-Z a-z * # + . _ -'),
);
const host = v.pipe(
  text,
  v.regex(
    /^([0-9A-Za-z]([0-9A-Za-z_-]*[0-9A-Za-z])?(\.[0-9A-Za-z]([0-9A-Za-z_-]*[0-9A-Za-z])?)*|\[[0-9A-Fa-f:.]+\])$/,
    'write a host name or an IP address, without sip: and without a port',
  ),
  v.maxLength(253, 'is longer than a host name can be'),
);
const addressBlock = v.pipe(
  text,
  v.check(isAddressBlock, 'write an address or a CIDR block, such as 192.0.2.0/24 or 2001:db8::/32'),
);
const label = v.pipe(text, v.regex(/^[\w.@-]{1,40}$/, 'use at most 40 letters, digits, and . _ @ -'));
const displayName = v.pipe(
  text,
  v.regex(/^[^"\\<>\r\n\t]{1,64}$/, 'use at most 64 characters, without quotes, backslashes or < >'),
);

const outboundAuth = v.pipe(
  v.strictObject({ username: secretText, password: secretText }),
  v.description('The trunk credentials of this customer: they tell customers apart at the carrier.'),
);

const credential = v.pipe(
  v.strictObject({
    password: v.exactOptional(secretText),
    ha1: v.exactOptional(ha1),
    label: v.exactOptional(label),
    notBefore: v.exactOptional(time),
    notAfter: v.exactOptional(time),
  }),
  v.check(
    (it) => (it.password === undefined) !== (it.ha1 === undefined),
    'give either password or ha1, and not both',
  ),
);

const pattern = v.strictObject({
  match: v.pipe(
    text,
    v.rawCheck(({ dataset, addIssue }) => {
      const problem = dataset.typed ? patternProblem(dataset.value) : undefined;
      if (problem) addIssue({ message: problem });
    }),
    v.description('A regular expression, tested on the destination: digits, without + and 00.'),
  ),
  callerId: number,
});

const callerId = v.union(
  [
    number,
    v.strictObject({
      default: v.exactOptional(number),
      patterns: v.exactOptional(v.array(pattern)),
      pool: v.exactOptional(v.array(number)),
      allowed: v.exactOptional(v.array(number)),
      fallback: v.exactOptional(
        v.picklist(['device', 'anonymous', 'decline'], 'write device, anonymous or decline'),
      ),
      privacy: v.exactOptional(v.picklist(['strip', 'honour'], 'write strip or honour')),
      name: v.exactOptional(displayName),
    }),
  ],
  'write a number in quotes such as "+18009992222", or an object with default, patterns, pool, …',
);

const NUMBER_FORMATS = ['e164', '+e164', '00e164', 'national'] as const;
const numberFormat = v.picklist(NUMBER_FORMATS, 'write e164, +e164, 00e164 or national');

const trunk = v.strictObject({
  name: label,
  host: v.exactOptional(host),
  port: v.exactOptional(
    v.pipe(
      wholeNumber,
      v.minValue(1, 'write a port, 1 to 65535'),
      v.maxValue(65535, 'write a port, 1 to 65535'),
    ),
  ),
  transport: v.exactOptional(v.picklist(['udp', 'tcp', 'tls'], 'write udp, tcp or tls')),
  prefixes: v.exactOptional(v.array(prefix)),
  techPrefix: v.exactOptional(techPrefix),
  outboundAuth: v.exactOptional(outboundAuth),
  numberFormat: v.exactOptional(numberFormat),
  callerIdFormat: v.exactOptional(numberFormat),
  ringTimeout: v.exactOptional(
    v.pipe(wholeNumber, v.minValue(5, 'write seconds, 5 to 180'), v.maxValue(180, 'write seconds, 5 to 180')),
  ),
});

const sipCode = v.pipe(
  wholeNumber,
  v.minValue(400, 'write a SIP failure code, 400 to 699'),
  v.maxValue(699, 'write a SIP failure code, 400 to 699'),
);
const count = (most: number) =>
  v.pipe(wholeNumber, v.minValue(0, `write 0 to ${most}`), v.maxValue(most, `write 0 to ${most}`));

/** The record as an admin writes it. `docs/customers.md` explains each field with an example. */
export const customerSchema = v.strictObject({
  realm: v.pipe(text, v.check(isRealm, 'write a DNS name, such as sip.example.com')),
  username: v.pipe(
    text,
    v.check(isUsername, 'may not hold white space, control characters or any of " , : @'),
  ),
  description: v.exactOptional(v.pipe(text, v.description('For people.'))),
  enabled: v.exactOptional(v.pipe(flag, v.description('false: no registration and no calls. Default true.'))),
  customer: v.exactOptional(
    v.pipe(
      text,
      v.check(isUsername, 'write the username of a record of the same realm'),
      v.description('Use the call policy of that record of the same realm, where this one has no own.'),
    ),
  ),
  password: v.exactOptional(v.pipe(secretText, v.description('The SIP password, plain.'))),
  ha1: v.exactOptional(v.pipe(ha1, v.description('MD5(username:realm:password), instead of the password.'))),
  credentials: v.exactOptional(
    v.pipe(
      v.array(credential),
      v.description('Several credentials valid at once: rotation without an outage.'),
    ),
  ),
  registration: v.exactOptional(
    v.strictObject({
      maxExpires: v.exactOptional(
        v.pipe(
          wholeNumber,
          v.minValue(60, 'write seconds, 60 to 86400'),
          v.maxValue(86400, 'write seconds, 60 to 86400'),
          v.description(
            'The longest registration granted, in seconds. Default 3600, and never more than that.',
          ),
        ),
      ),
      allowedAddresses: v.exactOptional(
        v.pipe(v.array(addressBlock), v.description('REGISTER is accepted from these addresses only.')),
      ),
      replay: v.exactOptional(
        v.pipe(
          v.picklist(['observe', 'enforce', 'off'], 'write observe, enforce or off'),
          v.description('What happens to a REGISTER whose digest was used before. Default observe.'),
        ),
      ),
    }),
  ),
  callerId: v.exactOptional(
    v.pipe(callerId, v.description('The number shown to the callee, and the rules for it.')),
  ),
  techPrefix: v.exactOptional(
    v.pipe(techPrefix, v.description('Put before the number, so that the carrier knows whom to bill.')),
  ),
  outboundAuth: v.exactOptional(outboundAuth),
  dialPlan: v.exactOptional(
    v.pipe(
      v.strictObject({
        countryCode: v.exactOptional(
          v.pipe(text, v.regex(/^[1-9][0-9]{0,2}$/, 'write a country code such as 966')),
        ),
        internationalPrefix: v.exactOptional(
          v.pipe(text, v.regex(/^[0-9]{1,5}$/, 'write digits such as 00 or 011')),
        ),
        nationalPrefix: v.exactOptional(v.pipe(text, v.regex(/^[0-9]{1,4}$/, 'write digits such as 0'))),
        serviceCodes: v.exactOptional(
          v.pipe(flag, v.description('true lets * and # through, behind the own tech prefix.')),
        ),
      }),
      v.check(
        (it) => it.nationalPrefix === undefined || it.countryCode !== undefined,
        'nationalPrefix needs countryCode beside it',
      ),
      v.description('How dialled digits become E.164.'),
    ),
  ),
  destinations: v.exactOptional(
    v.pipe(
      v.strictObject({
        default: v.exactOptional(v.picklist(['allow', 'deny'], 'write allow or deny')),
        allow: v.exactOptional(v.array(prefix)),
        deny: v.exactOptional(v.array(prefix)),
      }),
      v.description('Which numbers may be called; the longest prefix wins.'),
    ),
  ),
  trunks: v.exactOptional(
    v.pipe(
      v.array(trunk),
      v.description('The ways to the carrier, tried in this order for the prefixes they take.'),
    ),
  ),
  failover: v.exactOptional(
    v.strictObject({
      stopCodes: v.exactOptional(
        v.pipe(v.array(sipCode), v.description('SIP codes after which no next trunk is tried.')),
      ),
    }),
  ),
  limits: v.exactOptional(
    v.pipe(
      v.strictObject({
        maxConcurrentCalls: v.exactOptional(count(10_000)),
        callsPerMinute: v.exactOptional(count(100_000)),
        maxCallSeconds: v.exactOptional(
          v.pipe(
            wholeNumber,
            v.minValue(1, 'write seconds, 1 to 86400'),
            v.maxValue(86400, 'write seconds, 1 to 86400'),
          ),
        ),
      }),
      v.description('Caps per customer, shared by its accounts.'),
    ),
  ),
  emergency: v.exactOptional(
    v.pipe(
      v.strictObject({
        numbers: v.array(dialled),
        callerId: v.exactOptional(number),
        trunk: v.exactOptional(label),
      }),
      v.description('Numbers that no rule or cap may stop.'),
    ),
  ),
  version: v.exactOptional(
    v.pipe(
      count(Number.MAX_SAFE_INTEGER),
      v.description('Kept by the command line tool, against lost updates.'),
    ),
  ),
});

type Written = v.InferOutput<typeof customerSchema>;

/** The rules of `callerId`; a plain text in the record means `{ default: text }`. */
export type CallerIdRules = Exclude<NonNullable<Written['callerId']>, string>;
export type Trunk = v.InferOutput<typeof trunk>;
export type OutboundAuth = v.InferOutput<typeof outboundAuth>;
export type NumberFormat = (typeof NUMBER_FORMATS)[number];

/** One SIP account as the rules see it: every field either is as described or is not there. */
export type Customer = Omit<Written, 'callerId'> & { readonly callerId?: CallerIdRules };

// ---- the one parser ----

/** What is wrong in a record, where, and how to mend it. */
export interface Problem {
  /** For instance `callerId.patterns[1].match`. */
  readonly path: string;
  readonly fix: string;
  /** A name that no field has: a typo. It changes nothing else, so a hook goes on without a word. */
  readonly unknownField: boolean;
}

export type ParsedCustomer =
  | { readonly customer: Customer; readonly problems: readonly Problem[] }
  | { readonly customer: undefined; readonly problems: readonly Problem[] };

/**
 * Reads one record, from the table or from a file. All problems are told at once; a field that cannot be read
 * costs that field, an element of a list that element, and what restricts is then read at its strictest
 * (`SAFEST`): a typo never opens a door. Without a legal realm and username there is no customer.
 */
export function parseCustomer(item: unknown): ParsedCustomer {
  const problems: Problem[] = [];
  const value = copyOf(item);
  for (let rounds = 0; rounds < 1000; rounds++) {
    const result = v.safeParse(customerSchema, value);
    if (result.success) return { customer: normalise(result.output), problems };
    const found = problemsOf(result.issues);
    problems.push(
      ...found
        .map(({ problem }) => problem)
        .filter((it) => !problems.some((p) => p.path === it.path && p.fix === it.fix)),
    );
    if (!isObject(value) || found.some(({ path }) => isKey(path))) break;
    for (const unit of unitsOf(found.map(({ path }) => path))) giveUp(value, unit);
  }
  return { customer: undefined, problems };
}

/** What the record says in place of a field that cannot be read: restrictions at their strictest. */
const SAFEST: Readonly<Record<string, Json>> = {
  enabled: { enabled: false },
  registration: { registration: { allowedAddresses: [], replay: 'enforce' } },
  'registration.allowedAddresses': { registration: { allowedAddresses: [] } },
  'registration.replay': { registration: { replay: 'enforce' } },
  callerId: { callerId: { fallback: 'decline' } },
  'callerId.fallback': { callerId: { fallback: 'decline' } },
  destinations: { destinations: { default: 'deny' } },
  'destinations.default': { destinations: { default: 'deny' } },
  'destinations.deny': { destinations: { default: 'deny' } },
  limits: { limits: { maxConcurrentCalls: 0 } },
  'limits.maxConcurrentCalls': { limits: { maxConcurrentCalls: 0 } },
  'limits.callsPerMinute': { limits: { callsPerMinute: 0 } },
  // Without these nobody knows whom to bill: the account keeps its registration and loses its trunks.
  techPrefix: { trunks: [] },
  outboundAuth: { trunks: [] },
  customer: { trunks: [] },
};

type Path = readonly (string | number)[];
type Json = Record<string | number, unknown>;

/** The part of the record that one problem costs: the innermost list element, else the field. */
function unitOf(path: Path): Path {
  const element = path.findLastIndex((key) => typeof key === 'number');
  return element >= 0 ? path.slice(0, element + 1) : path.slice(0, path[0] === 'outboundAuth' ? 1 : 2);
}

/** Each unit once; elements from the back of their list, so that removing one does not move the next. */
function unitsOf(paths: readonly Path[]): Path[] {
  const units = new Map(paths.map((path) => [formatPath(unitOf(path)), unitOf(path)]));
  return [...units.values()].sort((a, b) => Number(b.at(-1)) - Number(a.at(-1)) || b.length - a.length);
}

function giveUp(value: Json, unit: Path): void {
  const parent = unit.slice(0, -1).reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), value);
  const key = unit.at(-1);
  if (!isObject(parent) || key === undefined) return;
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (key in parent) delete parent[key];
  else delete value[unit[0] as string];
  for (const [field, safest] of Object.entries(SAFEST[formatPath(unit)] ?? {})) {
    value[field] =
      Array.isArray(safest) || !isObject(safest) ? safest : { ...asObject(value[field]), ...safest };
  }
}

function normalise({ callerId, ...written }: Written): Customer {
  const rules = typeof callerId === 'string' ? { default: callerId } : callerId;
  return { ...written, realm: realmKey(written.realm), ...(rules && { callerId: rules }) };
}

interface Found {
  readonly path: Path;
  readonly problem: Problem;
}

function problemsOf(issues: readonly v.BaseIssue<unknown>[], above: Path = []): Found[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...(issue.path ?? []).map((step) => step.key as string | number)];
    const inner = insideUnion(issue);
    if (inner) return problemsOf(inner, path);
    const unknownField = issue.type === 'strict_object' && issue.expected === 'never';
    const missing = issue.type === 'strict_object' && issue.received === 'undefined';
    const fix = unknownField ? unknownFieldFix(path) : missing ? 'is missing' : notUnderstood(issue);
    return [{ path, problem: { path: formatPath(path), fix, unknownField } }];
  });
}

/** `callerId` is a text or an object: an object is judged as an object, not told that it is no text. */
function insideUnion(issue: v.BaseIssue<unknown>): readonly v.BaseIssue<unknown>[] | undefined {
  if (issue.type !== 'union' || !issue.issues) return undefined;
  const isText = typeof issue.input === 'string';
  const fitting = issue.issues.filter((inner) =>
    isText ? inner.type === 'regex' : isObject(issue.input) && (inner.path?.length ?? 0) > 0,
  );
  return fitting.length > 0 ? (fitting as v.BaseIssue<unknown>[]) : undefined;
}

function notUnderstood(issue: v.BaseIssue<unknown>): string {
  return issue.type === 'strict_object' || issue.type === 'array'
    ? `write ${issue.type === 'array' ? 'a list, in [ ]' : 'an object, in { }'}`
    : issue.message;
}

function unknownFieldFix(path: Path): string {
  return `is no field of a customer record; look for a typo in "${path.at(-1)}"`;
}

function isKey(path: Path): boolean {
  return path.length === 0 || path[0] === 'realm' || path[0] === 'username';
}

function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text ? `${text}.${key}` : key),
    '',
  );
}

/** A copy that may be cut; DynamoDB string sets are lists to us. */
function copyOf(item: unknown): unknown {
  if (item instanceof Set) return [...item];
  if (Array.isArray(item)) return item.map(copyOf);
  return isObject(item)
    ? Object.fromEntries(Object.entries(item).map(([key, value]) => [key, copyOf(value)]))
    : item;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}
