import type { Fields } from './changed-fields';
import { LONGEST_NEW_SOURCE_HOURS, type WrittenCustomer } from './customer-schema';
import { countriesIn, emergencyIn, emergencyNumbersIn } from './emergency-numbers';

/** What it costs that a field, or an element of a list, cannot be read. */
export interface Cost<Instead = Fields> {
  /** What is lost: the field or element alone, the elements behind it too, or the object or list that holds it. */
  readonly loses: 'itself' | 'the rest' | 'its owner';
  /** What the object that holds it says instead; undefined takes a field away. */
  readonly instead?: Instead;
  /** What the record says instead. */
  readonly inRecord?: Some<WrittenCustomer>;
  /**
   * What a value in another form can only mean, so that it is read and nothing is lost: several for an element that
   * stands for several, several for a field to choose the first that is legal, none when it is not clear.
   */
  readonly understood?: (value: unknown) => readonly unknown[];
}

const LEFT_OUT = { loses: 'itself' } as const;
const WITH_ITS_OWNER = { loses: 'its owner' } as const;
/** Of several elements, a bad one spoils all. */
const WITH_ITS_LIST = WITH_ITS_OWNER;

const NO_CALLS = {
  loses: 'itself',
  // Enforced: a rule that is only observed stops nothing.
  inRecord: { destinations: { default: 'deny', allow: undefined }, observe: [] },
} as const;
/** What no rule of the record decides is declined: not even the phone's own number is shown. */
const NO_OTHER_CALLER_ID = { default: undefined, pool: undefined, fallback: 'decline' } as const;
/** The trunk stays for emergency calls. */
const NO_CALLS_BY_THIS_TRUNK = { loses: 'itself', instead: { prefixes: [] } } as const;
/** No address has been used for longer, and no number may be called from it. */
const ALWAYS_NEW = { mode: 'enforce', hours: LONGEST_NEW_SOURCE_HOURS, allow: [] } as const;
/** Nobody knows which calls it would have stopped, or on which day. */
const NO_MINUTES = { loses: 'itself', instead: { maxMinutesPerDay: 0 } } as const;
const EVERY_CODE = Array.from({ length: 300 }, (_, at) => 400 + at);

/**
 * What each field of the record means when it cannot be read, and each element of its lists (`[]`): a mistake
 * restricts, it never opens. A field that is missing here does not compile.
 *
 * To add a field, ask what the record would allow without it:
 * - no more than with it (`description`, `destinations.allow`): `LEFT_OUT`;
 * - more, because it restricts: the strictest value of it, or of a field beside it, as `instead`, or as `inRecord`
 *   where that field is elsewhere. Only what is named changes;
 * - something else than was meant, as half an object does (a pattern without its caller id): `WITH_ITS_OWNER`.
 * An element of a list that restricts (`deny`) loses its list, because it is unknown what it would have matched.
 *
 * Calls must never count more, reach farther, or show another number than those of the record that was meant.
 * Emergency calls are the other way round: no mistake may stop one. So stop calls by `prefixes`, `destinations` or
 * `limits`, which emergency calls pass, and keep the trunks.
 *
 * Then run `npm test`: a test breaks the new field in every way, and another says what to write in docs/customers.md.
 */
