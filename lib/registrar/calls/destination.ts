import type { Customer, NumberFormat } from '../record/customer';
import { cleanNumber } from './clean-number';
import { nationalForm, numbersCutShort, readInCountry } from './country-numbers';
import { knowsCountry, MIN_SUBSCRIBER_DIGITS, type NumberReading } from './number-reading';
import { type Rewriting, rewrite } from './rewrite-rules';

export type DialPlan = NonNullable<Customer['dialPlan']>;

/** What a call is for: what the device dialled, and what that means under the customer's dial plan. */
export interface Destination {
  /** As jambonz reported it. */
  readonly dialled: string;
  /** The number without + and 00: E.164 digits where the dial plan knows, else as dialled. */
  readonly number: string;
  /** How `dialled` became `number`, for `explain`. */
  readonly because: NumberReading['because'] | 'service-code' | 'emergency';
  /** What a rule of `dialPlan.rewrite` made of it before; undefined: none fitted. */
  readonly rewritten?: Rewriting;
}

export type DestinationRefusal =
  | 'no-number'
  | 'not-a-number'
  | 'number-too-long'
  | 'service-code-not-allowed';

export type NormalisedDestination =
  | { readonly ok: true; readonly destination: Destination }
  | { readonly ok: false; readonly because: DestinationRefusal };

/** What a device may dial at most, carriers' prefixes and 00 included. */
const MAX_DIALLED_LENGTH = 32;
/** ITU-T E.164 section 6. */
const MAX_E164_DIGITS = 15;

/**
 * Turns what was dialled into digits: cleans it (`cleanNumber`), then lets ASCII digits through, and `*` and `#`
 * where the plan does. No plan makes another number of an emergency number.
 */
export function normaliseDestination(
  dialled: string,
  plan: DialPlan = {},
  isEmergency: (text: string) => boolean = () => false,
): NormalisedDestination {
  const text = cleanNumber(dialled);
  const rewritten = isEmergency(text) ? undefined : rewrite(text, plan.rewrite ?? []);
  const number = rewritten?.text ?? text;
  const read: NormalisedDestination = isEmergency(number)
    ? { ok: true, destination: { dialled, number, because: 'as-dialled' } }
    : readDialled(dialled, number, plan);
  return read.ok && rewritten ? { ok: true, destination: { ...read.destination, rewritten } } : read;
}

