import type { Seats } from '../lib/jambonz/world';
import type { Caps } from '../lib/registrar/caps';

export const NOON = Date.parse('2026-11-23T12:00:00Z');
const MINUTE = 60_000;
/** Two minutes: what a seat is taken for when nothing more is known of its call. */
const FIRST = 120_000;

export const owner = (username: string) => ({ username, realm: 'sip.example.com' });
export const caps = (username: string, maxConcurrentCalls?: number, callsPerMinute?: number): Caps => ({
  owner: owner(username),
  maxConcurrentCalls,
  callsPerMinute,
  leaseSeconds: 600,
});

/**
 * What every store of call seats does.
 * @param lambda one process at that time (unix ms); all of them share the store
 */
export function specifySeats(lambda: (now?: number) => Seats): void {
  test('as many as the cap says, then none, then one again when one ends', async () => {
    const seats = lambda();
    const two = caps('two', 2);
    expect(await seats.take('a', two)).toBe('taken');
    expect(await seats.take('b', two)).toBe('taken');
    expect(await seats.take('c', two)).toBe('too-many-calls');
    expect(await seats.end('a', two.owner)).toBe('ended');
    expect(await seats.take('c', two)).toBe('taken');
    expect(await seats.take('d', two)).toBe('too-many-calls');
  });

  test('the same call keeps its seat, and it is one', async () => {
    const seats = lambda();
    const two = caps('same', 2, 2);
    expect(await seats.take('a', two)).toBe('taken');
    expect(await seats.take('a', two)).toBe('taken');
    expect(await seats.take('b', two)).toBe('taken');
    expect(await seats.take('b', two)).toBe('taken');
    expect(await seats.take('c', two)).toBe('too-many-calls');
  });

  test('under a rate alone, a call that asks twice counts once', async () => {
    const seats = lambda();
    const rate = caps('rate-same', undefined, 2);
    expect(await seats.take('a', rate)).toBe('taken');
    expect(await seats.take('a', rate)).toBe('taken');
    expect(await seats.take('b', rate)).toBe('taken');
    expect(await seats.take('c', rate)).toBe('too-many-calls-per-minute');
  });

  test('a call ends once', async () => {
    const seats = lambda();
    await seats.take('a', caps('once', 1));
    expect(await seats.end('a', owner('once'))).toBe('ended');
    expect(await seats.end('a', owner('once'))).toBe('ended-before');
    expect(await seats.end('a', owner('once'))).toBe('ended-before');
    expect(await seats.end('never-began', owner('once'))).toBe('ended-before');
    expect(await seats.end('a', owner('nobody'))).toBe('ended-before');
  });

  test('a call that was not counted ends once too', async () => {
    const seats = lambda();
    expect(await seats.end('uncounted', undefined)).toBe('ended');
    expect(await seats.end('uncounted', undefined)).toBe('ended-before');
  });

  test('a seat of which nothing more is heard is free after two minutes', async () => {
    const one = caps('healing', 1);
    expect(await lambda().take('lost', one)).toBe('taken');
    expect(await lambda(NOON + FIRST - 1).take('next', one)).toBe('too-many-calls');
    expect(await lambda(NOON + FIRST).take('next', one)).toBe('taken');
    expect(await lambda(NOON + FIRST).take('third', one)).toBe('too-many-calls');
  });

  test('a call that goes on keeps its seat for as long as it may last', async () => {
    const one = caps('going-on', 1);
    await lambda().take('a', one);
    await lambda(NOON + 30_000).extend('a', { owner: one.owner, seconds: 600 });
    expect(await lambda(NOON + 629_999).take('b', one)).toBe('too-many-calls');
    expect(await lambda(NOON + 630_000).take('b', one)).toBe('taken');
  });

  test('a lease never becomes shorter: reports come in any order', async () => {
    const one = caps('longer', 1);
    await lambda().take('a', one);
    await lambda().extend('a', { owner: one.owner, seconds: 600 });
    await lambda(NOON + 1000).extend('a', { owner: one.owner, seconds: 120 });
    expect(await lambda(NOON + 599_999).take('b', one)).toBe('too-many-calls');
  });

  test('a report of a call that ended takes no seat', async () => {
    const one = caps('late-report', 1);
    await lambda().take('a', one);
    await lambda().end('a', one.owner);
    await lambda().extend('a', { owner: one.owner, seconds: 600 });
    await lambda().extend('unheard-of', { owner: one.owner, seconds: 600 });
    expect(await lambda().take('b', one)).toBe('taken');
  });

  test('a call that comes again when its lease has ended takes a seat again', async () => {
    const one = caps('again', 1);
    expect(await lambda().take('a', one)).toBe('taken');
    expect(await lambda(NOON + FIRST).take('a', one)).toBe('taken');
    expect(await lambda(NOON + FIRST).take('b', one)).toBe('too-many-calls');
  });

  test('a seat whose call ended without anybody knowing whose it was is free when it is wanted', async () => {
    const seats = lambda();
    const two = caps('unclaimed', 2);
    await seats.take('a', two);
    await seats.take('b', two);
    expect(await seats.end('a', undefined)).toBe('ended');
    expect(await seats.take('c', two)).toBe('taken');
    expect(await seats.take('d', two)).toBe('too-many-calls');
    expect(await seats.end('a', two.owner)).toBe('ended-before');
  });

  test('of 210 calls at a cap of 210, the ten that ended unclaimed leave ten free seats', async () => {
    const seats = lambda();
    const many = caps('many', 210);
    for (let call = 0; call < 210; call++) await seats.take(`many-${call}`, many);
    for (let call = 200; call < 210; call++) await seats.end(`many-${call}`, undefined);
    const next: string[] = [];
    for (let call = 0; call < 11; call++) next.push(await seats.take(`next-${call}`, many));
    expect(next).toEqual([...Array(10).fill('taken'), 'too-many-calls']);
  });

  test('calls per minute: the next minute begins anew', async () => {
    const rate = caps('rate', undefined, 2);
    expect(await lambda().take('a', rate)).toBe('taken');
    expect(await lambda(NOON + 59_999).take('b', rate)).toBe('taken');
    expect(await lambda(NOON + 59_999).take('c', rate)).toBe('too-many-calls-per-minute');
    expect(await lambda(NOON + 60_000).take('c', rate)).toBe('taken');
  });

  test.each([1, 2, 59, 60, 61, 62, 122, 1440])(
    '%d minutes later nothing is left of the count',
    async (gap) => {
      const two = caps(`gap-${gap}`, 9, 2);
      const later = lambda(NOON + gap * MINUTE);
      expect(await lambda().take('before', two)).toBe('taken');
      expect(await later.take('a', two)).toBe('taken');
      expect(await later.take('b', two)).toBe('taken');
      expect(await later.take('c', two)).toBe('too-many-calls-per-minute');
    },
  );

  test('a call whose minute is over when it comes counts in the one that began', async () => {
    const two = caps('late', undefined, 2);
    expect(await lambda(NOON).take('a', two)).toBe('taken');
    expect(await lambda(NOON - 1).take('late', two)).toBe('taken');
    expect(await lambda(NOON).take('b', two)).toBe('too-many-calls-per-minute');
    expect(await lambda(NOON - 1).take('later', two)).toBe('too-many-calls-per-minute');
    expect(await lambda(NOON + MINUTE).take('c', two)).toBe('taken');
  });

  test.each([
    ['calls at a time', caps('closed', 0), 'too-many-calls'],
    ['calls per minute', caps('closed', undefined, 0), 'too-many-calls-per-minute'],
    ['calls at a time, beside a rate', caps('closed', 0, 5), 'too-many-calls'],
    ['calls per minute, beside a cap', caps('closed', 5, 0), 'too-many-calls-per-minute'],
  ])('a cap of 0 %s lets nobody in, not even the first', async (_what, none, seat) => {
    expect(await lambda().take('first', none)).toBe(seat);
  });

  test('both caps hold together', async () => {
    const both = caps('both', 2, 3);
    const seats = lambda();
    const took: string[] = [];
    for (const call of ['a', 'b', 'c', 'd']) {
      took.push(await seats.take(call, both));
      await seats.end(call, both.owner);
    }
    expect(took).toEqual(['taken', 'taken', 'taken', 'too-many-calls-per-minute']);
  });
}
