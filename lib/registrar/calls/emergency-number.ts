import type { Policy } from '../record/policy';
import { cleanNumber } from './destination';

/**
 * The emergency number that was dialled, with or without separators and +, as the record has it.
 * @returns undefined when it is none, or the deployment lets no disabled account call it
 */
export function emergencyNumber(
  dialled: string,
  { enabled, emergency }: Policy,
  { emergencyForDisabled }: { readonly emergencyForDisabled: boolean },
): string | undefined {
  if (!enabled && !emergencyForDisabled) return undefined;
  const wanted = cleanNumber(dialled).replace(/^\+/, '');
  return emergency?.numbers.find((number) => number.replace(/^\+/, '') === wanted);
}
