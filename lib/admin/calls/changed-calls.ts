import { dialVerbs } from '../../jambonz/verbs';
import type { CallRecords } from '../../registrar/calls/call';
import {
  acquireLease,
  type CallCounts,
  endCall,
  extendLease,
  type LeaseResult,
  NO_CALLS,
  type OwnerLimits,
} from '../../registrar/calls/call-limits';
import { formatPhones } from '../../registrar/calls/internal-call';
import type { CallPlan, DialPlanned } from '../../registrar/calls/plan';
import type { RingPlanned } from '../../registrar/calls/ring';
import { formatAor } from '../../registrar/record/aor';
import { callRecordsOf, type KnownRecords } from '../records/known-records';
import { isAsLogged, type LoggedCall, type LoggedEnd, loggedLease, replay } from './logged-call';

/** How a call would come out otherwise; what it was, and what it would be. */
export interface Change {
  readonly kind: 'refused' | 'allowed' | 'refusal' | 'trunk' | 'number' | 'caller-id' | 'cut' | 'observed';
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** A call that changes, in one way or more. */
export interface ChangedCall {
  readonly logged: LoggedCall;
  /** Of talking. */
  readonly seconds: number;
  readonly changes: readonly Change[];
}

export interface Impact {
  readonly calls: number;
  readonly changed: readonly ChangedCall[];
  /** Calls that today's records decide otherwise than the log says: they, or a setting, were changed since. */
  readonly otherSince: number;
}

/**
 * Decides about logged calls twice, by the records of today and by those of a change. Under caps that stay as they are
 * a call finds what it found then. Under others the seats and minutes are counted anew, from the logged calls alone.
 * @param calls in the order of their times
 * @param ends by the name of the call
 */
export async function impactOf(
  calls: readonly LoggedCall[],
  ends: ReadonlyMap<string, LoggedEnd>,
  today: KnownRecords,
  changed: KnownRecords,
): Promise<Impact> {
  const countAnew = countingAnew(ends);
  const found: ChangedCall[] = [];
  let otherSince = 0;
  for (const logged of calls) {
    let limits: OwnerLimits | undefined;
    const before = replay(logged, await recordsFor(logged, today), today.settings, (plan) => {
      limits = plan.limits;
      return loggedLease(logged, plan);
    });
    if (!isAsLogged(logged, before)) otherSince++;
    const after = replay(logged, await recordsFor(logged, changed), changed.settings, (plan) => {
      const anew = countAnew(logged, plan);
      return isEqual(limits, plan.limits) ? loggedLease(logged, plan) : anew;
    });
    const seconds = ends.get(logged.name)?.duration ?? 0;
    const changes = changesOf(before, after, seconds);
    if (changes.length > 0) found.push({ logged, seconds, changes });
  }
  return { calls: calls.length, changed: found, otherSince };
}

function recordsFor({ call }: LoggedCall, known: KnownRecords): Promise<CallRecords> {
  return callRecordsOf(known, call);
}

/** What is counted for an owner of caps, and which of its calls still go on. */
interface Owner {
  readonly counts: CallCounts;
  readonly going: readonly LoggedEnd[];
}

/**
 * Takes seats for logged calls in their order, and ends them when they ended. A call that was refused then talked to
 * nobody, and is taken as one that ends at once; one whose end is not in the log is held as long as the hooks hold it.
 */
function countingAnew(
  ends: ReadonlyMap<string, LoggedEnd>,
): (logged: LoggedCall, plan: DialPlanned) => LeaseResult {
  const owners = new Map<string, Owner>();
  return ({ name, at, line }, { limits }) => {
    if (!limits) throw new Error('only calls under caps are counted');
    const key = formatAor(limits.owner);
    const { counts: found, going } = owners.get(key) ?? { counts: NO_CALLS, going: [] };
    const [over, still] = [going.filter((it) => it.at <= at), going.filter((it) => it.at > at)];
    const left = over.reduce((counts, it) => endCall(counts, it.name, usedBy(it)).counts, found);
    const { answer, counts } = acquireLease(left, name, limits, at);
    const end = ends.get(name);
    if (answer.result !== 'acquired') owners.set(key, { counts, going: still });
    else if (line.answer !== 'dial')
      owners.set(key, { counts: endCall(counts, name, 0).counts, going: still });
    else if (end)
      owners.set(key, { counts: extendLease(counts, name, end.at / 1000 + 1), going: [...still, end] });
    else owners.set(key, { counts, going: still });
    return answer;
  };
}

/** As the hooks count it: jambonz cuts off the second that began. */
function usedBy({ duration, isAnswered }: LoggedEnd): number {
  return isAnswered ? duration + 1 : 0;
}

function isEqual(a: OwnerLimits | undefined, b: OwnerLimits | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What of a call people would notice. */
function changesOf(before: CallPlan, after: CallPlan, seconds: number): Change[] {
  if (before.kind === 'refuse' && after.kind === 'refuse')
    return difference('refusal', before.because, after.because);
  if (after.kind === 'refuse') return [{ kind: 'refused', before: undefined, after: after.because }];
  if (before.kind === 'refuse') return [{ kind: 'allowed', before: before.because, after: undefined }];
  const [old, next] = [dialOf(before), dialOf(after)];
  const trunk = difference('trunk', old.trunk, next.trunk);
  return [
    ...trunk,
    // Another trunk is dialled in another way.
    ...(trunk.length > 0 ? [] : difference('number', old.sipUri, next.sipUri)),
    ...difference('caller-id', old.callerId, next.callerId),
    ...(isCut(after, seconds) && !isCut(before, seconds)
      ? [{ kind: 'cut' as const, before: undefined, after: `${after.maxSeconds} s` }]
      : []),
    ...difference('observed', wouldOf(before), wouldOf(after)),
  ];
}

function difference(kind: Change['kind'], before: string | undefined, after: string | undefined): Change[] {
  return before === after ? [] : [{ kind, before, after }];
}

/** What the rules that are only observed would have refused it for. */
function wouldOf(plan: DialPlanned | RingPlanned): string | undefined {
  return plan.kind === 'ring' ? undefined : plan.would.join(', ') || undefined;
}

/** The first dial, as a carrier or a phone sees it. */
function dialOf(plan: DialPlanned | RingPlanned) {
  const dial = dialVerbs(plan, 1, { call: '', mac: '' }, { actionHook: '' }).verbs.find(
    (it) => it.verb === 'dial',
  );
  const name = dial?.callerName === undefined ? '' : `"${dial.callerName}" `;
  const hidden = dial?.headers.Privacy === 'id' ? ', hidden' : '';
  return {
    trunk: plan.kind === 'ring' ? formatPhones(plan.steps[0]) : plan.attempts[0].trunk,
    sipUri: dial?.target[0].type === 'sip' ? dial.target[0].sipUri : undefined,
    callerId: dial && `${name}${dial.callerId}${hidden}`,
  };
}

/** A second is lost between the end of the time and the report of it. */
function isCut({ maxSeconds }: DialPlanned | RingPlanned, seconds: number): boolean {
  return maxSeconds !== undefined && seconds > maxSeconds + 1;
}
