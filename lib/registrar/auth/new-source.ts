import type { Customer } from '../record/customer';
import type { GrantState } from './call-grant';

/** The rule for calls from an address that the account has not used for long. */
export type NewSource = NonNullable<NonNullable<Customer['registration']>['newSource']>;

/** What the rule does to a call from a new address; undefined: nothing. */
export type NewSourceEffect = 'refuse' | 'observe' | undefined;

/**
 * What a call to a number meets if it comes from a new address.
 * @param numbers the destination, and the numbers inside a service code: all must be allowed
 * @param isObserved the record says elsewhere that this rule is only observed
 */
export function newSourceEffect(
  rule: NewSource | undefined,
  numbers: readonly string[],
  isObserved: boolean,
): NewSourceEffect {
  if (!rule) return undefined;
  const isAllowed = numbers.every((number) => rule.allow.some((prefix) => number.startsWith(prefix)));
  if (isAllowed) return undefined;
  return rule.mode === 'enforce' && !isObserved ? 'refuse' : 'observe';
}

/**
 * Does a call count as one from a new address? Only its grant tells where it came from: without one nobody knows, so
 * it does. While the memory cannot be asked it does not, as with everything that is remembered there.
 */
export function isFromNewSource(grant: GrantState): boolean {
  return grant !== 'granted' && grant !== 'unknown';
}
