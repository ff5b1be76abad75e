import { emergencyNumbersOf } from '../../registrar/calls/emergency-countries';
import { countryOfCallingCode, planOf } from '../../registrar/calls/phone-number-library';
import type { Customer } from '../../registrar/record/customer';
import type { Policy } from '../../registrar/record/policy';
import { type Remark, warn } from './lint-remark';

/** How dialled digits become numbers: by a country's own plan rather than by prefixes, and by rules that are reached. */
export function aboutDialPlan(record: Customer): Remark[] {
  return [...aboutPrefixes(record), ...aboutRewriting(record)];
}

function aboutPrefixes({ dialPlan }: Customer): Remark[] {
  const country =
    dialPlan?.countryCode === undefined ? undefined : countryOfCallingCode(dialPlan.countryCode);
  if (!dialPlan || country === undefined) return [];
  const wrong = mistakesAbout(country, dialPlan);
  const fix = `write "country": "${country}" instead, or another country that shares the code`;
  return [
    wrong.length > 0
      ? warn('dialPlan', `describes ${country} wrongly: ${wrong.join('; ')}`, fix)
      : warn('dialPlan', `describes ${country} by prefixes, which is less than its numbering plan says`, fix),
  ];
}

function mistakesAbout(country: string, dialPlan: NonNullable<Customer['dialPlan']>): string[] {
  const plan = planOf(country);
  const { nationalPrefix, internationalPrefix = '00' } = dialPlan;
  const abroad = new RegExp(`^(?:${plan.internationalPrefix})$`).test(internationalPrefix);
  return [
    ...(nationalPrefix !== undefined && plan.nationalPrefix === undefined
      ? [`a leading ${nationalPrefix} belongs to the number`]
      : []),
    ...(nationalPrefix !== undefined && nationalPrefix === plan.callingCode
      ? [`numbers are dialled without ${nationalPrefix}, too`]
      : []),
    ...(nationalPrefix !== undefined &&
    plan.nationalPrefix === plan.callingCode &&
    nationalPrefix !== plan.callingCode
      ? [`national numbers do not begin with ${nationalPrefix}`]
      : []),
    ...(nationalPrefix !== plan.nationalPrefix &&
    plan.nationalPrefix !== undefined &&
    plan.nationalPrefix !== plan.callingCode
      ? [`national numbers begin with ${plan.nationalPrefix}`]
      : []),
    ...(abroad ? [] : [`${internationalPrefix} does not lead abroad`]),
  ];
}

function aboutRewriting({ dialPlan, emergency }: Customer): Remark[] {
  const rules = dialPlan?.rewrite ?? [];
  const country = dialPlan?.country ?? emergency?.country;
  return rules.flatMap(({ from, digits }, at) => {
    const path = `dialPlan.rewrite[${at}]`;
    const taker = rules
      .slice(0, at)
      .findIndex((it) => from.startsWith(it.from) && (it.digits === undefined || it.digits === digits));
    if (taker >= 0)
      return [
        warn(path, `is never reached, because rewrite[${taker}] fits first`, 'put it before, or remove it'),
      ];
    if (from === '' && digits === undefined)
      return [warn(path, 'changes every number', 'give digits, as in "digits": 7')];
    return digits !== undefined && digits <= LONGEST_SHORT && country === undefined
      ? [
          warn(
            path,
            'leaves out what is an emergency number in any country, such as 101',
            "give emergency.country, so that only that country's are left out",
          ),
        ]
      : [];
  });
}

/** Emergency numbers have 2 to 5 digits. */
const LONGEST_SHORT = 5;

/** Emergency numbers bypass every rule and cap: they should be few, short, and include those of the policy's record. */
export function aboutEmergency(record: Customer, named: Customer | undefined, policy: Policy): Remark[] {
  const { emergency } = record;
  return [
    ...aboutNoHelp(record, policy),
    ...(emergency ? aboutNumbers(emergency) : []),
    ...(emergency ? aboutLost(record, named) : []),
    ...(emergency?.trunk === undefined || policy.trunks?.some(({ name }) => name === emergency.trunk)
      ? []
      : [
          warn(
            'emergency.trunk',
            `there is no trunk ${emergency.trunk}`,
            'write the name of one of the trunks',
          ),
        ]),
  ];
}

function aboutNoHelp({ destinations }: Customer, { emergency }: Policy): Remark[] {
  if (destinations?.default !== 'deny' || numbersOf(emergency).length > 0) return [];
  return [
    warn(
      'emergency',
      'has no number, and destinations.default denies what is not allowed: nobody can call for help',
      'give emergency.country, such as "US", or emergency.numbers',
    ),
  ];
}

function aboutLost({ customer, emergency }: Customer, named: Customer | undefined): Remark[] {
  const own = numbersOf(emergency);
  const lost = numbersOf(named?.emergency).filter((number) => !own.includes(number));
  if (lost.length === 0) return [];
  return [
    warn(
      'emergency.numbers',
      `hides ${lost.join(', ')} of ${customer}`,
      'repeat them here, or leave emergency out',
    ),
  ];
}

function aboutNumbers({ numbers = [] }: NonNullable<Customer['emergency']>): Remark[] {
  return numbers.flatMap((it, at) => {
    const long = (typeof it === 'string' ? [it] : [it.dialled, it.number]).find(
      (number) => number.replace(/\D/g, '').length >= 7,
    );
    return long === undefined
      ? []
      : [
          warn(
            `emergency.numbers[${at}]`,
            `${long} is as long as an ordinary number, and bypasses every rule and cap`,
            'write the short number that people dial',
          ),
        ];
  });
}

/** What people dial for help. */
function numbersOf(emergency: Customer['emergency']): string[] {
  const { numbers = [], country } = emergency ?? {};
  return [
    ...numbers.map((it) => (typeof it === 'string' ? it : it.dialled)),
    ...(country === undefined ? [] : emergencyNumbersOf(country)),
  ];
}
