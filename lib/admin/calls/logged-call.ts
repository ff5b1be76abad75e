import type { StoredLine } from '../../aws/tools/stored-log';
import { type LogLine, reportOf } from '../../hooks/telemetry';
import { dialVerbs } from '../../jambonz/verbs';
import type { CallGrantMode, GrantState } from '../../registrar/auth/call-grant';
import type { Call, CallRecords, CallSettings } from '../../registrar/calls/call';
import { CAPS_REACHED, type CapReached, type LeaseResult } from '../../registrar/calls/call-limits';
import type { CallOrigin } from '../../registrar/calls/call-origin';
import { applyFacts, type CallPlan, type DialPlanned, planCall } from '../../registrar/calls/plan';
import { parseAor } from '../../registrar/record/aor';

/** A call as the line of its call hook tells it: enough to decide about it again. */
export interface LoggedCall {
  /** Unix ms. */
  readonly at: number;
  /** Its name in all its lines. */
  readonly name: string;
  /** Who called, as the log writes it; empty: nobody who could be named. */
  readonly aor: string;
  readonly call: Call;
  readonly grant: GrantState;
  /** undefined: the line does not tell, as no call was refused for its grant and none missed one. */
  readonly callGrant: CallGrantMode | undefined;
  readonly line: StoredLine['line'];
}

/** How a call ended, as the line of its end tells it. */
export interface LoggedEnd {
  /** Unix ms. */
  readonly at: number;
  readonly name: string;
  readonly isAnswered: boolean;
  /** Seconds of talking. */
  readonly duration: number;
}

/**
 * Reads the line of a call hook.
 * @returns `cut`: what the device said was too long for a line; undefined: a line of another hook or of a version that
 * did not tell what was dialled
 */
export function readLoggedCall({ line, at }: StoredLine): LoggedCall | 'cut' | undefined {
  const { hook, call: name, aor = '', dialled, from, identity, because } = line;
  if (hook !== 'call-hook' || typeof name !== 'string' || typeof aor !== 'string') return undefined;
  if (typeof dialled !== 'string' || typeof from !== 'string') return undefined;
  if ([dialled, from, identity].some((it) => typeof it === 'string' && it.endsWith('…'))) return 'cut';
  const grant = GRANTS.find((it) => it === line.grant) ?? 'not-asked';
  return {
    at,
    name,
    aor,
    call: {
      id: name,
      origin: readOrigin(line, aor),
      dialled,
      presented: {
        from,
        identity: typeof identity === 'string' ? identity : undefined,
        private: line.private === true,
      },
      deviceCallId: '',
    },
    grant,
    callGrant: because === 'no-grant' ? 'enforce' : grant === 'missing' ? 'observe' : undefined,
    line,
  };
}

/** The lines of carriers' calls say `inbound`. */
function readOrigin({ because, direction }: StoredLine['line'], aor: string): CallOrigin {
  if (because === 'no-caller') return { kind: 'refused', because, claimed: undefined };
  // A name that no account has: none is found for it.
  const account = parseAor(aor) ?? { username: aor, realm: '' };
  if (because === 'trunk-call') return { kind: 'refused', because, claimed: account };
  return direction === 'inbound' ? { kind: 'carrier' } : { kind: 'account', aor: account };
}

const GRANTS: readonly GrantState[] = ['granted', 'new-source', 'missing', 'unknown'];

/** Reads the line of a call that ended; undefined: it is another one. */
export function readLoggedEnd({ line, at }: StoredLine): LoggedEnd | undefined {
  const { hook, answer, call: name, because, duration } = line;
  if (hook !== 'call-status' || answer !== 'ended' || typeof name !== 'string') return undefined;
  return {
    at,
    name,
    isAnswered: because === 'completed',
    duration: typeof duration === 'number' ? duration : 0,
  };
}

/**
 * Decides about a logged call again, by these records.
 * @param leaseFor what it found at its caps, asked only where it comes under some
 */
export function replay(
  { call, grant, callGrant }: LoggedCall,
  records: CallRecords,
  settings: CallSettings,
  leaseFor: (plan: DialPlanned) => LeaseResult,
): CallPlan {
  const own = { ...settings, callGrant: callGrant ?? settings.callGrant };
  const plan = planCall(call, records, own);
  if (plan.kind === 'refuse') return plan;
  const withoutLease = applyFacts(plan, { grant, lease: 'not-asked' }, own);
  if (withoutLease.kind === 'refuse' || plan.kind === 'ring' || !plan.limits) return withoutLease;
  return applyFacts(plan, { grant, lease: leaseFor(plan) }, own);
}

/** What the call found at its caps then: the log tells. */
export function loggedLease({ line }: LoggedCall, { limits }: DialPlanned): LeaseResult {
  const refusal = CAPS_REACHED.find((it) => line.answer === 'refuse' && it === line.because);
  if (refusal) return { result: refusal };
  const budgets = limits?.budgets.map(({ name }) => name) ?? [];
  return {
    result: 'acquired',
    until: undefined,
    reserved: typeof line.reserved === 'number' ? { seconds: line.reserved, budgets } : undefined,
    would: woulds(line).filter((it): it is CapReached => CAPS_REACHED.some((reached) => reached === it)),
    low: [],
  };
}

function woulds({ would }: StoredLine['line']): readonly string[] {
  return typeof would === 'string' ? would.split(',') : [];
}

/** The line that this decision about a logged call would have. */
export function lineOfReplay({ call, grant }: LoggedCall, plan: CallPlan): LogLine {
  const illegal =
    plan.kind === 'refuse' ? [] : dialVerbs(plan, 1, { call: '', mac: '' }, { actionHook: '' }).illegal;
  return reportOf({ hook: 'call-hook', call, plan, grant, illegal }).line;
}

/** Was the call decided so? Compares all but who called and in which request. */
export function isAsLogged(it: LoggedCall, plan: CallPlan): boolean {
  return decisionIn(lineOfReplay(it, plan)) === decisionIn(it.line);
}

const NOT_DECIDED = ['level', 'ms', 'requestId', 'aor', 'call'];

function decisionIn(line: StoredLine['line']): string {
  const decided = Object.entries(line).filter(
    ([name, value]) => value !== undefined && !NOT_DECIDED.includes(name),
  );
  return JSON.stringify(decided.sort(([a], [b]) => (a < b ? -1 : 1)));
}
