import type { Aor } from '../record/aor';
import { type Budget, type LowBudget, newlyLow, type Reservation, secondsLeft } from './budget';
import { dayIn } from './calendar-day';

/** The caps that a call comes under, at least one, and whose they are: the accounts of one customer share them. */
export interface OwnerLimits {
  readonly owner: Aor;
  readonly maxConcurrentCalls: number | undefined;
  readonly callsPerMinute: number | undefined;
  /** Those that the destination comes under; none: nothing is reserved. */
  readonly budgets: readonly Budget[];
  /** Where the day of the budgets begins: an IANA name. */
  readonly timeZone: string;
  /** How long the call may talk, whatever its budgets have left. */
  readonly callSeconds: number;
  /** These only say what they would do. */
  readonly observed: readonly ObservedCaps[];
}

/** `limits`: calls at a time and calls per minute; `budgets`: minutes a day. */
export type ObservedCaps = 'limits' | 'budgets';

/** The lease of a call: whose caps it counts under, and how long it lasts after the answer. */
export interface Lease {
  readonly owner: Aor;
  readonly seconds: number;
  /** Absent: the call comes under no budget. */
  readonly reserved?: Reservation | undefined;
}

/**
 * How long a lease lasts for a call of which nothing more is known. jambonz reports no end of a call whose hook
 * failed, and a write may land after we gave up on it: such a lease ends after two minutes. A call that is
 * known to go on gets a longer lease. What a call reserved of a budget outlives its lease, because a call whose
 * reports are lost may still talk: it comes back only with the report of its end.
 */
export const FIRST_LEASE_S = 120;

/** What a call is called whose caller handed the called leg on: reports of the caller's leg end it no more. */
export function handedOnCall(call: string): string {
  return `${call} handed on`;
}

/** Why there is no lease. */
export const CAPS_REACHED = ['too-many-calls', 'too-many-calls-per-minute', 'budget-spent'] as const;
export type CapReached = (typeof CAPS_REACHED)[number];

/** A call that has its lease. */
export interface LeaseAcquired {
  readonly result: 'acquired';
  /**
   * When the lease ends unless the call goes on, unix seconds: by this `undoAcquire` knows its own lease. undefined: the call
   * had its lease already, and may go on by the answer that was given then.
   */
  readonly until: number | undefined;
  /** undefined: the call comes under no budget. */
  readonly reserved: Reservation | undefined;
  /** Observed caps that are reached. */
  readonly would: readonly CapReached[];
  /** Budgets that this call brought low. */
  readonly low: readonly LowBudget[];
}

/** What came of a call at its caps. `unknown`: the memory could not be asked. */
export type LeaseResult = LeaseAcquired | { readonly result: CapReached } | { readonly result: 'unknown' };

/** What is counted for one owner of caps. */
export interface CallCounts {
  /** Unix minutes: the minute that `started` counts, the latest in which a call was counted. */
  readonly minute: number;
  readonly started: number;
  /** By call: when the lease ends, unix seconds. */
  readonly leases: Readonly<Record<string, number>>;
  /** The day that the budgets count, the latest in which a call was counted: `2026-11-23`. */
  readonly day: string;
  /** By budget: seconds used, and reserved by calls whose end was not reported. */
  readonly spent: Readonly<Record<string, number>>;
  /** By call, of this day's calls. */
  readonly reserved: Readonly<Record<string, Reservation>>;
}

/** Nobody calls. */
export const NO_CALLS: CallCounts = { minute: 0, started: 0, leases: {}, day: '', spent: {}, reserved: {} };

/**
 * Acquires a lease for a call and reserves what it may talk, or says which cap is reached. A call with a lease keeps
 * it, and what it reserved: jambonz may ask twice. Leases that ended are dropped here, so that a call whose end was
 * never reported holds no lease for ever. A clock that is a little behind counts in the minute, and in the day, that
 * began elsewhere: going back would forget that one's calls.
 * @param now unix ms
 */
