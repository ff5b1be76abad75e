import type { Aor } from '../record/aor';

/** The caps that a call comes under, one or both, and whose they are: the accounts of one customer share them. */
export interface OwnerLimits {
  readonly owner: Aor;
  readonly maxConcurrentCalls: number | undefined;
  readonly callsPerMinute: number | undefined;
  /** How long the call can last once it is answered, with room for the last hooks. */
  readonly leaseSeconds: number;
}

/** A seat that a call holds: whose it is, and for how long from now. */
export interface Lease {
  readonly owner: Aor;
  readonly seconds: number;
}

/**
 * How long a seat is taken for a call of which nothing more is known. jambonz reports no end of a call whose hook
 * failed, and a write may land after we gave up on it: such a seat is free again after two minutes. A call that is
 * known to go on gets a longer lease.
 */
export const FIRST_LEASE_S = 120;

/** What a call is called whose caller handed the called leg on: reports of the caller's leg end it no more. */
export function handedOnCall(call: string): string {
  return `${call} handed on`;
}

/** `unknown`: the memory could not be asked. */
export type LeaseResult = 'acquired' | 'too-many-calls' | 'too-many-calls-per-minute' | 'unknown';

/** What is counted for one owner of caps. */
export interface CallCounts {
  /** Unix minutes: the minute that `started` counts, the latest in which a call was counted. */
  readonly minute: number;
  readonly started: number;
  /** By call: when the lease ends, unix seconds. */
  readonly leases: Readonly<Record<string, number>>;
}

/** Nobody calls. */
export const NO_CALLS: CallCounts = { minute: 0, started: 0, leases: {} };

/**
 * Takes a seat for a call, or says which cap is reached. A call that has its seat keeps it: jambonz may ask twice.
 * Leases that ended are dropped here, so that a call whose end was never reported blocks nobody for ever. A clock that
 * is a little behind counts in the minute that began elsewhere: going back would forget that one's calls.
 * @param now unix ms
 */
export function acquireLease(
  counts: CallCounts,
  call: string,
  limits: OwnerLimits,
  now: number,
): { readonly result: Exclude<LeaseResult, 'unknown'>; readonly counts: CallCounts } {
  const minute = Math.max(minuteOf(now), counts.minute);
  const started = counts.minute === minute ? counts.started : 0;
  const leases = liveLeases(counts.leases, now);
  const current = { minute, started, leases };
  if (Object.hasOwn(leases, call)) return { result: 'acquired', counts: current };
  if (limits.maxConcurrentCalls !== undefined && Object.keys(leases).length >= limits.maxConcurrentCalls)
    return { result: 'too-many-calls', counts: current };
  if (limits.callsPerMinute !== undefined && started >= limits.callsPerMinute)
    return { result: 'too-many-calls-per-minute', counts: current };
  const taken = { ...leases, [call]: leaseEnd(FIRST_LEASE_S, now) };
  return { result: 'acquired', counts: { minute, started: started + 1, leases: taken } };
}

/**
 * Makes a lease longer, never shorter. One that was given back stays so: reports of a call come in any order.
 * @param until unix seconds
 */
export function extendLease(counts: CallCounts, call: string, until: number): CallCounts {
  const ends = counts.leases[call];
  return ends !== undefined && ends < until
    ? { ...counts, leases: { ...counts.leases, [call]: until } }
    : counts;
}

/** The called leg goes on without its caller, under another name. A lease that is gone stays gone. */
export function handOnLease(counts: CallCounts, call: string, to: string, until: number): CallCounts {
  const { [call]: ends, ...leases } = counts.leases;
  return ends === undefined ? counts : { ...counts, leases: { ...leases, [to]: until } };
}

/** The calls that are not known to go on: only their leases may belong to calls that ended unclaimed. */
export function unconfirmed({ leases }: CallCounts, now: number): string[] {
  return Object.entries(leases).flatMap(([call, ends]) =>
    ends <= leaseEnd(FIRST_LEASE_S, now) ? [call] : [],
  );
}

/** When a lease of so many seconds ends that begins now, unix seconds. */
export function leaseEnd(seconds: number, now: number): number {
  return Math.ceil(now / 1000) + seconds;
}

/** The minute that calls are counted in. */
export function minuteOf(now: number): number {
  return Math.floor(now / 60_000);
}

function liveLeases(leases: CallCounts['leases'], now: number): CallCounts['leases'] {
  return Object.fromEntries(Object.entries(leases).filter(([, ends]) => ends * 1000 > now));
}

/** The calls that are going on, counted per owner of caps, whichever Lambda took them in. */
export interface CallLimits {
  /**
   * Takes a seat for a call, for `FIRST_LEASE_S`; asked twice for the same call it is the same seat.
   * @returns `unknown` when the memory could not be asked
   * @throws Undecided when so many calls come at once that nobody could tell whether there is a seat
   */
  acquire(callId: string, limits: OwnerLimits): Promise<LeaseResult>;
  /** The call goes on: its seat is its own for so long from now. A lease never becomes shorter. Never throws. */
  extend(callId: string, lease: Lease): Promise<void>;
  /**
   * The caller handed the called leg on: the call goes on under `handedOnCall`, and what is reported of the caller's leg
   * ends nothing any more. Asked twice it is the same. Never throws.
   * @param lease what the call holds; undefined: nothing is counted
   * @returns false when the memory could not be asked
   */
  handOn(callId: string, lease: Lease | undefined): Promise<boolean>;
  /**
   * Ends a call and gives its seat back.
   * @param owner of the seat; undefined: the call was not counted, or nobody knows. Its seat, if it has one, is
   * given back when it is next wanted
   * @returns `ended-before`: jambonz reported it twice. `unknown`: the memory could not be asked, or lost its answer;
   * a seat that stays taken is free when its lease ends. Never throws
   */
  release(callId: string, owner: Aor | undefined): Promise<'ended' | 'ended-before' | 'unknown'>;
}
