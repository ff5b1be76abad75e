import { createHash } from 'node:crypto';
import type { Customer } from '../record/customer';

/** So many seconds of talking a day: of all calls of a customer, or of those to some prefixes. */
export interface Budget {
  /** Its counter's name: `*` for all calls, else the prefixes. Other prefixes are another counter. */
  readonly name: string;
  readonly seconds: number;
}

/** What a call took from its budgets when it began: it may talk so long, and what it does not use comes back. */
export interface Reservation {
  readonly seconds: number;
  /** The counters that it was added to. */
  readonly budgets: readonly string[];
}

/** A budget of which four fifths are gone. */
export interface LowBudget {
  readonly name: string;
  /** Seconds a day. */
  readonly seconds: number;
  /** Seconds used, and reserved by the calls that go on. */
  readonly spent: number;
}

/** The budget that every call comes under. */
export const ALL_CALLS = '*';
/** From this part on somebody should know. */
const LOW = 0.8;
/** The item of the counts holds a name for each current call, so long names are hashed. */
const LONGEST_NAME = 20;

/**
 * The budgets that a call comes under: that of all calls, and each one with a prefix that fits.
 * @param numbers the destination, and the numbers inside a service code
 */
export function budgetsFor(limits: Customer['limits'] = {}, numbers: readonly string[]): Budget[] {
  const { maxMinutesPerDay, budgets = [] } = limits;
  const fitting = budgets
    .filter(({ prefixes }) => prefixes.some((prefix) => numbers.some((it) => it.startsWith(prefix))))
    .map(({ prefixes, minutesPerDay }) => ({ name: budgetName(prefixes), seconds: minutesPerDay * 60 }));
  return [
    ...(maxMinutesPerDay === undefined ? [] : [{ name: ALL_CALLS, seconds: maxMinutesPerDay * 60 }]),
    ...strictestOfEach(fitting),
  ];
}

/** Does the record have a budget at all? */
export function hasBudget(limits: Customer['limits']): boolean {
  return limits?.maxMinutesPerDay !== undefined || (limits?.budgets ?? []).length > 0;
}

/** The name of a budget's counter: the same prefixes in any order have the same one. */
export function budgetName(prefixes: readonly string[]): string {
  const text = [...new Set(prefixes)].sort().join(',');
  if (text.length <= LONGEST_NAME) return text;
  return `#${createHash('sha256').update(text).digest('base64url').slice(0, 12)}`;
}

/** Two budgets for the same prefixes are one counter. */
function strictestOfEach(budgets: readonly Budget[]): Budget[] {
  const byName = new Map<string, Budget>();
  for (const budget of budgets) {
    const other = byName.get(budget.name);
    if (!other || budget.seconds < other.seconds) byName.set(budget.name, budget);
  }
  return [...byName.values()];
}

/** Seconds that are left of all these budgets; never below 0. */
export function secondsLeft(budgets: readonly Budget[], spent: Readonly<Record<string, number>>): number {
  return Math.max(0, Math.min(...budgets.map(({ name, seconds }) => seconds - (spent[name] ?? 0))));
}

/** The budgets that fell below a fifth by what was just added. */
export function newlyLow(
  budgets: readonly Budget[],
  spent: Readonly<Record<string, number>>,
  added: number,
): LowBudget[] {
  return budgets.flatMap(({ name, seconds }) => {
    const now = spent[name] ?? 0;
    const isCrossed = now >= LOW * seconds && now - added < LOW * seconds;
    return isCrossed ? [{ name, seconds, spent: now }] : [];
  });
}
