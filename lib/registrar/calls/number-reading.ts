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
