import { EMERGENCY_COUNTRIES } from './emergency-countries';

/** Countries whose emergency numbers nobody has written down: those of no `emergency` element in libphonenumber. */
const WITHOUT_EMERGENCY_NUMBERS: readonly string[] = ['GN', 'GQ', 'IO', 'TA', 'TK'];

/**
 * Countries and territories whose numbering plan `phone-number-library` knows, by ISO 3166-1 alpha-2 (and AC, TA and XK,
 * which ISO keeps or leaves free for Ascension, Tristan da Cunha and Kosovo). Not taken from the library, because
 * records are read by Lambdas that never load it.
 */
export const COUNTRY_CODES: readonly string[] = [...EMERGENCY_COUNTRIES, ...WITHOUT_EMERGENCY_NUMBERS];

/** Is it one of them, in capitals? */
export function isCountryCode(text: string): boolean {
  return COUNTRY_CODES.includes(text);
}

/** ITU-T E.161.1 recommends 112 and 911 for the whole world; 999 and 000 are what half of it dials. */
export const EMERGENCY_NUMBERS_EVERYWHERE: readonly string[] = ['112', '911', '999', '000'];

/** Is it one whose emergency numbers are known? */
export function hasEmergencyNumbers(country: string): boolean {
  return EMERGENCY_COUNTRIES.includes(country);
}
