import parsePhoneNumber, {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  Metadata,
  type MetadataJson,
  type PhoneNumber,
} from 'libphonenumber-js/core';

/**
 * Numbering plans, from Google's libphonenumber by way of libphonenumber-js. `country-numbers` loads this file at the
 * first number that needs it, and the bundle keeps the metadata as a file beside it: records without a country pay
 * for neither. `max` is the smallest metadata that is right: without the patterns of each type of number, local
 * numbers of China (12345678) and service numbers of Germany (11880) pass for whole numbers of the country.
 */
const metadata: MetadataJson = require('libphonenumber-js/metadata.max.json');

/** What the library makes of some digits. */
export interface LibraryNumber {
  /** E.164 digits, without +. */
  readonly number: string;
  /** Digits of the national form, as people of the number's own country dial it. */
  readonly national: string;
  /** true: its country's plan has such numbers; false: only its length fits. */
  readonly valid: boolean;
  /** A national prefix was taken off, or an area code put before it: it was dialled as a whole number. */
  readonly converted: boolean;
}

/** A country's plan, as far as it says how people dial. */
export interface CountryPlan {
  readonly callingCode: string;
  /** What people dial before the number of another country: a regular expression. */
  readonly internationalPrefix: string;
  /** The one to write where there are several. */
  readonly preferredInternationalPrefix: string;
  /** What people dial before an area code; undefined: whole numbers are dialled without any prefix. */
  readonly nationalPrefix: string | undefined;
}

/** Reads digits as people of a country dial them. @returns undefined when no number of the country is that long */
export function parseNational(digits: string, country: string): LibraryNumber | undefined {
  const defaultCountry = knownCountry(country);
  return describe(parsePhoneNumber(digits, { defaultCountry, extract: false }, metadata), digits);
}

/** Reads digits that begin with a calling code. @returns undefined when no number is that long, or the code is none */
export function parseInternational(digits: string): LibraryNumber | undefined {
  return describe(parsePhoneNumber(`+${digits}`, { extract: false }, metadata), digits);
}

/** @param country one of `COUNTRY_CODES` */
export function planOf(country: string): CountryPlan {
  const code = knownCountry(country);
  const plans = new Metadata(metadata);
  plans.selectNumberingPlan(code);
  const plan = plans.numberingPlan;
  const internationalPrefix = plan?.IDDPrefix() || '00';
  const whole = new RegExp(`^(?:${internationalPrefix})$`);
  // `8~10` waits for a tone before 10.
  const usual = [plan?.defaultIDDPrefix() || '', ...USUAL_PREFIXES].map((it) => it.replace('~', ''));
  const nationalPrefix =
    plan && 'nationalPrefix' in plan && typeof plan.nationalPrefix === 'function' && plan.nationalPrefix();
  return {
    callingCode: getCountryCallingCode(code, metadata),
    internationalPrefix,
    preferredInternationalPrefix: usual.find((it) => whole.test(it)) ?? '00',
    nationalPrefix: nationalPrefix ? String(nationalPrefix) : undefined,
  };
}

const USUAL_PREFIXES = ['00', '001', '000', '011', '002', '005', '009', '010', '119', '810', '0'];

/** All countries that the library has a plan of. */
export function libraryCountries(): readonly string[] {
  return getCountries(metadata);
}

/** The first country of a calling code, such as US of 1; undefined: it is none. */
export function countryOfCallingCode(callingCode: string): string | undefined {
  const codes: Readonly<Record<string, readonly string[]>> = metadata.country_calling_codes;
  return codes[callingCode]?.[0];
}

function describe(parsed: PhoneNumber | undefined, digits: string): LibraryNumber | undefined {
  return parsed?.isPossible()
    ? {
        number: parsed.number.slice(1),
        national: nationalDigits(parsed),
        valid: parsed.isValid(),
        converted: parsed.nationalNumber !== digits,
      }
    : undefined;
}

/** The plan writes the numbers that it knows; one that it does not know yet is behind the trunk prefix like others. */
function nationalDigits(parsed: PhoneNumber): string {
  const { nationalNumber, countryCallingCode } = parsed;
  const written = parsed.formatNational();
  const country = written === nationalNumber && !parsed.isValid() && countryOfCallingCode(countryCallingCode);
  const { nationalPrefix = '' } = country ? planOf(country) : {};
  return (nationalPrefix === countryCallingCode ? '' : nationalPrefix) + written.replace(/\D/g, '');
}

function knownCountry(country: string): CountryCode {
  const known = getCountries(metadata).find((it) => it === country);
  if (!known) throw new Error(`there is no numbering plan of ${country}`);
  return known;
}
