import type { Customer } from '../record/customer';
import { rangeOfType } from './high-risk-number-types';
import { HIGH_RISK_RANGES, type HighRiskRange } from './high-risk-ranges';
import { MIN_SUBSCRIBER_DIGITS } from './number-reading';

/** May this number be called, and which rule says so? */
export type Permission =
  | { readonly allowed: true; readonly because: 'default' }
  | { readonly allowed: true; readonly because: 'allow'; readonly prefix: string }
  | { readonly allowed: false; readonly because: 'destination-denied'; readonly prefix: string | undefined }
  | { readonly allowed: false; readonly because: 'high-risk-destination'; readonly range: HighRiskRange };

/**
 * Longest prefix wins, among the record's `allow` and `deny` and the high-risk ranges: a record opens a high-risk
 * range by naming its prefix or a longer one. Of the same prefix in both lists, `deny` holds. A number that a carrier
 * may take for another one, behind the international prefix of some country, is judged as that one too.
 * @param number the normalised destination
 * @param home the calling code of the record's country; undefined: unknown
 */
export function judgeDestination(number: string, rules: Customer['destinations'], home?: string): Permission {
  const permission = judge(number, rules, home);
  if (!permission.allowed) return permission;
  const others = behindInternationalPrefix(number).map((hidden) => judgeHidden(hidden, rules, home));
  return others.find(({ allowed }) => !allowed) ?? permission;
}

/** What `default` denies counts only where the number is surely one of another country. */
function judgeHidden(hidden: string, rules: Customer['destinations'], home: string | undefined): Permission {
  const permission = judge(hidden, rules, home);
  const byDefault = permission.because === 'destination-denied' && permission.prefix === undefined;
  return byDefault && hidden.length < SURELY_ABROAD ? { allowed: true, because: 'default' } : permission;
}

function judge(number: string, rules: Customer['destinations'], home: string | undefined): Permission {
  const allow = longestPrefix(rules?.allow ?? [], number);
  const deny = longestPrefix(rules?.deny ?? [], number);
  const range = highRiskRange(number, home);
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

/**
 * The high-risk range of a number that is longer than a short code. Shared-cost numbers of the record's own country
 * are none: there the callee pays a part.
 */
export function highRiskRange(number: string, home?: string): HighRiskRange | undefined {
  if (number.length < MIN_SUBSCRIBER_DIGITS) return undefined;
  const typed = rangeOfType(number);
  const atHome = typed?.kind === 'shared-cost' && home !== undefined && typed.prefix.startsWith(home);
  const prefix = longestPrefix(
    HIGH_RISK_RANGES.map((range) => range.prefix),
    number,
  );
  return (atHome ? undefined : typed) ?? HIGH_RISK_RANGES.find((range) => range.prefix === prefix);
}

/** A national number may begin with 011 (Riyadh, Delhi, Leeds); with so many digits behind it, none does. */
const SURELY_ABROAD = 10;
/**
 * International prefixes that carriers honour although the dial plan does not: 00, 011 (North America), 0011
 * (Australia), 010 (Japan) and 810 (Russia). Of 0011 and 001 only what is behind 00 may be left: no number begins
 * with 11, and no number of North America (1) has more than eleven digits.
 */
const INTERNATIONAL_PREFIXES: readonly RegExp[] = [
  /^(?:0011|011|00|(?:010|810)(?=[0-9]{10}))/,
  /^11(?=1?[2-9][0-9]{9})/,
  /^1(?=1[2-9][0-9]{9}$|[2-9][0-9]{10})/,
];

/** The numbers that may be meant, behind all international prefixes; none: there is no prefix, or hardly a number. */
function behindInternationalPrefix(number: string): string[] {
  return INTERNATIONAL_PREFIXES.filter((prefix) => prefix.test(number)).flatMap((prefix) => {
    const rest = number.replace(prefix, '');
    const further = behindInternationalPrefix(rest);
    return further.length > 0 || rest.length < MIN_SUBSCRIBER_DIGITS ? further : [rest];
  });
}

function lengthOf(prefix: string | undefined): number {
  return prefix?.length ?? -1;
}
