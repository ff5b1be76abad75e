import type { Budget, Reservation } from '../lib/registrar/calls/budget';
import type { CallLimits, Lease, OwnerLimits } from '../lib/registrar/calls/call-limits';
import { NOON, owner } from './call-limits-spec';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The caps of an owner with a budget of so many minutes for all its calls, each of ten minutes at the most. */
export function budgeted(username: string, minutes: number, more: Partial<OwnerLimits> = {}): OwnerLimits {
  return {
    owner: owner(username),
    maxConcurrentCalls: undefined,
    callsPerMinute: undefined,
    callSeconds: 600,
    budgets: [{ name: '*', seconds: minutes * 60 }],
    timeZone: 'UTC',
    observed: [],
    ...more,
  };
}

/** What a call with these caps holds that reserved so many seconds. */
export function leaseWith({ owner, budgets }: OwnerLimits, seconds: number): Lease {
  return { owner, seconds: 660, reserved: { seconds, budgets: budgets.map(({ name }) => name) } };
}

/** The seconds that a call reserved, or why it was refused. */
export async function reserve(
  callLimits: CallLimits,
  call: string,
  limits: OwnerLimits,
): Promise<number | string | undefined> {
  const answer = await callLimits.acquire(call, limits);
  return answer.result === 'acquired' ? answer.reserved?.seconds : answer.result;
}

/**
 * What every store of call seats does for budgets of minutes.
 * @param lambda one process at that time (unix ms); all of them share the store
 */
