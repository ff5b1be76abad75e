import type { Customer } from '../record/customer';
import { MIN_SUBSCRIBER_DIGITS } from './destination';
import { HIGH_RISK_RANGES, type HighRiskRange } from './high-risk-ranges';

/** May this number be called, and which rule says so? */
export type Permission =
  | { readonly allowed: true; readonly because: 'default' }
  | { readonly allowed: true; readonly because: 'allow'; readonly prefix: string }
  | { readonly allowed: false; readonly because: 'destination-denied'; readonly prefix: string | undefined }
  | { readonly allowed: false; readonly because: 'high-risk-destination'; readonly range: HighRiskRange };

/**
 * Longest prefix wins, among the record's `allow` and `deny` and the high-risk ranges: a record opens a high-risk
 * range by naming its prefix or a longer one. Of the same prefix in both lists, `deny` holds.
 * @param number the normalised destination
 */
export function judgeDestination(number: string, rules: Customer['destinations']): Permission {
  const allow = longestPrefix(rules?.allow ?? [], number);
  const deny = longestPrefix(rules?.deny ?? [], number);
  const range = highRiskRange(number);
  const allowed = lengthOf(allow);
  if (deny !== undefined && deny.length >= allowed)
    return { allowed: false, because: 'destination-denied', prefix: deny };
  if (range && range.prefix.length > allowed)
    return { allowed: false, because: 'high-risk-destination', range };
  if (allow !== undefined) return { allowed: true, because: 'allow', prefix: allow };
  return rules?.default === 'deny'
    ? { allowed: false, because: 'destination-denied', prefix: undefined }
    : { allowed: true, because: 'default' };
}

/** The longest of these prefixes that the number starts with. */
export function longestPrefix(prefixes: readonly string[], number: string): string | undefined {
  return prefixes
    .filter((prefix) => number.startsWith(prefix))
    .reduce<string | undefined>(
      (best, prefix) => (prefix.length > lengthOf(best) ? prefix : best),
      undefined,
    );
}

/** The high-risk range of a number that is longer than a short code, also of one behind North America's 011, which some carriers take for 00. */
export function highRiskRange(number: string): HighRiskRange | undefined {
  if (number.length < MIN_SUBSCRIBER_DIGITS) return undefined;
  const behind = number.startsWith('011') ? number.slice(3) : number;
  const prefix = longestPrefix(
    HIGH_RISK_RANGES.map((range) => range.prefix),
    behind,
  );
  return HIGH_RISK_RANGES.find((range) => range.prefix === prefix);
}

function lengthOf(prefix: string | undefined): number {
  return prefix?.length ?? -1;
}
