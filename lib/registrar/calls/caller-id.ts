import { createHash } from 'node:crypto';
import type { CallerIdRules, NumberFormat } from '../record/customer';
import { matchesPattern } from '../record/number-pattern';
import { cleanNumber } from './clean-number';
import { type DialPlan, formatNumber, readNumber } from './destination';
import { knowsCountry } from './number-reading';

/** The caller as the device presents it: free text, all of it. */
export interface Presented {
  /** The user part of From. */
  readonly from: string;
  /** The user part of the identity that the device gives beside an anonymous From (RFC 3325 section 9). */
  readonly identity: string | undefined;
  /** The device asks not to be shown (CLIR): an anonymous From, or Privacy (RFC 3323 section 4.2). */
  readonly private: boolean;
  /** The display name, without its quotes. */
  readonly name?: string | undefined;
}

/** What the callee and the carrier are shown, and which rule chose it. */
export interface CallerId {
  /** A number of the record or the device's cleaned one; undefined: no caller id is shown. */
  readonly number: string | undefined;
  readonly name: string | undefined;
  /** true: the number goes to the carrier as asserted identity only (RFC 3325 section 7). */
  readonly hidden: boolean;
  readonly because:
    | 'emergency'
    | 'trunk'
    | 'allowed'
    | `patterns[${number}]`
    | 'default'
    | 'pool'
    | 'device'
    | 'anonymous'
    /** As the carrier of the call says. */
    | 'caller'
    /** What its colleagues know the caller by. */
    | 'short-number';
}

/**
 * Chooses the caller id: the device's own number where `allowed` has it, else the first pattern that matches the
 * destination, `default`, `pool`, `fallback`. `privacy: honour` then hides it where the device asks for that.
 * @param number the normalised destination
 * @returns undefined when the rules leave nothing to show
 */
export function chooseCallerId(
  rules: CallerIdRules = {},
  number: string,
  presented: Presented,
  plan: DialPlan | undefined,
): CallerId | undefined {
  const chosen = chooseNumber(rules, number, presented, plan);
  const hidden = rules.privacy === 'honour' && presented.private;
  if (chosen) return { ...chosen, name: printableName(rules.name), hidden };
  if (rules.fallback !== 'anonymous') return undefined;
  return ANONYMOUS;
}

/** The caller id of a trunk that has one of its own. */
export function trunkCallerId(number: string, rules: CallerIdRules = {}, presented: Presented): CallerId {
  const hidden = rules.privacy === 'honour' && presented.private;
  return { number, name: printableName(rules.name), hidden, because: 'trunk' };
}

/**
 * The caller id of an emergency call: it is never hidden, and never missing for want of a rule.
 * @param callerId `emergency.callerId`
 */
export function chooseEmergencyCallerId(
  callerId: string | undefined,
  rules: CallerIdRules = {},
  number: string,
  presented: Presented,
  plan: DialPlan | undefined,
): CallerId {
  const name = printableName(rules.name);
  if (callerId !== undefined) return { number: callerId, name, hidden: false, because: 'emergency' };
  const chosen = chooseNumber({ ...rules, fallback: 'device' }, number, presented, plan);
  return chosen ? { ...chosen, name, hidden: false } : ANONYMOUS;
}

const ANONYMOUS: CallerId = { number: undefined, name: undefined, hidden: false, because: 'anonymous' };

type Chosen = Pick<CallerId, 'because'> & { readonly number: string };

function chooseNumber(
  rules: CallerIdRules,
  number: string,
  presented: Presented,
  plan: DialPlan | undefined,
): Chosen | undefined {
  const own = ownNumber(presented, plan);
  const allowed = own && rules.allowed?.find((it) => digitsOf(it, plan) === digitsOf(own, plan));
  if (allowed) return { number: allowed, because: 'allowed' };
  const at = (rules.patterns ?? []).findIndex(({ match }) => matchesPattern(match, number));
  const pattern = rules.patterns?.[at];
  if (pattern) return { number: pattern.callerId, because: `patterns[${at}]` };
  if (rules.default !== undefined) return { number: rules.default, because: 'default' };
  const pooled = pickFromPool(rules.pool ?? [], number, plan);
  if (pooled !== undefined) return { number: pooled, because: 'pool' };
  return (rules.fallback ?? 'device') === 'device' && own ? { number: own, because: 'device' } : undefined;
}

/**
 * The same destination always gets the same number: the nearest by shared prefix, and of equally near ones the
 * highest by rendezvous hashing (Thaler and Ravishankar, 1998), so that taking a number away moves only its callees.
 * With or without + it is the same number.
 */
export function pickFromPool(
  pool: readonly string[],
  destination: string,
  plan?: DialPlan,
): string | undefined {
  const ranked = pool.map((number) => ({
    number,
    near: sharedPrefix(digitsOf(number, plan), destination),
    weight: createHash('sha256')
      .update(`+${number.replace('+', '')} ${destination}`)
      .digest('hex'),
  }));
  ranked.sort((a, b) => b.near - a.near || (a.weight < b.weight ? 1 : -1));
  return ranked[0]?.number;
}

/**
 * A caller id for a trunk. Only what is known to be E.164 (a leading +, or the dial plan says so) changes its form.
 * @param format undefined: as the record has it
 */
export function formatCallerId(
  number: string,
  format: NumberFormat | undefined,
  plan: DialPlan | undefined,
): string {
  const reading = readNumber(number, plan);
  if (format === undefined || !knowsCountry(reading.because)) return number;
  return formatNumber(reading, format, plan);
}

/** The device's own number, cleaned; undefined when it is none, or nothing but prefixes. */
function ownNumber({ from, identity }: Presented, plan: DialPlan | undefined): string | undefined {
  return [from, identity ?? ''].map(cleanNumber).find((text) => {
    const { number, because } = readNumber(text, plan);
    return /^\+?[0-9]{3,24}$/.test(text) && (!knowsCountry(because) || /^[1-9][0-9]{2,}$/.test(number));
  });
}

function digitsOf(number: string, plan: DialPlan | undefined): string {
  return readNumber(number, plan).number;
}

function sharedPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** Control characters would end the header, quotes would end the name (RFC 3261 section 25.1). */
export function printableName(name: string | undefined): string | undefined {
  const printable = name?.replace(/[\p{Cc}\u2028\u2029"\\<>]/gu, '').trim();
  return printable === '' ? undefined : printable;
}
