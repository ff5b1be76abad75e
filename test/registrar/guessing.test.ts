import { afterFailure, endOf, type GuessRecord, limitedBy, NO_GUESSES } from '../../lib/registrar/guessing';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The record after failures of a user at these times; what falls into a window does not count, as in the hook. */
function failing(times: readonly number[], user = 'alice', record: GuessRecord = NO_GUESSES): GuessRecord {
  return times.reduce(
    (before, at) => (limitedBy(before, user, at) ? before : afterFailure(before, user, at)),
    record,
  );
}

const every = (ms: number, count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n * ms);

describe('one user at one address', () => {
  test.each([
    ['30 failures at once', every(0, 30), undefined],
    ['31 failures at once', every(0, 31), 'limited'],
    ['31 failures in just under 5 minutes', every(9_900, 31), 'limited'],
    ['a failure each minute for a day', every(MINUTE, 1440), undefined],
    ['a failure each 10 s for an hour', every(10 * SECOND, 360), undefined],
  ] as const)('%s: %s', (_what, times, limit) => {
    const record = failing(times);
    expect(limitedBy(record, 'alice', (times.at(-1) ?? 0) + 1)).toBe(limit);
  });

  test('the window lasts a minute, whatever is tried inside it', () => {
    const closed = failing([...every(0, 31), ...every(SECOND, 59, SECOND)]);
    expect(limitedBy(closed, 'alice', MINUTE - 1)).toBe('limited');
    expect(limitedBy(closed, 'alice', MINUTE)).toBeUndefined();
  });

  test('each failure after a window doubles it: 1, 2, 4, 8, then 15 minutes', () => {
    let record = failing(every(0, 31));
    let now = 0;
    const lengths: number[] = [];
    for (let n = 0; n < 7; n++) {
      const closed = now;
      while (limitedBy(record, 'alice', now)) now += SECOND;
      lengths.push((now - closed) / MINUTE);
      record = afterFailure(record, 'alice', now);
    }
    expect(lengths).toEqual([1, 2, 4, 8, 15, 15, 15]);
  });

  test('five quiet minutes after a window all is forgotten', () => {
    const record = afterFailure(failing(every(0, 31)), 'alice', 6 * MINUTE);
    expect(limitedBy(record, 'alice', 6 * MINUTE)).toBeUndefined();
  });

  test('nobody else at the address is refused', () => {
    expect(limitedBy(failing(every(0, 31)), 'bob', 1)).toBeUndefined();
  });
});

describe('many users at one address', () => {
  const spraying = (users: number, ms: number, record: GuessRecord = NO_GUESSES) =>
    Array.from({ length: users }).reduce<GuessRecord>(
      (before, _, n) => failing([n * ms], `user${n}`, before),
      record,
    );

  test.each([
    [50, 0, undefined],
    [51, 0, 'limited-address'],
    [51, 11 * SECOND, 'limited-address'],
    [200, 13 * SECOND, undefined],
  ] as const)('%d usernames, one each %d ms: %s', (users, ms, limit) => {
    expect(limitedBy(spraying(users, ms), 'newcomer', users * ms)).toBe(limit);
  });

  test('the same username many times counts once', () => {
    const record = failing(every(0, 25), 'b', failing(every(0, 25), 'a'));
    expect(record.address?.failures).toBe(2);
  });

  test('the window doubles with the next failure of anybody', () => {
    const first = spraying(51, 0);
    expect(limitedBy(first, 'newcomer', MINUTE)).toBeUndefined();
    const second = afterFailure(first, 'user7', MINUTE);
    expect(limitedBy(second, 'newcomer', 3 * MINUTE - 1)).toBe('limited-address');
    expect(limitedBy(second, 'newcomer', 3 * MINUTE)).toBeUndefined();
  });

  test.each([
    ['new names, one a minute', MINUTE, 12],
    ['new names without end, one a second', SECOND, 55],
  ])('the record does not grow with the days: %s', (_what, ms, most) => {
    const record = Array.from({ length: (2 * 86_400 * SECOND) / ms }).reduce<GuessRecord>(
      (before, _, n) => failing([n * ms], `user${n}`, before),
      NO_GUESSES,
    );
    expect(Object.keys(record.users).length).toBeLessThanOrEqual(most);
  });
});

test('a record ends when none of its windows or spans is left', () => {
  expect(endOf(failing([0]))).toBe(10 * MINUTE);
  expect(endOf(failing(every(0, 36)))).toBe(10 * MINUTE);
  expect(endOf(failing([...every(0, 31), MINUTE, 3 * MINUTE, 7 * MINUTE, 15 * MINUTE]))).toBe(
    15 * MINUTE + 15 * MINUTE + 5 * MINUTE,
  );
});
