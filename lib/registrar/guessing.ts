/** Failures within a span that began with the first of them. */
export interface Tally {
  /** Unix ms. */
  readonly since: number;
  readonly failures: number;
  /** Unix ms of the last one that counted. */
  readonly last: number;
}

/** What is remembered of one address: who failed there. Absent parts: nothing counts any more. */
export interface GuessRecord {
  /** Different usernames that failed; beyond the limit every failure. */
  readonly address?: Tally;
  readonly users: Readonly<Record<string, Tally>>;
}

export const NO_GUESSES: GuessRecord = { users: {} };

/** More than `most` failures within the span are guessing. */
interface Limit {
  readonly most: number;
  readonly withinMs: number;
}

/** A phone that tries an old password once a minute is no guesser. */
const USER_LIMIT: Limit = { most: 30, withinMs: 5 * 60_000 };
/** Different usernames that fail at one address. */
const ADDRESS_LIMIT: Limit = { most: 50, withinMs: 10 * 60_000 };

/**
 * Where devices claim their address themselves, anybody can make a user fail. So no window follows and none grows:
 * only so many failures are looked at.
 */
const CLAIMED_LIMIT: Limit = { most: 40, withinMs: 60_000 };

const FIRST_WINDOW_MS = 60_000;
const LONGEST_WINDOW_MS = 15 * 60_000;

/** Why an attempt is not looked at: the pair of address and user guesses, or the whole address does. */
export type Limited = 'limited' | 'limited-address';

/**
 * Is this user refused at this address now, right password or not?
 * @param now unix ms
 */
export function limitedBy(record: GuessRecord, user: string, now: number): Limited | undefined {
  if (now < closedUntil(record.users[user], USER_LIMIT)) return 'limited';
  return now < closedUntil(record.address, ADDRESS_LIMIT) ? 'limited-address' : undefined;
}

/**
 * The record after one more failure. Only failures outside a window get here, so trying on does not lengthen it;
 * the first failure after it doubles it.
 */
export function afterFailure(record: GuessRecord, user: string, now: number): GuessRecord {
  const address = stillCounting(record.address, ADDRESS_LIMIT, now);
  const before = record.users[user];
  const isOver = address !== undefined && address.failures > ADDRESS_LIMIT.most;
  const counts = !address || !before || before.last < address.since || isOver;
  const others = Object.entries(record.users).filter(
    ([, tally]) =>
      (!isOver && address && tally.last >= address.since) || stillCounting(tally, USER_LIMIT, now),
  );
  return {
    address: counts ? counted(address, now) : address,
    users: { ...Object.fromEntries(others), [user]: counted(stillCounting(before, USER_LIMIT, now), now) },
  };
}

/** The same of a source that is nothing but a claim: refused while the failures of a minute are used up. */
export function limitedByClaims(record: GuessRecord, user: string, now: number): Limited | undefined {
  const { most, withinMs } = CLAIMED_LIMIT;
  const tally = record.users[user];
  return tally && tally.failures >= most && now < tally.since + withinMs ? 'limited' : undefined;
}

/** The record of such a source after one more failure. */
export function afterFailedClaim(record: GuessRecord, user: string, now: number): GuessRecord {
  const before = record.users[user];
  const current = before && now < before.since + CLAIMED_LIMIT.withinMs ? before : undefined;
  return { users: { [user]: counted(current, now) } };
}

/** When a record means nothing any more, unix ms. */
export function endOf({ address, users }: GuessRecord): number {
  return Math.max(
    address ? endOfTally(address, ADDRESS_LIMIT) : 0,
    ...Object.values(users).map((tally) => endOfTally(tally, USER_LIMIT)),
  );
}

function counted(tally: Tally | undefined, now: number): Tally {
  return { since: tally?.since ?? now, failures: (tally?.failures ?? 0) + 1, last: now };
}

function stillCounting(tally: Tally | undefined, limit: Limit, now: number): Tally | undefined {
  return tally && now < endOfTally(tally, limit) ? tally : undefined;
}

/** Under the limit a tally lasts its span; over it, until the span has passed quietly after the window. */
function endOfTally(tally: Tally, limit: Limit): number {
  return tally.failures > limit.most
    ? closedUntil(tally, limit) + limit.withinMs
    : tally.since + limit.withinMs;
}

function closedUntil(tally: Tally | undefined, { most }: Limit): number {
  if (!tally || tally.failures <= most) return 0;
  return tally.last + Math.min(FIRST_WINDOW_MS * 2 ** (tally.failures - most - 1), LONGEST_WINDOW_MS);
}