export const STRICTEST: { readonly [Path in FieldPath]: Cost<Some<OwnerOf<WrittenCustomer, Path>>> } = {
  realm: WITH_ITS_OWNER,
  username: WITH_ITS_OWNER,
  description: LEFT_OUT,
  version: LEFT_OUT,
  dialMusic: LEFT_OUT,
  // A colleague's short number must not be dialled at the carrier.
  internalCalls: { ...NO_CALLS, instead: { internalCalls: false } },
  shortDial: LEFT_OUT,
  forwardTo: { loses: 'itself', understood: callerIdIn },
  enabled: { loses: 'itself', instead: { enabled: false } },

  password: LEFT_OUT,
  ha1: LEFT_OUT,
  credentials: LEFT_OUT,
  'credentials[]': LEFT_OUT,
  'credentials[].password': WITH_ITS_OWNER,
  'credentials[].ha1': WITH_ITS_OWNER,
  'credentials[].label': LEFT_OUT,
  'credentials[].notBefore': WITH_ITS_OWNER,
  'credentials[].notAfter': WITH_ITS_OWNER,

  registration: {
    loses: 'itself',
    instead: { registration: { allowedAddresses: [], replay: 'enforce', newSource: ALWAYS_NEW } },
  },
  'registration.maxExpires': { loses: 'itself', instead: { maxExpires: 60 } },
  'registration.allowedAddresses': { loses: 'itself', instead: { allowedAddresses: [] } },
  'registration.allowedAddresses[]': LEFT_OUT,
  'registration.users': LEFT_OUT,
  'registration.users[]': LEFT_OUT,
  'registration.callsFromAnywhere': { loses: 'itself', instead: { callsFromAnywhere: false } },
  'registration.replay': { loses: 'itself', instead: { replay: 'enforce' } },
  'registration.newSource': { loses: 'itself', instead: { newSource: ALWAYS_NEW } },
  'registration.newSource.mode': { loses: 'itself', instead: { mode: 'enforce' } },
  // An object that lost all its fields would only be observed.
  'registration.newSource.hours': WITH_ITS_OWNER,
  'registration.newSource.allow': WITH_ITS_OWNER,
  'registration.newSource.allow[]': { loses: 'itself', understood: prefixIn },

  // It would be unknown whom to bill.
  customer: NO_CALLS,
  techPrefix: NO_CALLS,
  outboundAuth: NO_CALLS,
  'outboundAuth.username': WITH_ITS_OWNER,
  'outboundAuth.password': WITH_ITS_OWNER,

  callerId: { loses: 'itself', instead: { callerId: { fallback: 'decline' } }, understood: callerIdIn },
  'callerId.allowed': LEFT_OUT,
  'callerId.allowed[]': { loses: 'itself', understood: callerIdIn },
  'callerId.patterns': { loses: 'itself', instead: NO_OTHER_CALLER_ID },
  // The patterns before it still decide; what it would have decided, those behind it must not.
  'callerId.patterns[]': { loses: 'the rest', instead: NO_OTHER_CALLER_ID },
  'callerId.patterns[].match': WITH_ITS_OWNER,
  'callerId.patterns[].callerId': { loses: 'its owner', understood: callerIdIn },
  'callerId.default': {
    loses: 'itself',
    instead: { pool: undefined, fallback: 'decline' },
    understood: callerIdIn,
  },
  'callerId.pool': { loses: 'itself', instead: { fallback: 'decline' } },
  'callerId.pool[]': { ...WITH_ITS_LIST, understood: callerIdIn },
  'callerId.fallback': { loses: 'itself', instead: { fallback: 'decline' } },
  'callerId.privacy': { loses: 'itself', instead: { privacy: 'honour' } },
  'callerId.name': LEFT_OUT,

  // A number that is read differently from what was meant would bypass the rules. The rest of the plan finds emergency
  // numbers after an outside-line prefix.
  dialPlan: NO_CALLS,
  'dialPlan.countryCode': { ...NO_CALLS, understood: countryCodeIn },
  'dialPlan.internationalPrefix': NO_CALLS,
  'dialPlan.nationalPrefix': NO_CALLS,
  'dialPlan.country': NO_CALLS,
  'dialPlan.rewrite': NO_CALLS,
  'dialPlan.rewrite[]': NO_CALLS,
  'dialPlan.rewrite[].from': WITH_ITS_OWNER,
  'dialPlan.rewrite[].to': WITH_ITS_OWNER,
  'dialPlan.rewrite[].digits': WITH_ITS_OWNER,
  'dialPlan.serviceCodes': LEFT_OUT,

  destinations: NO_CALLS,
  'destinations.default': { loses: 'itself', instead: { default: 'deny' } },
  'destinations.allow': LEFT_OUT,
  'destinations.allow[]': { loses: 'itself', understood: prefixIn },
  // An allowed prefix may hold what it would have denied.
  'destinations.deny': WITH_ITS_OWNER,
  'destinations.deny[]': { ...WITH_ITS_LIST, understood: deniedPrefixesIn },

  // At the deployment's host, with the record's own tech prefix and credentials, for emergency calls.
  trunks: { loses: 'itself', instead: { trunks: [{ name: 'default', prefixes: [] }] } },
  'trunks[]': LEFT_OUT,
  'trunks[].name': WITH_ITS_OWNER,
  'trunks[].host': WITH_ITS_OWNER,
  'trunks[].port': NO_CALLS_BY_THIS_TRUNK,
  'trunks[].transport': NO_CALLS_BY_THIS_TRUNK,
  'trunks[].prefixes': NO_CALLS_BY_THIS_TRUNK,
  'trunks[].prefixes[]': { loses: 'itself', understood: prefixIn },
  'trunks[].techPrefix': NO_CALLS_BY_THIS_TRUNK,
  'trunks[].outboundAuth': NO_CALLS_BY_THIS_TRUNK,
  'trunks[].outboundAuth.username': WITH_ITS_OWNER,
  'trunks[].outboundAuth.password': WITH_ITS_OWNER,
  'trunks[].numberFormat': NO_CALLS_BY_THIS_TRUNK,
  'trunks[].callerIdFormat': NO_CALLS_BY_THIS_TRUNK,
  'trunks[].callerId': { ...NO_CALLS_BY_THIS_TRUNK, understood: callerIdIn },
  'trunks[].fromUser': NO_CALLS_BY_THIS_TRUNK,
  'trunks[].fromHost': NO_CALLS_BY_THIS_TRUNK,
  'trunks[].escapeHash': NO_CALLS_BY_THIS_TRUNK,
  'trunks[].ringTimeout': LEFT_OUT,

  failover: { loses: 'itself', instead: { failover: { stopCodes: EVERY_CODE } } },
  'failover.stopCodes': WITH_ITS_OWNER,
  'failover.stopCodes[]': WITH_ITS_LIST,

  limits: { loses: 'itself', instead: { limits: { maxConcurrentCalls: 0, maxMinutesPerDay: 0 } } },
  'limits.maxConcurrentCalls': { loses: 'itself', instead: { maxConcurrentCalls: 0 } },
  'limits.callsPerMinute': { loses: 'itself', instead: { callsPerMinute: 0 } },
  'limits.maxCallSeconds': WITH_ITS_OWNER,
  'limits.maxMinutesPerDay': NO_MINUTES,
  'limits.timeZone': NO_MINUTES,
  'limits.budgets': NO_MINUTES,
  'limits.budgets[]': WITH_ITS_LIST,
  'limits.budgets[].prefixes': WITH_ITS_OWNER,
  'limits.budgets[].prefixes[]': { ...WITH_ITS_LIST, understood: deniedPrefixesIn },
  'limits.budgets[].minutesPerDay': { loses: 'itself', instead: { minutesPerDay: 0 } },

  // Not left out, because the record that `customer` names may observe more.
  observe: { loses: 'itself', instead: { observe: [] } },
  'observe[]': LEFT_OUT,

  // Left out when there is no number in it, so that the numbers of the record that `customer` names hold.
  emergency: { loses: 'itself', understood: emergencyIn },
  'emergency.numbers': WITH_ITS_OWNER,
  'emergency.numbers[]': { loses: 'itself', understood: emergencyNumbersIn },
  'emergency.numbers[].dialled': WITH_ITS_OWNER,
  'emergency.numbers[].number': WITH_ITS_OWNER,
  'emergency.country': { loses: 'its owner', understood: countriesIn },
  'emergency.callerId': { loses: 'itself', understood: callerIdIn },
  'emergency.trunk': LEFT_OUT,
};

