import {
  type CallLimits,
  handedOnCall,
  type LeaseResult,
  type OwnerLimits,
} from '../lib/registrar/calls/call-limits';
import type { Aor } from '../lib/registrar/record/aor';

export const NOON = Date.parse('2026-11-23T12:00:00Z');
const MINUTE = 60_000;
/** Two minutes: what a seat is taken for when nothing more is known of its call. */
const FIRST = 120_000;

export const owner = (username: string) => ({ username, realm: 'sip.example.com' });
export const limits = (
  username: string,
  maxConcurrentCalls?: number,
  callsPerMinute?: number,
): OwnerLimits => ({
  owner: owner(username),
  maxConcurrentCalls,
  callsPerMinute,
  callSeconds: 540,
  budgets: [],
  timeZone: 'UTC',
  observed: [],
});

export const take = async (
  callLimits: CallLimits,
  call: string,
  of: OwnerLimits,
): Promise<LeaseResult['result']> => (await callLimits.acquire(call, of)).result;
export const end = (callLimits: CallLimits, call: string, whose: Aor | undefined) =>
  callLimits.release(call, whose && { owner: whose, seconds: 0 }, 0);

/**
 * What every store of call seats does.
 * @param lambda one process at that time (unix ms); all of them share the store
 */
export function specifySeats(lambda: (now?: number) => CallLimits): void {
  test('as many as the cap says, then none, then one again when one ends', async () => {
    const callLimits = lambda();
    const two = limits('two', 2);
    expect(await take(callLimits, 'a', two)).toBe('acquired');
    expect(await take(callLimits, 'b', two)).toBe('acquired');
    expect(await take(callLimits, 'c', two)).toBe('too-many-calls');
    expect(await end(callLimits, 'a', two.owner)).toBe('ended');
    expect(await take(callLimits, 'c', two)).toBe('acquired');
    expect(await take(callLimits, 'd', two)).toBe('too-many-calls');
  });

  test('the same call keeps its seat, and it is one', async () => {
    const callLimits = lambda();
    const two = limits('same', 2, 2);
    expect(await take(callLimits, 'a', two)).toBe('acquired');
    expect(await take(callLimits, 'a', two)).toBe('acquired');
    expect(await take(callLimits, 'b', two)).toBe('acquired');
    expect(await take(callLimits, 'b', two)).toBe('acquired');
    expect(await take(callLimits, 'c', two)).toBe('too-many-calls');
  });

  test('under a rate alone, a call that asks twice counts once', async () => {
    const callLimits = lambda();
    const rate = limits('rate-same', undefined, 2);
    expect(await take(callLimits, 'a', rate)).toBe('acquired');
    expect(await take(callLimits, 'a', rate)).toBe('acquired');
    expect(await take(callLimits, 'b', rate)).toBe('acquired');
    expect(await take(callLimits, 'c', rate)).toBe('too-many-calls-per-minute');
  });

  test('a call ends once', async () => {
    const callLimits = lambda();
    await take(callLimits, 'a', limits('once', 1));
    expect(await end(callLimits, 'a', owner('once'))).toBe('ended');
    expect(await end(callLimits, 'a', owner('once'))).toBe('ended-before');
    expect(await end(callLimits, 'a', owner('once'))).toBe('ended-before');
    expect(await end(callLimits, 'never-began', owner('once'))).toBe('ended-before');
    expect(await end(callLimits, 'a', owner('nobody'))).toBe('ended-before');
  });

  test("a call that is handed on keeps its seat, and the end of its caller's leg ends nothing", async () => {
    const callLimits = lambda();
    const two = limits('handed-on', 2);
    await take(callLimits, 'a', two);
    expect(await callLimits.handOn('a', { owner: two.owner, seconds: 600 })).toBe(true);
    expect(await end(callLimits, 'a', two.owner)).toBe('ended-before');
    expect(await take(callLimits, 'b', two)).toBe('acquired');
    expect(await take(callLimits, 'c', two)).toBe('too-many-calls');
    expect(await end(callLimits, handedOnCall('a'), two.owner)).toBe('ended');
    expect(await end(callLimits, handedOnCall('a'), two.owner)).toBe('ended-before');
    expect(await take(callLimits, 'c', two)).toBe('acquired');
  });

  test('handed on twice, or when it has ended, it takes no second seat', async () => {
    const callLimits = lambda();
    const two = limits('handed-on-twice', 2);
    const lease = { owner: two.owner, seconds: 600 };
    await take(callLimits, 'a', two);
    for (let times = 0; times < 2; times++) expect(await callLimits.handOn('a', lease)).toBe(true);
    expect(await callLimits.handOn('never-began', lease)).toBe(true);
    expect(await take(callLimits, 'b', two)).toBe('acquired');
    await end(callLimits, handedOnCall('a'), two.owner);
    expect(await take(callLimits, 'c', two)).toBe('acquired');
    expect(await take(callLimits, 'd', two)).toBe('too-many-calls');
  });

  test('handed on, it has two minutes, and longer once the new leg is answered', async () => {
    const one = limits('handed-on-lease', 1);
    const lease = { owner: one.owner, seconds: 600 };
    await take(lambda(), 'a', one);
    await lambda().extend('a', lease);
    await lambda().handOn('a', lease);
    expect(await take(lambda(NOON + FIRST - 1), 'b', one)).toBe('too-many-calls');
    await lambda().extend(handedOnCall('a'), lease);
    expect(await take(lambda(NOON + 599_000), 'b', one)).toBe('too-many-calls');
    expect(await take(lambda(NOON + 601_000), 'b', one)).toBe('acquired');
  });

  test('handed on uncounted, a call ends once, and not by its caller', async () => {
    const callLimits = lambda();
    expect(await callLimits.handOn('free', undefined)).toBe(true);
    expect(await callLimits.handOn('free', undefined)).toBe(true);
    expect(await end(callLimits, 'free', undefined)).toBe('ended-before');
    expect(await end(callLimits, handedOnCall('free'), undefined)).toBe('ended');
    expect(await end(callLimits, handedOnCall('free'), undefined)).toBe('ended-before');
  });

  test('a call that was not counted ends once too', async () => {
    const callLimits = lambda();
    expect(await end(callLimits, 'uncounted', undefined)).toBe('ended');
    expect(await end(callLimits, 'uncounted', undefined)).toBe('ended-before');
  });

  test('a seat of which nothing more is heard is free after two minutes', async () => {
    const one = limits('healing', 1);
    expect(await take(lambda(), 'lost', one)).toBe('acquired');
    expect(await take(lambda(NOON + FIRST - 1), 'next', one)).toBe('too-many-calls');
    expect(await take(lambda(NOON + FIRST), 'next', one)).toBe('acquired');
    expect(await take(lambda(NOON + FIRST), 'third', one)).toBe('too-many-calls');
  });

  test('a call that goes on keeps its seat for as long as it may last', async () => {
    const one = limits('going-on', 1);
    await take(lambda(), 'a', one);
    await lambda(NOON + 30_000).extend('a', { owner: one.owner, seconds: 600 });
    expect(await take(lambda(NOON + 629_999), 'b', one)).toBe('too-many-calls');
    expect(await take(lambda(NOON + 630_000), 'b', one)).toBe('acquired');
  });

  test('a lease never becomes shorter: reports come in any order', async () => {
    const one = limits('longer', 1);
    await take(lambda(), 'a', one);
    await lambda().extend('a', { owner: one.owner, seconds: 600 });
    await lambda(NOON + 1000).extend('a', { owner: one.owner, seconds: 120 });
    expect(await take(lambda(NOON + 599_999), 'b', one)).toBe('too-many-calls');
  });

  test('a report of a call that ended takes no seat', async () => {
    const one = limits('late-report', 1);
    await take(lambda(), 'a', one);
    await end(lambda(), 'a', one.owner);
    await lambda().extend('a', { owner: one.owner, seconds: 600 });
    await lambda().extend('unheard-of', { owner: one.owner, seconds: 600 });
    expect(await take(lambda(), 'b', one)).toBe('acquired');
  });

  test('a call that comes again when its lease has ended takes a seat again', async () => {
    const one = limits('again', 1);
    expect(await take(lambda(), 'a', one)).toBe('acquired');
    expect(await take(lambda(NOON + FIRST), 'a', one)).toBe('acquired');
    expect(await take(lambda(NOON + FIRST), 'b', one)).toBe('too-many-calls');
  });

  test('a seat whose call ended without anybody knowing whose it was is free when it is wanted', async () => {
    const callLimits = lambda();
    const two = limits('unclaimed', 2);
    await take(callLimits, 'a', two);
    await take(callLimits, 'b', two);
    expect(await end(callLimits, 'a', undefined)).toBe('ended');
    expect(await take(callLimits, 'c', two)).toBe('acquired');
    expect(await take(callLimits, 'd', two)).toBe('too-many-calls');
    expect(await end(callLimits, 'a', two.owner)).toBe('ended-before');
  });

  test('of 210 calls at a cap of 210, the ten that ended unclaimed leave ten free seats', async () => {
    const callLimits = lambda();
    const many = limits('many', 210);
    for (let call = 0; call < 210; call++) await take(callLimits, `many-${call}`, many);
    for (let call = 200; call < 210; call++) await end(callLimits, `many-${call}`, undefined);
    const next: string[] = [];
    for (let call = 0; call < 11; call++) next.push(await take(callLimits, `next-${call}`, many));
    expect(next).toEqual([...Array(10).fill('acquired'), 'too-many-calls']);
  });

  test('calls per minute: the next minute begins anew', async () => {
    const rate = limits('rate', undefined, 2);
    expect(await take(lambda(), 'a', rate)).toBe('acquired');
    expect(await take(lambda(NOON + 59_999), 'b', rate)).toBe('acquired');
    expect(await take(lambda(NOON + 59_999), 'c', rate)).toBe('too-many-calls-per-minute');
    expect(await take(lambda(NOON + 60_000), 'c', rate)).toBe('acquired');
  });

  test.each([1, 2, 59, 60, 61, 62, 122, 1440])(
    '%d minutes later nothing is left of the count',
    async (gap) => {
      const two = limits(`gap-${gap}`, 9, 2);
      const later = lambda(NOON + gap * MINUTE);
      expect(await take(lambda(), 'before', two)).toBe('acquired');
      expect(await take(later, 'a', two)).toBe('acquired');
      expect(await take(later, 'b', two)).toBe('acquired');
      expect(await take(later, 'c', two)).toBe('too-many-calls-per-minute');
    },
  );

  test('a call whose minute is over when it comes counts in the one that began', async () => {
    const two = limits('late', undefined, 2);
    expect(await take(lambda(NOON), 'a', two)).toBe('acquired');
    expect(await take(lambda(NOON - 1), 'late', two)).toBe('acquired');
    expect(await take(lambda(NOON), 'b', two)).toBe('too-many-calls-per-minute');
    expect(await take(lambda(NOON - 1), 'later', two)).toBe('too-many-calls-per-minute');
    expect(await take(lambda(NOON + MINUTE), 'c', two)).toBe('acquired');
  });

  test.each([
    ['calls at a time', limits('closed', 0), 'too-many-calls'],
    ['calls per minute', limits('closed', undefined, 0), 'too-many-calls-per-minute'],
    ['calls at a time, beside a rate', limits('closed', 0, 5), 'too-many-calls'],
    ['calls per minute, beside a cap', limits('closed', 5, 0), 'too-many-calls-per-minute'],
  ])('a cap of 0 %s lets nobody in, not even the first', async (_what, none, lease) => {
    expect(await take(lambda(), 'first', none)).toBe(lease);
  });

  test('both caps hold together', async () => {
    const both = limits('both', 2, 3);
    const callLimits = lambda();
    const took: string[] = [];
    for (const call of ['a', 'b', 'c', 'd']) {
      took.push(await take(callLimits, call, both));
      await end(callLimits, call, both.owner);
    }
    expect(took).toEqual(['acquired', 'acquired', 'acquired', 'too-many-calls-per-minute']);
  });
}