export function acquireLease(
  counts: CallCounts,
  call: string,
  limits: OwnerLimits,
  now: number,
): { readonly answer: Exclude<LeaseResult, { result: 'unknown' }>; readonly counts: CallCounts } {
  const current = currentCounts(counts, limits, now);
  const held = current.leases[call];
  const kept = current.reserved[call];
  const reserved = kept ?? reservationFor(current, limits);
  const reached = [
    ...(held === undefined ? limitsReached(current, limits) : []),
    ...(reserved?.seconds === 0 ? (['budget-spent'] as const) : []),
  ];
  const refusal = reached.find(
    (it) => !limits.observed.includes(it === 'budget-spent' ? 'budgets' : 'limits'),
  );
  if (refusal) return { answer: { result: refusal }, counts: current };
  // Another one, so that whoever took it first no longer takes it back.
  const until = Math.max(leaseEnd(FIRST_LEASE_S, now), (held ?? 0) + 1);
  const added = kept || !reserved ? 0 : reserved.seconds;
  const spent = reserved ? addTo(current.spent, reserved.budgets, added) : current.spent;
  const low = newlyLow(limits.budgets, spent, added);
  return {
    answer: {
      result: 'acquired',
      until: held === undefined ? until : undefined,
      reserved,
      would: reached,
      low,
    },
    counts: {
      ...current,
      started: current.started + (held === undefined ? 1 : 0),
      leases: { ...current.leases, [call]: until },
      spent,
      // Nothing was reserved: its end has nothing to give back.
      reserved:
        reserved && reserved.seconds > 0 ? { ...current.reserved, [call]: reserved } : current.reserved,
    },
  };
}

/** The caps that a call would exceed, as far as they look at other calls. */
function limitsReached(
  { leases, started }: CallCounts,
  { maxConcurrentCalls, callsPerMinute }: OwnerLimits,
): CapReached[] {
  const isFull = maxConcurrentCalls !== undefined && Object.keys(leases).length >= maxConcurrentCalls;
  const isOften = callsPerMinute !== undefined && started >= callsPerMinute;
  return [
    ...(isFull ? (['too-many-calls'] as const) : []),
    ...(isOften ? (['too-many-calls-per-minute'] as const) : []),
  ];
}

/** All that the call may talk, or all that is left. */
function reservationFor(
  { spent }: CallCounts,
  { budgets, callSeconds }: OwnerLimits,
): Reservation | undefined {
  if (budgets.length === 0) return undefined;
  const seconds = Math.min(callSeconds, secondsLeft(budgets, spent));
  return { seconds, budgets: budgets.map(({ name }) => name) };
}

/**
 * What counts now: the minute and the day begin anew, leases that ended are gone. What calls of another day reserved
 * is gone with that day.
 */
