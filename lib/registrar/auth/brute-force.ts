/** Failures within a span that began with the first of them. */
export interface Tally {
  /** Unix ms. */
  readonly since: number;
  readonly failures: number;
  /** Unix ms of the last one that counted. */
  readonly last: number;
}

/** The failed logins at one address. A part that is absent has nothing left that counts. */
export interface FailureRecord {
  /** Counts different usernames that failed; over the limit, every failure. */
  readonly address?: Tally;
  readonly users: Readonly<Record<string, Tally>>;
}

export const NO_FAILURES: FailureRecord = { users: {} };

/** More than `most` failures within the span count as password guessing. */
interface Limit {
  readonly most: number;
  readonly withinMs: number;
}

/** High enough for a phone that retries an old password once a minute. */
const USER_LIMIT: Limit = { most: 30, withinMs: 5 * 60_000 };
/** Different usernames that fail at one address. */
const ADDRESS_LIMIT: Limit = { most: 50, withinMs: 10 * 60_000 };

/**
 * For addresses that the device itself claimed. Anyone can claim an address and make a user fail there, so no window
 * follows and none grows: only this many failures are checked per minute.
 */
const CLAIMED_LIMIT: Limit = { most: 40, withinMs: 60_000 };

const FIRST_WINDOW_MS = 60_000;
const MAX_WINDOW_MS = 15 * 60_000;

/** Why an attempt is not checked: too many failures of this user at this address, or of this address. */
export type BlockReason = 'limited' | 'limited-address';

/**
 * Is this user refused at this address now, right password or not?
 * @param now unix ms
 */
export function blockReason(record: FailureRecord, user: string, now: number): BlockReason | undefined {
  if (now < blockedUntil(record.users[user], USER_LIMIT)) return 'limited';
  return now < blockedUntil(record.address, ADDRESS_LIMIT) ? 'limited-address' : undefined;
}

/**
 * The record after one more failure. Only failures outside a window are counted, so further attempts do not make it
 * longer; the first failure after a window doubles it.
 */
export function afterFailure(record: FailureRecord, user: string, now: number): FailureRecord {
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

/** Like `blockReason`, for an address that the device claimed: refused after too many failures in this minute. */
export function limitedByClaims(record: FailureRecord, user: string, now: number): BlockReason | undefined {
  const { most, withinMs } = CLAIMED_LIMIT;
  const tally = record.users[user];
  return tally && tally.failures >= most && now < tally.since + withinMs ? 'limited' : undefined;
}

/** Like `afterFailure`, for an address that the device claimed. */
export function afterFailedClaim(record: FailureRecord, user: string, now: number): FailureRecord {
  const before = record.users[user];
  const current = before && now < before.since + CLAIMED_LIMIT.withinMs ? before : undefined;
  return { users: { [user]: counted(current, now) } };
}

/** When nothing in a record counts any more, unix ms. */
export function expiryOf({ address, users }: FailureRecord): number {
  return Math.max(
    address ? expiryOfTally(address, ADDRESS_LIMIT) : 0,
    ...Object.values(users).map((tally) => expiryOfTally(tally, USER_LIMIT)),
  );
}

function counted(tally: Tally | undefined, now: number): Tally {
  return { since: tally?.since ?? now, failures: (tally?.failures ?? 0) + 1, last: now };
}

function stillCounting(tally: Tally | undefined, limit: Limit, now: number): Tally | undefined {
  return tally && now < expiryOfTally(tally, limit) ? tally : undefined;
}

/** Under the limit a tally lasts for its span; over it, for a span without a failure after the window. */
function expiryOfTally(tally: Tally, limit: Limit): number {
  return tally.failures > limit.most
    ? blockedUntil(tally, limit) + limit.withinMs
    : tally.since + limit.withinMs;
}

function blockedUntil(tally: Tally | undefined, { most }: Limit): number {
  if (!tally || tally.failures <= most) return 0;
  return tally.last + Math.min(FIRST_WINDOW_MS * 2 ** (tally.failures - most - 1), MAX_WINDOW_MS);
}

/**
 * The brute-force limiter for one user at one address. It never throws: while the memory table is unavailable, no
 * attempt is limited.
 */
export interface BruteForceGuard {
  /** A promise only where the memory table is asked: not where the user is known, or limited by what this process knows. */
  isBlocked(): BlockReason | undefined | Promise<BlockReason | undefined>;
  /** Whether one attempt is checked although it is limited: once in 2 s for each user at each source. */
  mayLookAnyway(): boolean;
  /** Costs one write for every user and address. */
  recordFailure(): Promise<void>;
  /**
   * For the next 24 h this user is not limited at this address, unless the device claimed the address.
   * @param credential the label of the credential that was used, for admins who retire old ones
   */
  recordSuccess(credential: string): Promise<void> | undefined;
  /**
   * Has the account logged in from there for less than so long? Always of an address that the device claims for
   * itself. Asked before `recordSuccess`.
   * @returns `unknown` when the memory could not be asked
   */
  isNewFor(milliseconds: number): Promise<boolean | 'unknown'>;
}
