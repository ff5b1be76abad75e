import { ALL_CALLS, secondsLeft } from '../../registrar/calls/budget';
import { dayIn } from '../../registrar/calls/calendar-day';
import {
  acquireLease,
  type LeaseResult,
  NO_CALLS,
  type OwnerLimits,
} from '../../registrar/calls/call-limits';
import type { DialPlanned } from '../../registrar/calls/plan';
import type { KnownRecords } from '../records/known-records';

export interface ExplainedBudget {
  readonly text: string;
  /** What the call would find at its budgets; its other caps are not looked at. */
  readonly lease: LeaseResult;
}

/**
 * What a call would reserve of its budgets now, by the counts of the deployment; where none is known, as the first call
 * of the day.
 * @param at unix ms
 * @returns undefined where the call comes under no budget
 */
export async function explainBudget(
  known: KnownRecords,
  { limits }: DialPlanned,
  at: number,
): Promise<ExplainedBudget | undefined> {
  if (!limits || limits.budgets.length === 0) return undefined;
  const counts = (await known.countsOf?.(limits.owner)) ?? NO_CALLS;
  const alone = { ...limits, maxConcurrentCalls: undefined, callsPerMinute: undefined };
  const { answer } = acquireLease(counts, 'explained', alone, at);
  const reserved = answer.result === 'acquired' ? (answer.reserved?.seconds ?? 0) : 0;
  const spent = counts.day >= dayIn(limits.timeZone, at) ? counts.spent : {};
  const when = known.countsOf ? 'left today' : 'a day';
  return {
    lease: answer,
    text: [
      `reserves ${minutes(reserved)} of ${leftOf(limits, spent, when)}`,
      ...(limits.observed.includes('budgets') ? ['only observed'] : []),
    ].join('; '),
  };
}

/** The budget with the least left first. */
function leftOf({ budgets }: OwnerLimits, spent: Readonly<Record<string, number>>, when: string): string {
  return budgets
    .map((budget) => ({ name: budget.name, left: secondsLeft([budget], spent) }))
    .sort((a, b) => a.left - b.left)
    .map(({ name, left }) => `${minutes(left)} minutes ${when}${name === ALL_CALLS ? '' : ` for ${name}`}`)
    .join(', ');
}

/** To a tenth. */
function minutes(seconds: number): string {
  return String(Math.floor(seconds / 6) / 10);
}