function currentCounts(counts: CallCounts, limits: OwnerLimits, now: number): CallCounts {
  const minute = Math.max(minuteOf(now), counts.minute);
  const today = limits.budgets.length > 0 ? dayIn(limits.timeZone, now) : counts.day;
  const day = today > counts.day ? today : counts.day;
  return {
    minute,
    started: counts.minute === minute ? counts.started : 0,
    leases: liveLeases(counts.leases, now),
    day,
    spent: day === counts.day ? counts.spent : {},
    reserved: day === counts.day ? counts.reserved : {},
  };
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

/**
 * The called leg goes on without its caller, under another name, and with what the call reserved. A lease that is gone
 * stays gone.
 * @param until unix seconds
 */
export function handOnLease(counts: CallCounts, call: string, to: string, until: number): CallCounts {
  const { [call]: ends, ...leases } = counts.leases;
  const { [call]: reservation, ...reserved } = counts.reserved;
  if (ends === undefined) return counts;
  return {
    ...counts,
    leases: { ...leases, [to]: until },
    reserved: reservation ? { ...reserved, [to]: reservation } : reserved,
  };
}

/**
 * Ends a call: its lease is gone, and what it reserved and did not use comes back. Once only, so that a report that
 * comes twice gives nothing back twice.
 * @param used seconds that the call talked; more than it reserved where its budget is only observed
 */
export function endCall(
  counts: CallCounts,
  call: string,
  used: number,
): { readonly ended: boolean; readonly counts: CallCounts } {
  const { [call]: lease, ...leases } = counts.leases;
  const { [call]: reservation, ...reserved } = counts.reserved;
  const spent = reservation
    ? addTo(counts.spent, reservation.budgets, used - reservation.seconds)
    : counts.spent;
  return {
    ended: lease !== undefined || reservation !== undefined,
    counts: { ...counts, leases, reserved, spent },
  };
}

/**
 * Takes back what `acquireLease` did for a call that will not be dialled. Not where the call was asked for twice: then it
 * may go on by the other answer.
 */
export function undoAcquire(counts: CallCounts, call: string, { until }: LeaseAcquired): CallCounts {
  const isOwn = until !== undefined && counts.leases[call] === until;
  return isOwn ? endCall(counts, call, 0).counts : counts;
}

/** The calls that are not known to go on: only they may have ended without anybody knowing whose they were. */
export function unconfirmed({ leases, reserved }: CallCounts, now: number): string[] {
  const isShort = (call: string) => (leases[call] ?? 0) <= leaseEnd(FIRST_LEASE_S, now);
  return [...new Set([...Object.keys(leases), ...Object.keys(reserved)])].filter(isShort);
}

/** When a lease of so many seconds ends that begins now, unix seconds. */
export function leaseEnd(seconds: number, now: number): number {
  return Math.ceil(now / 1000) + seconds;
}

/** From the end of a call to our knowing of it. */
const LAST_HOOKS_S = 60;

/** What a call holds once it is answered: a lease for as long as it may talk, and what it reserved. */
export function leaseOf(
  { owner, callSeconds }: OwnerLimits,
  taken: Pick<LeaseAcquired, 'reserved'>,
  maxSeconds: number | undefined,
): Lease {
  return { owner, seconds: (maxSeconds ?? callSeconds) + LAST_HOOKS_S, reserved: taken.reserved };
}

/** The minute that calls are counted in. */
export function minuteOf(now: number): number {
  return Math.floor(now / 60_000);
}

function liveLeases(leases: CallCounts['leases'], now: number): CallCounts['leases'] {
  return Object.fromEntries(Object.entries(leases).filter(([, ends]) => ends * 1000 > now));
}

function addTo(spent: CallCounts['spent'], budgets: readonly string[], seconds: number): CallCounts['spent'] {
  const changed = budgets.map((name) => [name, (spent[name] ?? 0) + seconds] as const);
  return { ...spent, ...Object.fromEntries(changed) };
}

/** The calls that are going on, counted per owner of caps, whichever Lambda took them in. */
export interface CallLimits {
  /**
   * Acquires a lease for a call, for `FIRST_LEASE_S`, and reserves what it may talk; asked twice for the same call it is
   * the same lease and the same reservation.
   * @returns `unknown` when the memory could not be asked
   * @throws Undecided when so many calls come at once that it could not be found out whether a cap is reached
   */
  acquire(callId: string, limits: OwnerLimits): Promise<LeaseResult>;
  /**
   * The call will not be dialled: takes back what `acquire` did, unless the call was asked for twice. Never
   * throws: what cannot be taken back is a lease of two minutes, and minutes of the day's budget.
   */
  undo(callId: string, owner: Aor, taken: LeaseAcquired): Promise<void>;
  /** The call goes on: its lease lasts so long from now. A lease never becomes shorter. Never throws. */
  extend(callId: string, lease: Lease): Promise<void>;
  /**
   * The caller handed the called leg on: the call goes on under `handedOnCall`, with what it reserved, and what is
   * reported of the caller's leg ends nothing any more. Asked twice it is the same. Never throws.
   * @param lease what the call holds; undefined: nothing is counted
   * @returns false when the memory could not be asked
   */
  handOn(callId: string, lease: Lease | undefined): Promise<boolean>;
  /**
   * Ends a call: releases its lease, and what it reserved and did not use.
   * @param lease undefined: the call was not counted, or nobody knows. What it holds, if anything, is given back when
   * it is next wanted
   * @param used seconds that the call talked
   * @returns `ended-before`: jambonz reported it twice. `unknown`: the memory could not be asked, or lost its answer;
   * the lease ends by itself then, and what was reserved stays spent. Never throws
   */
  release(
    callId: string,
    lease: Lease | undefined,
    used: number,
  ): Promise<'ended' | 'ended-before' | 'unknown'>;
}
