import type { Customer } from './customer';

/** What a call is for: what the device dialled, and what that means under the customer's dial plan. */
export interface Destination {
  /** As jambonz reported it. */
  readonly dialled: string;
  /** The number without + and 00: E.164 digits where the dial plan knows, else as dialled. */
  readonly number: string;
  /** How `dialled` became `number`, for `explain`. */
  readonly because: 'plus' | 'international-prefix' | 'national-prefix' | 'as-dialled';
}

export type DestinationRefusal =
  | 'no-number'
  | 'not-a-number'
  | 'number-too-long'
  | 'service-code-not-allowed';

export type NormalisedDestination =
  | { readonly ok: true; readonly destination: Destination }
  | { readonly ok: false; readonly because: DestinationRefusal };

/** E.164 numbers have at most 15 digits; carriers' prefixes and 00 come on top. */
const LONGEST_NUMBER = 32;

/**
 * Turns what was dialled into digits: decodes once what jambonz leaves encoded (`%23`, `%2A`, `%2B`), drops
 * visual separators (RFC 3966 section 5.1.1), then lets ASCII digits through and nothing else.
 */
export function normaliseDestination(dialled: string, _plan: Customer['dialPlan']): NormalisedDestination {
  const text = dialled.replace(/%(23|2A|2B)/gi, decodeURIComponent).replace(/[-.() ]/g, '');
  if (text === '' || text === '+') return { ok: false, because: 'no-number' };
  if (text.length > LONGEST_NUMBER) return { ok: false, because: 'number-too-long' };
  if (/^\+?[0-9]*[*#][0-9*#]*$/.test(text)) return { ok: false, because: 'service-code-not-allowed' };
  if (!/^\+?[0-9]+$/.test(text)) return { ok: false, because: 'not-a-number' };
  const { number, because } = stripInternational(text);
  return number === ''
    ? { ok: false, because: 'no-number' }
    : { ok: true, destination: { dialled, number, because } };
}

function stripInternational(text: string): Pick<Destination, 'number' | 'because'> {
  if (text.startsWith('+')) return { number: text.slice(1), because: 'plus' };
  if (text.startsWith('00')) return { number: text.slice(2), because: 'international-prefix' };
  return { number: text, because: 'as-dialled' };
}
