import type { CallerIdRules } from './customer';
import { matchesPattern } from './pattern';

/** The number shown to the callee, and which rule chose it. */
export interface CallerId {
  readonly number: string;
  readonly because: `patterns[${number}]` | 'default' | 'device' | 'anonymous';
}

/**
 * Chooses the caller id: the first pattern that matches the destination, then `default`, then `fallback`.
 * @param number the normalised destination, digits only
 * @param from the user part of the device's From, free text
 * @returns undefined when the rules leave no number to show
 */
export function chooseCallerId(
  rules: CallerIdRules | undefined,
  number: string,
  from: string,
): CallerId | undefined {
  const patterns = rules?.patterns ?? [];
  const at = patterns.findIndex(({ match }) => matchesPattern(match, number));
  const pattern = patterns[at];
  if (pattern) return { number: pattern.callerId, because: `patterns[${at}]` };
  if (rules?.default !== undefined) return { number: rules.default, because: 'default' };
  return fallback(rules?.fallback ?? 'device', from);
}

function fallback(choice: NonNullable<CallerIdRules['fallback']>, from: string): CallerId | undefined {
  if (choice === 'anonymous') return { number: 'anonymous', because: 'anonymous' };
  return choice === 'device' && /^\+?[0-9]{3,24}$/.test(from)
    ? { number: from, because: 'device' }
    : undefined;
}