export function specifyBudgets(lambda: (now?: number) => CallLimits): void {
  test('a call reserves what it may last, then what is left, then there is nothing', async () => {
    const callLimits = lambda();
    const budget = budgeted('b-left', 25);
    expect(await reserve(callLimits, 'a', budget)).toBe(600);
    expect(await reserve(lambda(), 'b', budget)).toBe(600);
    expect(await reserve(callLimits, 'c', budget)).toBe(300);
    expect(await reserve(callLimits, 'd', budget)).toBe('budget-spent');
    expect(await reserve(lambda(), 'e', budget)).toBe('budget-spent');
  });

  test('the end of a call gives back what it did not use', async () => {
    const callLimits = lambda();
    const budget = budgeted('b-back', 10);
    expect(await reserve(callLimits, 'a', budget)).toBe(600);
    expect(await callLimits.release('a', leaseWith(budget, 600), 90)).toBe('ended');
    expect(await reserve(callLimits, 'b', budget)).toBe(510);
    expect(await callLimits.release('b', leaseWith(budget, 510), 0)).toBe('ended');
    expect(await reserve(callLimits, 'c', budget)).toBe(510);
  });

  test('an end that is told twice gives back once', async () => {
    const callLimits = lambda();
    const budget = budgeted('b-twice', 20);
    await reserve(callLimits, 'a', budget);
    await reserve(callLimits, 'b', budget);
    expect(await callLimits.release('a', leaseWith(budget, 600), 0)).toBe('ended');
    expect(await callLimits.release('a', leaseWith(budget, 600), 0)).toBe('ended-before');
    expect(await reserve(callLimits, 'c', budget)).toBe(600);
    expect(await reserve(callLimits, 'd', budget)).toBe('budget-spent');
  });

  test('an end that is lost stays spent, also when the seat is free again: the call may have talked', async () => {
    const budget = budgeted('b-lost', 15, { maxConcurrentCalls: 1 });
    expect(await reserve(lambda(), 'lost', budget)).toBe(600);
    expect(await reserve(lambda(NOON + 2 * MINUTE), 'next', budget)).toBe(300);
    expect(await reserve(lambda(NOON + 4 * MINUTE), 'third', budget)).toBe('budget-spent');
  });

  test('an end that comes after others took the seat gives its minutes back all the same', async () => {
    const budget = budgeted('b-late', 20, { maxConcurrentCalls: 1 });
    expect(await reserve(lambda(), 'late', budget)).toBe(600);
    const callLimits = lambda(NOON + 5 * MINUTE);
    expect(await reserve(callLimits, 'next', budget)).toBe(600);
    expect(await reserve(callLimits, 'third', budget)).toBe('too-many-calls');
    expect(await callLimits.release('late', leaseWith(budget, 600), 60)).toBe('ended');
    expect(await callLimits.release('late', leaseWith(budget, 600), 60)).toBe('ended-before');
    expect(await reserve(callLimits, 'third', budget)).toBe('too-many-calls');
    expect(await callLimits.release('next', leaseWith(budget, 600), 0)).toBe('ended');
    expect(await reserve(callLimits, 'third', { ...budget, callSeconds: 3600 })).toBe(1140);
  });

  test('the same call keeps what it reserved, and it counts once', async () => {
    const budget = budgeted('b-same', 25);
    expect(await reserve(lambda(), 'a', budget)).toBe(600);
    expect(await reserve(lambda(), 'a', budget)).toBe(600);
    expect(await reserve(lambda(), 'a', { ...budget, callSeconds: 60 })).toBe(600);
    expect(await reserve(lambda(), 'b', budget)).toBe(600);
    expect(await reserve(lambda(), 'c', budget)).toBe(300);
  });

  test('of several budgets the one with least left decides, and all are charged', async () => {
    const callLimits = lambda();
    const cuba: Budget = { name: '53', seconds: 240 };
    const all = budgeted('b-parts', 15);
    const toCuba = { ...all, budgets: [...all.budgets, cuba] };
    expect(await reserve(callLimits, 'a', toCuba)).toBe(240);
    expect(await reserve(callLimits, 'b', toCuba)).toBe('budget-spent');
    expect(await reserve(callLimits, 'c', all)).toBe(600);
    expect(await reserve(callLimits, 'd', all)).toBe(60);
    expect(await callLimits.release('a', leaseWith(toCuba, 240), 200)).toBe('ended');
    expect(await reserve(callLimits, 'e', all)).toBe(40);
    expect(await reserve(callLimits, 'f', toCuba)).toBe('budget-spent');
    expect(await reserve(callLimits, 'g', { ...all, budgets: [cuba] })).toBe(40);
  });

  test('the day begins at midnight of its time zone', async () => {
    const budget = budgeted('b-riyadh', 10, { timeZone: 'Asia/Riyadh' });
    const midnight = Date.parse('2026-11-23T21:00:00Z');
    expect(await reserve(lambda(midnight - 1), 'a', budget)).toBe(600);
    expect(await reserve(lambda(midnight - 1), 'b', budget)).toBe('budget-spent');
    expect(await reserve(lambda(midnight), 'b', budget)).toBe(600);
    expect(await reserve(lambda(midnight + 24 * HOUR - 1), 'c', budget)).toBe('budget-spent');
    expect(await reserve(lambda(midnight + 24 * HOUR), 'c', budget)).toBe(600);
  });

  test.each([
    ['23 hours, in spring', '2027-03-28T00:00:00+01:00', 23],
    ['25 hours, in autumn', '2026-10-25T00:00:00+02:00', 25],
  ])('a day of %s', async (what, begins, hours) => {
    const budget = budgeted(`b-${what.slice(-6)}`, 10, { timeZone: 'Europe/Berlin' });
    const [first, next] = [Date.parse(begins), Date.parse(begins) + hours * HOUR];
    expect(await reserve(lambda(first), 'a', budget)).toBe(600);
    expect(await reserve(lambda(next - 1), 'b', budget)).toBe('budget-spent');
    expect(await reserve(lambda(next), 'b', budget)).toBe(600);
  });

  test('a call counts for the day in which it began: what it does not use is nothing to the next', async () => {
    const budget = budgeted('b-midnight', 10);
    const midnight = Date.parse('2026-11-24T00:00:00Z');
    expect(await reserve(lambda(midnight - 1000), 'a', budget)).toBe(600);
    expect(await reserve(lambda(midnight), 'b', budget)).toBe(600);
    expect(await lambda(midnight).release('a', leaseWith(budget, 600), 60)).toBe('ended');
    expect(await lambda(midnight).release('a', leaseWith(budget, 600), 60)).toBe('ended-before');
    expect(await reserve(lambda(midnight), 'c', budget)).toBe('budget-spent');
  });

  test('a clock that is behind counts in the day that began elsewhere', async () => {
    const budget = budgeted('b-behind', 15);
    const midnight = Date.parse('2026-11-24T00:00:00Z');
    expect(await reserve(lambda(midnight), 'a', budget)).toBe(600);
    expect(await reserve(lambda(midnight - 1), 'b', budget)).toBe(300);
    expect(await reserve(lambda(midnight), 'c', budget)).toBe('budget-spent');
  });

  test('a budget of 0 lets nobody in, not even the first', async () => {
    expect(await reserve(lambda(), 'a', budgeted('b-none', 0))).toBe('budget-spent');
  });

  test('a budget beside a cap and a rate: each holds', async () => {
    const budget = budgeted('b-all', 25, { maxConcurrentCalls: 2, callsPerMinute: 3 });
    const callLimits = lambda();
    expect(await reserve(callLimits, 'a', budget)).toBe(600);
    expect(await reserve(callLimits, 'b', budget)).toBe(600);
    expect(await reserve(callLimits, 'c', budget)).toBe('too-many-calls');
    await callLimits.release('a', leaseWith(budget, 600), 600);
    expect(await reserve(callLimits, 'c', budget)).toBe(300);
    await callLimits.release('b', leaseWith(budget, 600), 0);
    expect(await reserve(callLimits, 'd', budget)).toBe('too-many-calls-per-minute');
    expect(await reserve(lambda(NOON + MINUTE), 'd', budget)).toBe(600);
  });

  test('what ended without anybody knowing whose it was comes back when it is wanted', async () => {
    const budget = budgeted('b-unclaimed', 15);
    const callLimits = lambda();
    expect(await reserve(callLimits, 'b-unclaimed-1', budget)).toBe(600);
    expect(await callLimits.release('b-unclaimed-1', undefined, 0)).toBe('ended');
    expect(await reserve(callLimits, 'b', budget)).toBe(600);
    expect(await reserve(callLimits, 'c', budget)).toBe(300);
    expect(await callLimits.release('b-unclaimed-1', leaseWith(budget, 600), 0)).toBe('ended-before');
  });

  test('a call that will not be dialled gives back its seat and its minutes', async () => {
    const budget = budgeted('b-undo', 10, { maxConcurrentCalls: 1 });
    const callLimits = lambda();
    const answer = await callLimits.acquire('a', budget);
    if (answer.result !== 'acquired') throw new Error(answer.result);
    await callLimits.undo('a', budget.owner, answer);
    await callLimits.undo('a', budget.owner, answer);
    expect(await reserve(callLimits, 'b', budget)).toBe(600);
    expect(await reserve(callLimits, 'c', budget)).toBe('too-many-calls');
  });

  test.each([
    ['first', 0],
    ['second', 1],
  ] as const)(
    'of a call that was asked for twice the %s answer takes nothing back: it may go on by the other',
    async (which, at) => {
      const budget = budgeted(`b-again-${which}`, 10, { maxConcurrentCalls: 1 });
      const lambdas = [lambda(), lambda()] as const;
      const answers = [await lambdas[0].acquire('a', budget), await lambdas[1].acquire('a', budget)] as const;
      const given = answers[at];
      if (given.result !== 'acquired') throw new Error('not taken');
      await lambdas[at].undo('a', budget.owner, given);
      expect(await reserve(lambda(), 'b', budget)).toBe('too-many-calls');
      expect(await reserve(lambda(), 'b', { ...budget, maxConcurrentCalls: 9 })).toBe('budget-spent');
    },
  );

  test('an observed budget lets everybody in, counts, and says whom it would have refused', async () => {
    const budget = budgeted('b-observed', 15, { observed: ['budgets'] });
    const callLimits = lambda();
    const woulds = [];
    for (const call of ['a', 'b', 'c']) {
      const answer = await callLimits.acquire(call, budget);
      woulds.push(answer.result === 'acquired' ? answer.would : answer.result);
    }
    expect(woulds).toEqual([[], [], ['budget-spent']]);
    await callLimits.release('c', leaseWith(budget, 0), 900);
    await callLimits.release('a', leaseWith(budget, 600), 800);
    await callLimits.release('b', leaseWith(budget, 300), 10);
    expect(await reserve(callLimits, 'd', budget)).toBe(90);
  });

  test('observed caps let everybody in, and say which of them would not', async () => {
    const limits = { ...budgeted('b-observed-caps', 60), maxConcurrentCalls: 1, callsPerMinute: 2 };
    const observed: OwnerLimits = { ...limits, observed: ['limits'] };
    const callLimits = lambda();
    const woulds = [];
    for (const call of ['a', 'b', 'c']) {
      const answer = await callLimits.acquire(call, observed);
      woulds.push(answer.result === 'acquired' ? answer.would : answer.result);
    }
    expect(woulds).toEqual([[], ['too-many-calls'], ['too-many-calls', 'too-many-calls-per-minute']]);
    expect(await reserve(callLimits, 'd', { ...observed, callSeconds: 1800 })).toBe(1800);
    expect(await reserve(callLimits, 'e', observed)).toBe('budget-spent');
  });

  test('the call that takes a budget past four fifths says so', async () => {
    const callLimits = lambda();
    const budget = budgeted('b-low', 50);
    const lows = [];
    for (const call of ['a', 'b', 'c', 'd', 'e']) {
      const answer = await callLimits.acquire(call, budget);
      lows.push(answer.result === 'acquired' ? answer.low : answer.result);
    }
    expect(lows).toEqual([[], [], [], [{ name: '*', seconds: 3000, spent: 2400 }], []]);
  });

  test('a call that came under no budget has none to give back', async () => {
    const callLimits = lambda();
    const budget = budgeted('b-mixed', 10);
    expect(await reserve(callLimits, 'free', { ...budget, budgets: [], maxConcurrentCalls: 9 })).toBe(
      undefined,
    );
    expect(await reserve(callLimits, 'a', budget)).toBe(600);
    expect(await callLimits.release('free', { owner: budget.owner, seconds: 60 }, 500)).toBe('ended');
    expect(await reserve(callLimits, 'b', budget)).toBe('budget-spent');
  });

  test('an end that names another reservation than the call has gives back what the call has', async () => {
    const callLimits = lambda();
    const budget = budgeted('b-other', 20);
    const wrong: Reservation = { seconds: 6000, budgets: ['*'] };
    await reserve(callLimits, 'a', budget);
    expect(await callLimits.release('a', { owner: budget.owner, seconds: 60, reserved: wrong }, 60)).toBe(
      'ended',
    );
    expect(await reserve(callLimits, 'b', { ...budget, callSeconds: 6000 })).toBe(1140);
  });
}
