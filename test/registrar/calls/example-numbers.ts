import { libraryCountries, parseInternational } from '../../../lib/registrar/calls/phone-number-library';

/** One of the example numbers that libphonenumber's metadata has for a country and a type of number. */
export interface ExampleNumber {
  readonly country: string;
  readonly type: string;
  /** E.164 digits. */
  readonly number: string;
  /** Digits of the national form. */
  readonly national: string;
}

/** Google's own build of the library, which keeps the example numbers. */
const google = require('google-libphonenumber');

/**
 * All example numbers that the installed libphonenumber-js takes for valid: the two packages are seldom of the same
 * day.
 */
export const EXAMPLE_NUMBERS: readonly ExampleNumber[] = libraryCountries().flatMap((country) =>
  Object.keys(google.PhoneNumberType).flatMap((type) => {
    const util = google.PhoneNumberUtil.getInstance();
    const example = util.getExampleNumberForType(country, google.PhoneNumberType[type]);
    if (!example) return [];
    const format = (it: string): string =>
      util.format(example, google.PhoneNumberFormat[it]).replace(/\D/g, '');
    const number = format('E164');
    return parseInternational(number)?.valid ? [{ country, type, number, national: format('NATIONAL') }] : [];
  }),
);

/** Google's emergency numbers. */
export function isEmergencyNumberByGoogle(number: string, country: string): boolean {
  return google.ShortNumberInfo.getInstance().isEmergencyNumber(number, country);
}
