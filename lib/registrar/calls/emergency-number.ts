import type { Customer } from '../record/customer';
import type { Policy } from '../record/policy';
import { cleanNumber } from './clean-number';
import { EMERGENCY_NUMBERS_EVERYWHERE } from './country-codes';
import { emergencyNumbersOf, isEmergencyNumberAnywhere } from './emergency-countries';
import { rewrite } from './rewrite-rules';

type Numbers = Pick<Customer, 'emergency' | 'dialPlan'>;

/**
 * The emergency number that was dialled, as it goes out: by itself, with or without separators and +, by an alias, or
 * behind an outside line that the dial plan takes off.
 * @returns undefined when it is none, or the deployment lets no disabled account call it
 */
export function emergencyNumber(
  dialled: string,
  policy: Policy,
  { emergencyForDisabled }: { readonly emergencyForDisabled: boolean },
): string | undefined {
  const { enabled, emergency } = policy;
  if (!emergency || (!enabled && !emergencyForDisabled)) return undefined;
  const text = cleanNumber(dialled);
  const direct = listedNumber(text, emergency);
  if (direct !== undefined || isEmergencyNumber(text, policy)) return direct;
  return withoutOutsideLine(text, policy)
    .map((it) => listedNumber(it, emergency))
    .find((it) => it !== undefined);
}

/**
 * May this be a call for help? Then no dial plan makes another number of it. Known are the record's own numbers, those
 * of its countries, 112, 911, 999 and 000; where the record names no country, those of every country.
 * @param text cleaned
 */
export function isEmergencyNumber(text: string, { emergency, dialPlan }: Numbers): boolean {
  const countries = [emergency?.country, dialPlan?.country].filter((it) => it !== undefined);
  return (
    (emergency !== undefined && listedNumber(text, emergency) !== undefined) ||
    EMERGENCY_NUMBERS_EVERYWHERE.includes(text) ||
    countries.some((it) => emergencyNumbersOf(it).includes(text)) ||
    (countries.length === 0 && isEmergencyNumberAnywhere(text))
  );
}

/** The number that a text means: itself, or the number of its alias. */
function listedNumber(
  text: string,
  { numbers = [], country }: NonNullable<Customer['emergency']>,
): string | undefined {
  const wanted = withoutPlus(text);
  const listed = numbers.find((it) => withoutPlus(typeof it === 'string' ? it : it.dialled) === wanted);
  if (listed !== undefined) return typeof listed === 'string' ? listed : listed.number;
  return country === undefined ? undefined : emergencyNumbersOf(country).find((it) => it === wanted);
}

/** What a rule makes of it, and what is behind an international prefix that is an outside line (`9`). */
function withoutOutsideLine(text: string, { dialPlan }: Numbers): string[] {
  const { internationalPrefix } = dialPlan ?? {};
  const rewritten = rewrite(text, dialPlan?.rewrite ?? []);
  return [
    ...(rewritten ? [rewritten.text] : []),
    ...(internationalPrefix !== undefined && text.startsWith(internationalPrefix)
      ? [text.slice(internationalPrefix.length)]
      : []),
  ];
}

function withoutPlus(text: string): string {
  return text.replace(/^\+/, '');
}