const COSTS: Readonly<Record<string, Cost | undefined>> = STRICTEST;

/** @param field as in `STRICTEST`, which has every field */
export function costOf(field: string): Cost {
  return COSTS[field] ?? WITH_ITS_OWNER;
}

/** A prefix as people write it. A number may have lost its leading zero, and then allows something else. */
function prefixIn(value: unknown): readonly string[] {
  const digits = typeof value === 'string' ? /^(?:\+|00)([1-9]\d*)$/.exec(value)?.[1] : undefined;
  return digits === undefined ? [] : [digits];
}

/** A number is denied with the leading zero that it may have lost, and without. */
function deniedPrefixesIn(value: unknown): readonly string[] {
  return isCount(value) ? [`${value}`, `0${value}`] : prefixIn(value);
}

/** A number of 11 digits and more is whole: shorter ones may have lost the leading zero of a national number. */
function callerIdIn(value: unknown): readonly string[] {
  return isCount(value) && value >= 1e10 ? [String(value)] : [];
}

/** No country code begins with 0 (ITU-T E.164 annex A). */
function countryCodeIn(value: unknown): readonly string[] {
  return isCount(value) ? [String(value)] : [];
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Every field: `callerId.patterns[].match` is that of each pattern, `destinations.deny[]` each denied prefix. */
export type FieldPath = PathsOf<WrittenCustomer>;

type PathsOf<T> = { [Name in keyof T & string]-?: PathsFrom<Name, NonNullable<T[Name]>> }[keyof T & string];
type PathsFrom<Path extends string, T> =
  | Path
  | (T extends readonly (infer Element)[]
      ? PathsFrom<`${Path}[]`, Element>
      : T extends object
        ? `${Path}.${PathsOf<T>}`
        : never);

/** The object that a field is one of; of an element, the object that its list is a field of. */
type OwnerOf<T, Path> = Path extends `${infer Head}.${infer Rest}` ? OwnerOf<Inside<T, Head>, Rest> : T;
type Inside<T, Head> = Head extends `${infer List}[]`
  ? T extends Partial<Record<List, readonly (infer Element)[]>>
    ? Extract<Element, object>
    : never
  : Head extends keyof T
    ? Extract<NonNullable<T[Head]>, object>
    : never;

/** Some fields of an object, to any depth; lists are whole. */
type Some<T> = T extends readonly unknown[] | string | number | boolean
  ? T | Readonly<T>
  : { readonly [Name in keyof T]?: Some<NonNullable<T[Name]>> | undefined };
