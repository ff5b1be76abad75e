import type { DialPlan } from '../../registrar/calls/destination';
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
    ...prefixes.flatMap(([path, prefix]) => unreachable(path, prefix, '', dialPlan)),
    ...patterns.flatMap(([path, match]) =>
      match.includes('+') && /\\\+|\[\+\]/.test(match)
        ? [warn(path, `${match} matches no number`, 'numbers are compared without +: leave it out')]
        : unreachable(path, /^\^(\d+)/.exec(match)?.[1] ?? '', '^', dialPlan),
    ),
  ];
}

/** @param mark what is written before the prefix */
function unreachable(path: string, prefix: string, mark: string, plan: DialPlan = {}): Remark[] {
  const { countryCode, internationalPrefix = '00', nationalPrefix } = plan;
  const written = `${mark}${prefix}`;
  if (prefix.startsWith(internationalPrefix) || prefix.startsWith('00')) {
    const rest = prefix.slice(prefix.startsWith('00') ? 2 : internationalPrefix.length);
    return [
      warn(path, `${written} matches no number`, `numbers are compared without 00: write ${mark}${rest}`),
    ];
  }
  if (!countryCode || !nationalPrefix || !prefix.startsWith(nationalPrefix)) return [];
  const international = `${mark}${countryCode}${prefix.slice(nationalPrefix.length)}`;
  return [
    warn(
      path,
      `${written} matches no national number`,
      `numbers are compared with their country code: write ${international}`,
    ),
  ];
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
              'add a dialPlan with countryCode and nationalPrefix',
            ),
          ]
        : [],
    ),
  );
}
