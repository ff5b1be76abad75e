/** Below this a number is a short code (100, 112, 1800): no country code makes it E.164. */
export const MIN_SUBSCRIBER_DIGITS = 7;

/** A number as a dial plan reads it. */
export interface NumberReading {
  readonly number: string;
  readonly because:
    | 'plus'
    | 'international-prefix'
    | 'national-prefix'
    | 'country-code-added'
    | 'country'
    | 'impossible-in-country'
    | 'as-dialled';
}

/** Does the plan know what number it is, to the country code? */
export function knowsCountry(because: NumberReading['because']): boolean {
  return because !== 'as-dialled' && because !== 'impossible-in-country';
}
