import type { DialPlan } from '../../registrar/calls/destination';
import { planOf } from '../../registrar/calls/phone-number-library';
import type { Customer } from '../../registrar/record/customer';
import type { Policy } from '../../registrar/record/policy';
import { type Remark, warn } from './lint-remark';

/** Prefixes and patterns that no number begins with, because numbers are compared without + and 00. */
export function aboutUnreachable(record: Customer, { dialPlan }: Policy): Remark[] {
  const { allow = [], deny = [] } = record.destinations ?? {};
  const prefixes = [
    ...allow.map((prefix, at) => [`destinations.allow[${at}]`, prefix] as const),
    ...deny.map((prefix, at) => [`destinations.deny[${at}]`, prefix] as const),
    ...(record.trunks ?? []).flatMap(({ prefixes: taken = [] }, trunk) =>
      taken.map((prefix, at) => [`trunks[${trunk}].prefixes[${at}]`, prefix] as const),
    ),
  ];
  const patterns = (record.callerId?.patterns ?? []).map(
    ({ match }, at) => [`callerId.patterns[${at}].match`, match] as const,
  );
  return [
    ...prefixes.flatMap(([path, prefix]) => aboutPrefix(path, prefix, dialPlan)),
    ...patterns.flatMap(([path, match]) => aboutPattern(path, match, dialPlan)),
  ];
}

/** Why no number begins so, and what to write. */
interface Unreachable {
  readonly what: string;
  readonly fix: string;
}

function aboutPrefix(path: string, prefix: string, plan: DialPlan | undefined): Remark[] {
  const found = unreachable(prefix, '', plan);
  return found ? [warn(path, `${prefix} ${found.what}`, found.fix)] : [];
}

/** A pattern is unreachable when each way through it is. */
function aboutPattern(path: string, match: string, plan: DialPlan | undefined): Remark[] {
  const found = waysThrough(match).map((way) => unreachableWay(way, plan));
  const [first] = found;
  return first && found.every((it) => it !== undefined)
    ? [warn(path, `${match} ${first.what}`, first.fix)]
    : [];
}

const MOST_WAYS = 100;

/** The alternatives of a pattern, without groups and without what is optional. */
function waysThrough(match: string): string[] {
  let ways = [match];
  for (let at = 0; at < ways.length && ways.length < MOST_WAYS; ) {
    const way = ways[at] ?? '';
    const group = /(?<!\\)\((?:\?:)?([^()]*)(?<!\\)\)([?*]?)/.exec(way);
    if (!group) at++;
    else {
      const [whole, inner = '', optional] = group;
      const choices = [...inner.split('|'), ...(optional ? [''] : [])];
      const opened = choices.map((it) => way.replace(whole, () => it));
      ways = [...ways.slice(0, at), ...opened, ...ways.slice(at + 1)];
    }
  }
  return ways.flatMap((way) => way.split('|')).map((way) => way.replace(OPTIONAL, ''));
}

/** One character, or a class of them, that may be missing. */
const OPTIONAL = /(?:\\.|\[[^\]]*\]|[^\\\]^$])[?*]/g;

function unreachableWay(way: string, plan: DialPlan | undefined): Unreachable | undefined {
  if (/\\\+|\[\+\]/.test(way))
    return { what: MATCHES_NONE, fix: 'numbers are compared without +: leave it out' };
  if (/[A-Za-z\s-]/.test(way.replace(/\\.|\[[^\]]*\]|\{[^}]*\}/g, '')))
    return {
      what: MATCHES_NONE,
      fix: 'numbers are compared as digits alone: leave letters, spaces and - out',
    };
  return unreachable(/^\^(\d+)/.exec(way)?.[1] ?? '', '^', plan);
}

const MATCHES_NONE = 'matches no number';

/**
 * Numbers are compared as E.164 digits, and no country code begins with 0.
 * @param mark what is written before the prefix
 */
function unreachable(prefix: string, mark: string, plan: DialPlan | undefined): Unreachable | undefined {
  const { countryCode, abroad, nationalPrefix } = prefixesOf(plan);
  const [international] = abroad.exec(prefix) ?? [];
  if (international) {
    const rest = prefix.slice(international.length);
    const instead = rest === '' ? 'leave it out' : `write ${mark}${rest}`;
    return { what: MATCHES_NONE, fix: `numbers are compared without ${international}: ${instead}` };
  }
  if (countryCode === undefined || !prefix.startsWith(nationalPrefix ?? '') || !prefix.startsWith('0'))
    return undefined;
  return {
    what: 'matches no national number',
    fix: `numbers are compared with their country code: write ${mark}${countryCode}${prefix.slice(nationalPrefix?.length ?? 0)}`,
  };
}

interface Prefixes {
  readonly countryCode: string | undefined;
  readonly abroad: RegExp;
  readonly nationalPrefix: string | undefined;
}

/** A country without a national prefix keeps the zero in the number: Italy's 06 is 3906. */
function prefixesOf({
  country,
  countryCode,
  internationalPrefix = '00',
  nationalPrefix,
}: DialPlan = {}): Prefixes {
  if (country === undefined)
    return {
      countryCode: nationalPrefix === undefined ? undefined : countryCode,
      abroad: new RegExp(`^(?:00|${internationalPrefix})`),
      nationalPrefix,
    };
  const plan = planOf(country);
  // Some countries' prefixes, such as Finland's 994, are country codes too.
  return {
    countryCode: plan.callingCode,
    abroad: new RegExp(`^(?=0)(?:00|${plan.internationalPrefix})`),
    nationalPrefix: plan.nationalPrefix,
  };
}

/** `national` means nothing where the country is not known. */
export function aboutFormatsWithoutPlan(record: Customer, { dialPlan }: Policy): Remark[] {
  if (dialPlan && ('country' in dialPlan || dialPlan.countryCode !== undefined)) return [];
  return (record.trunks ?? []).flatMap((trunk, at) =>
    (['numberFormat', 'callerIdFormat'] as const).flatMap((name) =>
      trunk[name] === 'national'
        ? [
            warn(
              `trunks[${at}].${name}`,
              'national changes nothing, because the country is not known',
              'give dialPlan.country, such as "SA"',
            ),
          ]
        : [],
    ),
  );
}
