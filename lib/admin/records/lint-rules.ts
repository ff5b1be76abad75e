import { readNumber } from '../../registrar/calls/destination';
import { rangesOfType } from '../../registrar/calls/high-risk-number-types';
import { HIGH_RISK_RANGES } from '../../registrar/calls/high-risk-ranges';
import { knowsCountry } from '../../registrar/calls/number-reading';
import { formatAor, realmKey } from '../../registrar/record/aor';
import type { CallerIdRules, Customer, Trunk } from '../../registrar/record/customer';
import { type Policy, policyOf } from '../../registrar/record/policy';
import { aboutMinutes, aboutObserved } from './lint-minutes';
import { aboutDialPlan, aboutEmergency } from './lint-numbers';
import { aboutFormatsWithoutPlan, aboutUnreachable } from './lint-prefixes';
import { reachedRemarks } from './lint-reached';
import { type Remark, type Warning, warn } from './lint-remark';
import { weakness } from './password-strength';

/**
 * All warnings about these records, in their order.
 * @param now unix ms
 */
export function warningsOf(customers: readonly Customer[], now: number): Warning[] {
  const byKey = new Map(customers.map((it) => [keyOf(it.realm, it.username), it]));
  const shared = sharedTrunkAuth(customers);
  const users = sharedUsers(customers);
  const reached = reachedRemarks(customers);
  const policies = new Set(customers.map(({ realm, customer = '' }) => keyOf(realm, customer)));
  return customers.flatMap((record) => {
    const named = record.customer === undefined ? undefined : byKey.get(keyOf(record.realm, record.customer));
    const policy = policyOf(record, named);
    const remarks = [
      ...aboutUsername(record),
      ...aboutInheritance(record, named),
      ...aboutCredentials(record, now, policies.has(keyOf(record.realm, record.username))),
      ...aboutRegistration(record),
      ...aboutCallerId(record, policy),
      ...aboutDialPlan(record),
      ...aboutUnreachable(record, policy),
      ...aboutFormatsWithoutPlan(record, policy),
      ...aboutDestinations(record),
      ...aboutTrunks(record, policy),
      ...aboutEmergency(record, named, policy),
      ...aboutMinutes(record),
      ...aboutObserved(record, policy),
      ...(users.get(record) ?? []),
      ...(reached.get(record) ?? []),
      ...(shared.get(record) ?? []),
    ];
    return remarks.map((remark) => ({ realm: record.realm, username: record.username, ...remark }));
  });
}

