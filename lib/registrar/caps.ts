import type { Aor } from './aor';

/** The caps that a call comes under, one or both, and whose they are: the accounts of one customer share them. */
export interface Caps {
  readonly owner: Aor;
  readonly maxConcurrentCalls: number | undefined;
  readonly callsPerMinute: number | undefined;
  /** How long this call can last at most, all trunks' ringing included: its lease ends by itself then. */
  readonly leaseSeconds: number;
}

export type Seat = 'taken' | 'too-many-calls' | 'too-many-calls-per-minute';

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
 * Leases that ended are dropped here, so that a call whose end was never told blocks nobody for ever. A clock that is
 * a little behind counts in the minute that began elsewhere: going back would forget that one's calls.
 * @param now unix ms
 */
export function takeSeat(
  counts: CallCounts,
  call: string,
  caps: Caps,
  now: number,
): { readonly seat: Seat; readonly counts: CallCounts } {
  const minute = Math.max(minuteOf(now), counts.minute);
  const started = counts.minute === minute ? counts.started : 0;
  const leases = liveLeases(counts.leases, now);
  const current = { minute, started, leases };
  if (Object.hasOwn(leases, call)) return { seat: 'taken', counts: current };
  if (caps.maxConcurrentCalls !== undefined && Object.keys(leases).length >= caps.maxConcurrentCalls)
    return { seat: 'too-many-calls', counts: current };
  if (caps.callsPerMinute !== undefined && started >= caps.callsPerMinute)
    return { seat: 'too-many-calls-per-minute', counts: current };
  const lease = caps.maxConcurrentCalls === undefined ? {} : { [call]: leaseEnd(caps, now) };
  return { seat: 'taken', counts: { minute, started: started + 1, leases: { ...leases, ...lease } } };
}

/** When a lease that is taken now ends, unix seconds. */
export function leaseEnd({ leaseSeconds }: Caps, now: number): number {
  return Math.ceil(now / 1000) + leaseSeconds;
}

/** The minute that calls are counted in. */
export function minuteOf(now: number): number {
  return Math.floor(now / 60_000);
}

function liveLeases(leases: CallCounts['leases'], now: number): CallCounts['leases'] {
  return Object.fromEntries(Object.entries(leases).filter(([, endsAt]) => endsAt * 1000 > now));
}
