import { budgetName, hasBudget } from '../../registrar/calls/budget';
import { HIGH_RISK_RANGES } from '../../registrar/calls/high-risk-ranges';
import type { Customer } from '../../registrar/record/customer';
import type { Policy } from '../../registrar/record/policy';
import { type Remark, warn } from './lint-remark';

const FOUR_HOURS_S = 4 * 3600;

/** Budgets of minutes that do something else than they seem to. */
export function aboutMinutes({ limits }: Customer): Remark[] {
  if (!limits) return [];
  const { maxMinutesPerDay, budgets = [], timeZone, maxCallSeconds } = limits;
  if (!hasBudget(limits))
    return timeZone === undefined
      ? []
      : [warn('limits.timeZone', 'changes nothing without a budget', 'add maxMinutesPerDay, or remove it')];
  const all = [
    ...(maxMinutesPerDay === undefined
      ? []
      : [{ path: 'limits.maxMinutesPerDay', minutes: maxMinutesPerDay }]),
    ...budgets.map(({ minutesPerDay }, at) => ({ path: `limits.budgets[${at}]`, minutes: minutesPerDay })),
  ];
  return [
    ...all.flatMap(({ path, minutes }) => aboutReservation(path, minutes * 60, maxCallSeconds)),
    ...budgets.flatMap(({ prefixes, minutesPerDay }, at) => [
      ...(maxMinutesPerDay !== undefined && minutesPerDay >= maxMinutesPerDay
        ? [
            warn(
              `limits.budgets[${at}]`,
              `is never reached, as all calls together have ${maxMinutesPerDay} minutes`,
              'give it fewer minutes than maxMinutesPerDay, or remove it',
            ),
          ]
        : []),
      ...aboutSamePrefixes(budgets, prefixes, at),
    ]),
  ];
}

/** One call reserves as much as it may talk: others find what is left. */
function aboutReservation(path: string, seconds: number, maxCallSeconds: number | undefined): Remark[] {
  const reserved = maxCallSeconds ?? FOUR_HOURS_S;
  if (seconds === 0 || reserved * 2 <= seconds) return [];
  const what =
    maxCallSeconds === undefined
      ? 'without maxCallSeconds each call reserves up to four hours of it'
      : `each call reserves up to ${maxCallSeconds} s of it`;
  return [
    warn(path, `${what}, so that two calls at a time hardly fit`, 'set a smaller limits.maxCallSeconds'),
  ];
}

function aboutSamePrefixes(
  budgets: NonNullable<NonNullable<Customer['limits']>['budgets']>,
  prefixes: readonly string[],
  at: number,
): Remark[] {
  const first = budgets.findIndex((it) => budgetName(it.prefixes) === budgetName(prefixes));
  return first === at
    ? []
    : [
        warn(
          `limits.budgets[${at}]`,
          `has the prefixes of budgets[${first}], and the smaller of the two holds`,
          'remove one of them',
        ),
      ];
}

/** What is observed, and is not there, or works otherwise as long as it is observed. */
export function aboutObserved({ observe = [] }: Customer, policy: Policy): Remark[] {
  const { destinations, limits, registration } = policy;
  const isThere: Record<(typeof observe)[number], boolean> = {
    destinations: destinations !== undefined,
    limits: [limits?.maxConcurrentCalls, limits?.callsPerMinute, limits?.maxCallSeconds].some(
      (it) => it !== undefined,
    ),
    budgets: hasBudget(limits),
    newSource: registration?.newSource !== undefined,
  };
  const opened = (destinations?.allow ?? []).filter((prefix) =>
    HIGH_RISK_RANGES.some((range) => prefix.startsWith(range.prefix)),
  );
  return [
    ...observe.flatMap((rule, at) =>
      isThere[rule]
        ? []
        : [warn(`observe[${at}]`, `there is no rule ${rule} to observe`, 'add the rule, or remove it here')],
    ),
    ...(observe.includes('destinations') && opened.length > 0
      ? [
          warn(
            'observe',
            `destinations is only observed, so ${opened.join(', ')} is not open`,
            'remove destinations from observe when its lines look right',
          ),
        ]
      : []),
  ];
}
