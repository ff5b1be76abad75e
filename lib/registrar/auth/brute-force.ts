/** Failures within a span that began with the first of them. */
export interface Tally {
  /** Unix ms. */
  readonly since: number;
  readonly failures: number;
  /** Unix ms of the last one that counted. */
  readonly last: number;
}

/** What is remembered of one address: who failed there. Absent parts: nothing counts any more. */
export interface FailureRecord {
  /** Different usernames that failed; beyond the limit every failure. */
  readonly address?: Tally;
  readonly users: Readonly<Record<string, Tally>>;
}

export const NO_FAILURES: FailureRecord = { users: {} };

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
const MAX_WINDOW_MS = 15 * 60_000;

/** Why an attempt is not looked at: the pair of address and user guesses, or the whole address does. */
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
 * The record after one more failure. Only failures outside a window get here, so trying on does not lengthen it;
 * the first failure after it doubles it.
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

/** The same of a source that is nothing but a claim: refused while the failures of a minute are used up. */
export function limitedByClaims(record: FailureRecord, user: string, now: number): BlockReason | undefined {
  const { most, withinMs } = CLAIMED_LIMIT;
  const tally = record.users[user];
  return tally && tally.failures >= most && now < tally.since + withinMs ? 'limited' : undefined;
}

/** The record of such a source after one more failure. */
export function afterFailedClaim(record: FailureRecord, user: string, now: number): FailureRecord {
  const before = record.users[user];
  const current = before && now < before.since + CLAIMED_LIMIT.withinMs ? before : undefined;
  return { users: { [user]: counted(current, now) } };
}

/** When a record means nothing any more, unix ms. */
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

/** Under the limit a tally lasts its span; over it, until the span has passed quietly after the window. */
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
 * A user at an address: who may be guessing passwords. Nothing here throws: when the memory cannot be asked, nobody
 * is limited.
 */
export interface BruteForceGuard {
  isBlocked(): Promise<BlockReason | undefined>;
  /** May one attempt be looked at although it is limited? True once in 2 s for each user at each source. */
  mayLookAnyway(): boolean;
  /** Costs the same reads and writes whoever failed, and wherever. */
  recordFailure(): Promise<void>;
  /**
   * From now on, and for 24 h, it is never limited, unless the device claims the address for itself.
   * @param credential the label of the one that was used: an admin sees when an old one is no longer used
   */
  recordSuccess(credential: string): Promise<void>;
}
