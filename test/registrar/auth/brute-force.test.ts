import {
  afterFailedClaim,
  afterFailure,
  blockReason,
  expiryOf,
  type FailureRecord,
  limitedByClaims,
  NO_FAILURES,
} from '../../../lib/registrar/auth/brute-force';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The record after failures of a user at these times; what falls into a window does not count, as in the hook. */
function failing(
  times: readonly number[],
  user = 'alice',
  record: FailureRecord = NO_FAILURES,
): FailureRecord {
  return times.reduce(
    (before, at) => (blockReason(before, user, at) ? before : afterFailure(before, user, at)),
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
    expect(blockReason(record, 'alice', (times.at(-1) ?? 0) + 1)).toBe(limit);
  });

  test('the window lasts a minute, whatever is tried inside it', () => {
    const closed = failing([...every(0, 31), ...every(SECOND, 59, SECOND)]);
    expect(blockReason(closed, 'alice', MINUTE - 1)).toBe('limited');
    expect(blockReason(closed, 'alice', MINUTE)).toBeUndefined();
  });

  test('each failure after a window doubles it: 1, 2, 4, 8, then 15 minutes', () => {
    let record = failing(every(0, 31));
    let now = 0;
    const lengths: number[] = [];
    for (let n = 0; n < 7; n++) {
      const closed = now;
      while (blockReason(record, 'alice', now)) now += SECOND;
      lengths.push((now - closed) / MINUTE);
      record = afterFailure(record, 'alice', now);
    }
    expect(lengths).toEqual([1, 2, 4, 8, 15, 15, 15]);
  });

  test('five quiet minutes after a window all is forgotten', () => {
    const record = afterFailure(failing(every(0, 31)), 'alice', 6 * MINUTE);
    expect(blockReason(record, 'alice', 6 * MINUTE)).toBeUndefined();
  });

  test('other users at the address are not refused', () => {
    expect(blockReason(failing(every(0, 31)), 'bob', 1)).toBeUndefined();
  });
});

describe('many users at one address', () => {
  const spraying = (users: number, ms: number, record: FailureRecord = NO_FAILURES) =>
    Array.from({ length: users }).reduce<FailureRecord>(
      (before, _, n) => failing([n * ms], `user${n}`, before),
      record,
    );

  test.each([
    [50, 0, undefined],
    [51, 0, 'limited-address'],
    [51, 11 * SECOND, 'limited-address'],
    [200, 13 * SECOND, undefined],
  ] as const)('%d usernames, one each %d ms: %s', (users, ms, limit) => {
    expect(blockReason(spraying(users, ms), 'newcomer', users * ms)).toBe(limit);
  });

  test('the same username many times counts once', () => {
    const record = failing(every(0, 25), 'b', failing(every(0, 25), 'a'));
    expect(record.address?.failures).toBe(2);
  });

  test('the window doubles with the next failure of anybody', () => {
    const first = spraying(51, 0);
    expect(blockReason(first, 'newcomer', MINUTE)).toBeUndefined();
    const second = afterFailure(first, 'user7', MINUTE);
    expect(blockReason(second, 'newcomer', 3 * MINUTE - 1)).toBe('limited-address');
    expect(blockReason(second, 'newcomer', 3 * MINUTE)).toBeUndefined();
  });

  test.each([
    ['new names, one a minute', MINUTE, 12],
    ['new names without end, one a second', SECOND, 55],
  ])('the record does not grow with the days: %s', (_what, ms, most) => {
    const record = Array.from({ length: (2 * 86_400 * SECOND) / ms }).reduce<FailureRecord>(
      (before, _, n) => failing([n * ms], `user${n}`, before),
      NO_FAILURES,
    );
    expect(Object.keys(record.users).length).toBeLessThanOrEqual(most);
  });
});

describe('a user under addresses that devices claim for themselves', () => {
  /** As many failures as are looked at, of these. */
  const lookedAt = (times: readonly number[]) =>
    times.reduce<{ record: FailureRecord; count: number }>(
      ({ record, count }, at) =>
        limitedByClaims(record, 'alice', at)
          ? { record, count }
          : { record: afterFailedClaim(record, 'alice', at), count: count + 1 },
      { record: NO_FAILURES, count: 0 },
    );

  test.each([
    ['2,000 at once', every(0, 2000), 40],
    ['1,000 a second for a minute', every(1, 60_000), 40],
    ['one a second for an hour', every(SECOND, 3600), 60 * 40],
    ['40 a minute for an hour', every(1500, 2400), 2400],
  ])('%s: %d are looked at', (_what, times, count) => {
    expect(lookedAt(times).count).toBe(count);
  });

  test('are open again a minute after the first failure, however many there were', () => {
    const { record } = lookedAt(every(500, 100));
    expect(limitedByClaims(record, 'alice', MINUTE - 1)).toBe('limited');
    expect(limitedByClaims(record, 'alice', MINUTE)).toBeUndefined();
  });

  test('close nothing to another user', () => {
    expect(limitedByClaims(lookedAt(every(0, 100)).record, 'bob', 1)).toBeUndefined();
  });
});

test('a record ends when none of its windows or spans is left', () => {
  expect(expiryOf(failing([0]))).toBe(10 * MINUTE);
  expect(expiryOf(failing(every(0, 36)))).toBe(10 * MINUTE);
  expect(expiryOf(failing([...every(0, 31), MINUTE, 3 * MINUTE, 7 * MINUTE, 15 * MINUTE]))).toBe(
    15 * MINUTE + 15 * MINUTE + 5 * MINUTE,
  );
});
