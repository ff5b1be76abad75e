import type { NumberReading } from './number-reading';

type Library = typeof import('./phone-number-library');

/**
 * A number of the plan that is dialled without its national prefix has at least so many digits, one that the plan
 * does not know yet one more: local numbers have up to 8, in Brazil 9.
 */
const SHORTEST_BARE = 9;
const SHORTEST_UNKNOWN_BARE = 10;
/** ITU-T E.164: the shortest number that is in use with its calling code, and the longest. */
const INTERNATIONAL = /^[1-9]\d{6,14}$/;

/**
 * Reads digits, with or without +, as people of a country dial them. A number that is impossible there stays as it is:
 * `impossible-in-country`. 00 leads abroad from everywhere, because mobile phones dial so: after the country's own
 * prefix, and where the digits are not a number of the country.
 * @param country one of `COUNTRY_CODES`
 */
export function readInCountry(text: string, country: string): NumberReading {
  const key = `${country} ${text}`;
  const known = readings.get(key);
  if (known) return known;
  if (readings.size >= MOST_READINGS) readings.clear();
  const reading = text.startsWith('+') ? readBehindPlus(text.slice(1)) : readDigits(text, country);
  readings.set(key, reading);
  return reading;
}

/**
 * Whole numbers of the country that too many digits begin with: an exchange may connect as soon as a number is whole,
 * and pass over the digits behind it. A number of another country has none.
 * @param text dialled digits that are no number of the country
 */
export function numbersCutShort(text: string, country: string): string[] {
  if (isAbroad(text)) return [];
  return Array.from({ length: text.length }, (_, length) => readInCountry(text.slice(0, length), country))
    .filter(({ because }) => because === 'country')
    .map(({ number }) => number);
}

/** The calling code of a country, such as 966. */
export function callingCodeOf(country: string): string {
  return library().planOf(country).callingCode;
}

/**
 * The digits that people of a country dial for a number.
 * @param number E.164 digits
 */
export function nationalForm(number: string, country: string): string {
  const { callingCode, preferredInternationalPrefix } = library().planOf(country);
  const own = number.startsWith(callingCode) ? library().parseInternational(number) : undefined;
  return own ? own.national : preferredInternationalPrefix + number;
}

/** A pool of caller ids is read at every call, and the library takes about 0.1 ms for each. */
const readings = new Map<string, NumberReading>();
const MOST_READINGS = 1000;

function library(): Library {
  return require('./phone-number-library');
}

/** A national prefix behind the calling code (`+44 020 …`) is a mistake that is understood. */
function readBehindPlus(digits: string): NumberReading {
  const known = library().parseInternational(digits);
  return { number: known?.valid ? known.number : digits, because: 'plus' };
}

function readDigits(text: string, country: string): NumberReading {
  const { internationalPrefix, preferredInternationalPrefix, nationalPrefix } = library().planOf(country);
  const [prefix = ''] = new RegExp(`^(?:${internationalPrefix})`).exec(text) ?? [];
  const abroad = [preferredInternationalPrefix, prefix, '00'].flatMap((it) =>
    it !== '' && text.startsWith(it) ? [text.slice(it.length)] : [],
  );
  const international = (digits: string): NumberReading => ({
    number: readBehindPlus(digits).number,
    because: 'international-prefix',
  });
  const valid = abroad.find((digits) => library().parseInternational(digits)?.valid);
  if (valid !== undefined) return international(valid);
  const own = library().parseNational(text, country);
  const whole = own && (own.converted || own.national === text || text.length >= SHORTEST_BARE);
  if (own?.valid && whole) return { number: own.number, because: 'country' };
  const plausible = abroad.find((digits) => INTERNATIONAL.test(digits));
  if (plausible !== undefined) return international(plausible);
  const complete = own?.converted || (isWholeByLength(text, nationalPrefix) && !isElsewhere(text));
  return own && complete
    ? { number: own.number, because: 'country' }
    : { number: text, because: 'impossible-in-country' };
}

/** In a plan without a national prefix every number is dialled whole. */
function isWholeByLength(text: string, nationalPrefix: string | undefined): boolean {
  return nationalPrefix === undefined || text.length >= SHORTEST_UNKNOWN_BARE;
}

/**
 * `447911123456` is a number of another country, whatever lengths this one has. What begins with 0 and is not in the
 * plan has a trunk prefix that the country gave up.
 */
function isElsewhere(text: string): boolean {
  return text.startsWith('0') || isAbroad(text);
}

function isAbroad(text: string): boolean {
  return library().parseInternational(text)?.valid === true;
}