/** What a SIP URI's user part holds unescaped (RFC 3261 section 25.1, user); jambonz decodes nothing. */
function aboutUsername({ username }: Customer): Remark[] {
  const escaped = username.replace(/[\w\-.!~*'()&=+$;?/]/g, '');
  return escaped === ''
    ? []
    : [
        warn(
          'username',
          `holds ${[...new Set(escaped)].join(' ')}, which phones write as ${encodeURIComponent([...escaped][0] ?? '')}`,
          'the login fails then, because it is not decoded: use letters, digits and . _ - alone',
        ),
      ];
}

function aboutInheritance(record: Customer, named: Customer | undefined): Remark[] {
  if (record.customer === undefined) return [];
  if (!named)
    return [
      warn(
        'customer',
        `names ${record.customer}, which has no record`,
        'its calls are refused: add that record, or fix the name',
      ),
    ];
  return named.customer === undefined
    ? []
    : [
        warn(
          'customer',
          `names ${record.customer}, which names ${named.customer} itself`,
          'one step is followed, not a chain: name the record that has the policy',
        ),
      ];
}

/** @param isPolicy other records use its policy: it may be no phone's own */
function aboutCredentials(record: Customer, now: number, isPolicy: boolean): Remark[] {
  const { password, ha1, credentials = [], username } = record;
  const ended = credentials.filter(({ notAfter }) => notAfter !== undefined && Date.parse(notAfter) <= now);
  const plain = [
    ...(password === undefined ? [] : [{ path: 'password', text: password }]),
    ...credentials.flatMap(({ password: text }, at) =>
      text === undefined ? [] : [{ path: `credentials[${at}].password`, text }],
    ),
  ];
  const some = password !== undefined || ha1 !== undefined || credentials.length > ended.length;
  return [
    ...(some || (isPolicy && credentials.length === 0)
      ? []
      : [
          warn('credentials', 'has none that is valid', 'no phone can log in', [
            'password',
            'rotate',
            formatAor(record),
          ]),
        ]),
    ...plain.map(({ path, text }) => {
      const weak = weakness(text, username);
      return warn(
        path,
        weak ? `is in plain text, and ${weak}` : 'is in plain text',
        weak ? 'give it a better one' : 'save the record again, and it becomes ha1',
        weak ? ['password', 'rotate', formatAor(record)] : ['customers', 'edit', formatAor(record)],
      );
    }),
  ];
}

function aboutRegistration({ registration = {} }: Customer): Remark[] {
  const { allowedAddresses, callsFromAnywhere } = registration;
  if (callsFromAnywhere === undefined) return [];
  if (!allowedAddresses)
    return [
      warn(
        'registration.callsFromAnywhere',
        'changes nothing without allowedAddresses',
        'remove it, or add allowedAddresses',
      ),
    ];
  return callsFromAnywhere
    ? [
        warn(
          'registration.callsFromAnywhere',
          'lets anyone who has the password call from any address',
          'remove it if all calls come from allowedAddresses',
        ),
      ]
    : [];
}

function aboutCallerId(record: Customer, policy: Policy): Remark[] {
  const remarks = record.callerId ? aboutPatterns(record.callerId) : [];
  const own = record.callerId ?? (record.customer === undefined ? {} : undefined);
  if (own && showsAnyNumber(own))
    remarks.push(
      warn(
        own.fallback === undefined ? 'callerId' : 'callerId.fallback',
        'where no rule decides, the phone can show any number',
        'add a default, or fallback anonymous or decline',
      ),
    );
  return [...remarks, ...aboutFormats(record, policy)];
}

/** Is there a destination for which no rule chooses the number? */
function showsAnyNumber({ patterns = [], pool = [], fallback = 'device', ...rules }: CallerIdRules): boolean {
  const isComplete = patterns.some(({ match }) => prefixesOf(match)?.includes(''));
  return fallback === 'device' && rules.default === undefined && pool.length === 0 && !isComplete;
}

/** A pattern that only earlier ones answer for, in part or in whole. */
function aboutPatterns({ patterns = [] }: CallerIdRules): Remark[] {
  return patterns.flatMap(({ match }, at) => {
    const path = `callerId.patterns[${at}].match`;
    if (!match.startsWith('^'))
      return [warn(path, `${match} fits anywhere in a number`, 'begin it with ^, as in ^966')];
    const own = prefixesOf(match);
    const earlier = patterns.slice(0, at).map((it) => prefixesOf(it.match) ?? []);
    if (!own) return [];
    const takers = own.map((prefix) =>
      earlier.findIndex((prefixes) => prefixes.some((it) => prefix.startsWith(it))),
    );
    const taken = takers.filter((taker) => taker >= 0);
    if (taken.length === 0) return [];
    const by = [...new Set(taken)].map((taker) => `patterns[${taker}]`).join(' and ');
    return taken.length === own.length
      ? [warn(path, `is never reached, as all its numbers are taken by ${by}`, 'put it before, or remove it')]
      : [
          warn(
            path,
            `overlaps ${by}, which comes first`,
            'make the two apart, or put the narrower one first',
          ),
        ];
  });
}

const MOST_PREFIXES = 200;

/** The prefixes that an anchored pattern of digits and digit classes matches; undefined: it is another kind. */
function prefixesOf(match: string): string[] | undefined {
  const body = /^\^((?:\d|\[[\d-]+\]|\\d)*?)(?:(?:\\d|\.|\[0-9\])[*+]\$?)?$/.exec(match)?.[1];
  if (body === undefined) return undefined;
  let prefixes = [''];
  for (const [token] of body.matchAll(/\d|\[[\d-]+\]|\\d/g)) {
    const digits = [...'0123456789'].filter((digit) => new RegExp(token).test(digit));
    prefixes = prefixes.flatMap((prefix) => digits.map((digit) => prefix + digit));
    if (prefixes.length > MOST_PREFIXES) return undefined;
  }
  return prefixes;
}

/** A caller id whose country is not known is sent as it is, whatever format the trunk wants. */
function aboutFormats(record: Customer, { trunks = [], dialPlan, callerId, emergency }: Policy): Remark[] {
  const { default: standard, patterns = [], pool = [] } = callerId ?? {};
  const numbers = [
    ...(standard === undefined ? [] : [['callerId.default', standard] as const]),
    ...patterns.map((it, at) => [`callerId.patterns[${at}].callerId`, it.callerId] as const),
    ...pool.map((number, at) => [`callerId.pool[${at}]`, number] as const),
    ...(emergency?.callerId === undefined ? [] : [['emergency.callerId', emergency.callerId] as const]),
    ...trunks.flatMap((it, at) =>
      it.callerId === undefined ? [] : [[`trunks[${at}].callerId`, it.callerId] as const],
    ),
  ];
  const strict = trunks.filter(({ callerIdFormat }) => callerIdFormat !== undefined);
  if (record.callerId === undefined && record.trunks === undefined) return [];
  return numbers.flatMap(([path, number]) => {
    const [trunk] = knowsCountry(readNumber(number, dialPlan).because) ? [] : strict;
    return trunk
      ? [
          warn(
            path,
            `${number} goes to trunk ${trunk.name} as it is, which wants ${trunk.callerIdFormat}`,
            'write it with + and the country code, or give dialPlan.country',
          ),
        ]
      : [];
  });
}

function aboutDestinations({ destinations: { allow = [] } = {} }: Customer): Remark[] {
  const ranges = [...HIGH_RISK_RANGES, ...rangesOfType()];
  return allow.flatMap((prefix, at) => {
    const range = ranges.find((it) => prefix.startsWith(it.prefix));
    return range
      ? [
          warn(
            `destinations.allow[${at}]`,
            `${prefix} allows a high-risk range: ${range.reason}`,
            'remove it unless the customer calls there; cap it with limits',
          ),
        ]
      : [];
  });
}

/** Numbers that may be called and that no trunk takes. */
function aboutTrunks(record: Customer, { trunks, destinations, callerId }: Policy): Remark[] {
  if (record.trunks === undefined || !trunks) return [];
  const taken = trunks.flatMap(({ prefixes }) => prefixes ?? ['']);
  if (taken.includes('')) return [];
  const reach = (prefix: string) => taken.some((it) => it.startsWith(prefix) || prefix.startsWith(it));
  const meant = [
    ...(destinations?.allow ?? []).map((prefix, at) => [`destinations.allow[${at}]`, [prefix]] as const),
    ...(callerId?.patterns ?? []).map(
      ({ match }, at) => [`callerId.patterns[${at}].match`, prefixesOf(match) ?? []] as const,
    ),
  ];
  return [
    ...(destinations?.default === 'deny'
      ? []
      : [
          warn(
            'trunks',
            taken.length === 0 ? 'take no number' : `take only numbers that begin with ${taken.join(', ')}`,
            'add a trunk without prefixes, or destinations.default deny',
          ),
        ]),
    ...meant.flatMap(([path, prefixes]) =>
      prefixes.length > 0 && !prefixes.some(reach)
        ? [warn(path, `no trunk takes ${prefixes.join(', ')}`, 'add the prefix to a trunk')]
        : [],
    ),
  ];
}

/** The same AOR of two logins: the last that registers gets its calls. */
function sharedUsers(customers: readonly Customer[]): Map<Customer, Remark[]> {
  const logins = new Map<string, Set<string>>();
  for (const { realm, username, registration } of customers)
    for (const user of [username, ...(registration?.users ?? [])]) {
      const key = keyOf(realm, user);
      logins.set(key, (logins.get(key) ?? new Set()).add(username));
    }
  return new Map(
    customers.map((record) => [
      record,
      (record.registration?.users ?? []).flatMap((user, at) => {
        const others = [...(logins.get(keyOf(record.realm, user)) ?? [])].filter(
          (it) => it !== record.username,
        );
        return others.length === 0
          ? []
          : [
              warn(
                `registration.users[${at}]`,
                `${user} may be registered by ${others.slice(0, 3).join(', ')} too`,
                'jambonz keeps the last registration of an AOR: leave it to one login',
              ),
            ];
      }),
    ]),
  );
}

/** Trunk credentials that customers share, reported once each: the carrier cannot know which customer to bill. */
function sharedTrunkAuth(customers: readonly Customer[]): Map<Customer, Remark[]> {
  const users = new Map<string, { record: Customer; path: string }[]>();
  for (const record of customers)
    for (const { path, key } of trunkAuthsOf(record)) {
      const sharing = users.get(key) ?? [];
      sharing.push({ record, path });
      users.set(key, sharing);
    }
  const remarks = new Map<Customer, Remark[]>();
  for (const [first, ...others] of users.values()) {
    const owners = [...new Set(others.map(({ record }) => ownerOf(record)))];
    const strangers = first ? owners.filter((owner) => owner !== ownerOf(first.record)) : [];
    if (!first || strangers.length === 0) continue;
    const more = strangers.length > MOST_OWNERS ? ` and ${strangers.length - MOST_OWNERS} more` : '';
    const remark = warn(
      first.path,
      `is the same as that of ${strangers.slice(0, MOST_OWNERS).join(', ')}${more}`,
      'give each customer trunk credentials of its own, or let one record name the other as customer',
    );
    remarks.set(first.record, [...(remarks.get(first.record) ?? []), remark]);
  }
  return remarks;
}

const MOST_OWNERS = 3;

function trunkAuthsOf({ outboundAuth, trunks = [] }: Customer): { path: string; key: string }[] {
  const key = (auth: NonNullable<Trunk['outboundAuth']>, host = '') =>
    JSON.stringify([host, auth.username, auth.password]);
  return [
    ...(outboundAuth ? [{ path: 'outboundAuth', key: key(outboundAuth) }] : []),
    ...trunks.flatMap((trunk, at) =>
      trunk.outboundAuth
        ? [{ path: `trunks[${at}].outboundAuth`, key: key(trunk.outboundAuth, trunk.host) }]
        : [],
    ),
  ];
}

function ownerOf({ customer, username, realm }: Customer): string {
  return `${customer ?? username}@${realm}`;
}

function keyOf(realm: string, username: string): string {
  return `${username}@${realmKey(realm)}`;
}