function readDialled(dialled: string, text: string, plan: DialPlan): NormalisedDestination {
  if (text === '' || text === '+') return { ok: false, because: 'no-number' };
  if (text.length > MAX_DIALLED_LENGTH) return { ok: false, because: 'number-too-long' };
  if (/^\+?[0-9]*[*#][0-9*#]*$/.test(text)) return normaliseServiceCode(dialled, text, plan);
  if (!/^\+?[0-9]+$/.test(text)) return { ok: false, because: 'not-a-number' };
  const { number, because } = readNumber(text, plan);
  if (number === '') return { ok: false, because: 'no-number' };
  if (hidesCountry(number, because)) return { ok: false, because: 'not-a-number' };
  if (knowsCountry(because) && number.length > MAX_E164_DIGITS)
    return { ok: false, because: 'number-too-long' };
  return { ok: true, destination: { dialled, number, because } };
}

/**
 * Reads digits, with or without +, under a dial plan: as people of its country dial, else by its prefixes. These are the
 * international prefix (00 when the plan has none), then the national prefix, then, in a plan with a country code and no
 * national prefix, a national number by itself.
 */
export function readNumber(text: string, plan: DialPlan = {}): NumberReading {
  if (plan.country !== undefined) return readInCountry(text, plan.country);
  const { countryCode, internationalPrefix = '00', nationalPrefix } = plan;
  if (text.startsWith('+')) return { number: text.slice(1), because: 'plus' };
  if (text.startsWith(internationalPrefix))
    return { number: text.slice(internationalPrefix.length), because: 'international-prefix' };
  const asDialled = { number: text, because: 'as-dialled' } as const;
  if (countryCode === undefined || text.length < MIN_SUBSCRIBER_DIGITS) return asDialled;
  if (nationalPrefix !== undefined)
    return text.startsWith(nationalPrefix)
      ? { number: countryCode + text.slice(nationalPrefix.length), because: 'national-prefix' }
      : asDialled;
  return text.startsWith(countryCode) || text.startsWith('0')
    ? asDialled
    : { number: countryCode + text, because: 'country-code-added' };
}

/**
 * A number for a trunk. What is not known to be E.164 (a short code, digits under no plan) goes as it is.
 * @param format undefined: as the rules have it
 */
export function formatNumber(
  { number, because }: Pick<Destination, 'number' | 'because'>,
  format: NumberFormat | undefined,
  plan: DialPlan = {},
): string {
  if (!isE164(number, because, plan)) return number;
  if (format === '+e164') return `+${number}`;
  if (format === '00e164') return `00${number}`;
  return format === 'national' ? nationalNumber(number, plan) : number;
}

function nationalNumber(number: string, plan: DialPlan): string {
  const { country, countryCode, internationalPrefix = '00', nationalPrefix = '' } = plan;
  if (country !== undefined) return nationalForm(number, country);
  if (countryCode === undefined) return number;
  return number.startsWith(countryCode)
    ? nationalPrefix + number.slice(countryCode.length)
    : internationalPrefix + number;
}

/**
 * The country of digits that were dialled without a prefix is known only from the plan, and only if they begin with its
 * country code and are too many for a local number: 501234567 may be Saudi or Belize.
 */
function isE164(number: string, because: Destination['because'], { countryCode }: DialPlan): boolean {
  if (because === 'service-code' || because === 'emergency') return false;
  if (because === 'impossible-in-country') return false;
  if (because !== 'as-dialled') return true;
  return (
    countryCode !== undefined &&
    number.startsWith(countryCode) &&
    number.length >= countryCode.length + MIN_SUBSCRIBER_DIGITS
  );
}

/** No country code starts with 0 (ITU-T E.164 annex): a second 00 is there to slip past the rules. */
function hidesCountry(number: string, because: NumberReading['because']): boolean {
  return number.startsWith(knowsCountry(because) ? '0' : '00');
}

function normaliseServiceCode(dialled: string, text: string, plan: DialPlan): NormalisedDestination {
  if (plan.serviceCodes !== true || text.startsWith('+'))
    return { ok: false, because: 'service-code-not-allowed' };
  const hidden = innerNumbers(text, plan).some(({ number, because }) => hidesCountry(number, because));
  return hidden
    ? { ok: false, because: 'not-a-number' }
    : { ok: true, destination: { dialled, number: text, because: 'service-code' } };
}

/**
 * What was dialled and the numbers inside it, which the rules judge as well: those of a service code (`*67` + number,
 * `*21*` number `#`), and in a country those that too many digits begin with.
 */
export function numbersInside({ number, because }: Destination, plan: DialPlan = {}): readonly string[] {
  if (because === 'impossible-in-country' && plan.country !== undefined)
    return [number, ...numbersCutShort(number, plan.country)];
  if (because !== 'service-code') return [number];
  return [number, ...innerNumbers(number, plan).map((inner) => inner.number)];
}

function innerNumbers(code: string, plan: DialPlan): NumberReading[] {
  const behindCode = numbersBehindCode(code, plan);
  const own = behindCode.some(({ because }) => because === 'country');
  return [...behindCode, ...readAll(code.split(/[*#]+/).slice(own ? 2 : 0), plan)];
}

/** North American codes have two digits, or three from 2 or 3 on, and no mark behind them (NANPA, vertical service codes). */
function numbersBehindCode(code: string, plan: DialPlan): NumberReading[] {
  const [, digits = ''] = /^\*([0-9]+)/.exec(code) ?? [];
  return readAll([digits.slice(2), ...(/^[23]/.test(digits) ? [digits.slice(3)] : [])], plan);
}

function readAll(texts: readonly string[], plan: DialPlan): NumberReading[] {
  return texts
    .filter((digits) => digits.length >= MIN_SUBSCRIBER_DIGITS)
    .map((digits) => readNumber(digits, plan));
}
