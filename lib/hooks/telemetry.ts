import type { CallTag } from '../jambonz/call-tag';
import { accountOf, type CallOrigin, directionOf } from '../registrar/calls/call-origin';
import { calledNumber } from '../registrar/calls/inbound';
import { formatPhones } from '../registrar/calls/internal-call';
import type { CallPlan } from '../registrar/calls/plan';
import { type Aor, formatAor, isRealm, isUsername } from '../registrar/record/aor';
import type { Problem } from '../registrar/record/customer';
import { NUMBERS } from '../registrar/record/number-record';
import { errorName, Undecided } from './errors';
import type { HookOutcome } from './outcome';

/** One line of the log: flat, searchable, and without a secret or a digest in it. */
export type LogLine = Readonly<Record<string, string | number | boolean | undefined>>;

export type Level = 'INFO' | 'WARN' | 'ERROR';

/** Which request it was about. */
export interface Request {
  /** API Gateway's extended one: half as long as the other, and the access log has it. */
  readonly requestId: string;
  /** How long it has taken so far. */
  readonly milliseconds: number;
}

/** What is reported about the hooks: a log line for people, and counts for CloudWatch. */
export interface Telemetry {
  outcome(outcome: HookOutcome, request: Request): void;
  /** Something broke, and the request was answered 504. */
  failed(cause: unknown, request: Request): void;
  /** Something went on although AWS failed. */
  degraded(degradation: Degradation): void;
  badRecord(aor: Aor, problems: readonly Problem[]): void;
  lookedUp(milliseconds: number): void;
}

/** The log line of an outcome. */
export function lineOf(outcome: HookOutcome): LogLine {
  if ('refused' in outcome) return { hook: outcome.hook, answer: 'refused', because: outcome.refused };
  switch (outcome.hook) {
    case 'register-auth':
      return lineOfAuth(outcome);
    case 'call-hook': {
      const { hook, call, plan, grant, illegal } = outcome;
      const asked = { hook, answer: plan.kind, grant: grant === 'not-asked' ? undefined : grant };
      const unknown =
        plan.kind === 'refuse' && call.origin.kind === 'carrier' ? calledNumber(call) : undefined;
      return { ...asked, to: unknown, ...planLine(plan, call.origin, illegal) };
    }
    case 'dial-action': {
      const { tag, step, forward, illegal } = outcome;
      const { kind, because } = step;
      return {
        ...callLine('dial-action', tag),
        illegal: illegal.join(',') || undefined,
        answer: kind,
        because,
        status: kind === 'give-up' ? step.status : undefined,
        ...(forward && forwardLine(forward)),
      };
    }
    case 'refer': {
      const { hook } = outcome;
      if ('untransferred' in outcome) {
        const { tag, untransferred: because } = outcome;
        return { hook, answer: 'refuse', ...(tag && whoLine(tag)), because };
      }
      const { tag, plan, illegal } = outcome;
      const answer = plan.kind === 'refuse' ? 'refuse' : 'transfer';
      return { hook, answer, ...planLine(plan, tag.call.origin, illegal) };
    }
    case 'call-status': {
      const { tag, status, sipStatus, duration, endedBy, transferredTo } = outcome.record;
      return {
        ...callLine('call-status', tag),
        answer: 'ended',
        because: status,
        status: sipStatus,
        duration,
        endedBy,
        transferredTo,
      };
    }
  }
}

/** What a call may do. The usual direction, outbound, goes without saying. */
function planLine(plan: CallPlan, origin: CallOrigin, illegal: readonly string[]): LogLine {
  const direction = directionLine(origin, plan.kind === 'ring');
  const aor = plan.caller && printable(plan.caller);
  if (plan.kind === 'refuse') {
    const { because, destination, status } = plan;
    return { ...direction, aor, because, ...(destination && { to: destination.number }), status };
  }
  const { callerId } = plan;
  const left = { ...direction, aor, illegal: illegal.join(',') || undefined };
  if (plan.kind === 'ring')
    return {
      ...left,
      because: plan.because,
      to: plan.called,
      callerId: callerId.number ?? 'anonymous',
      phones: formatPhones(plan.steps[0]),
    };
  return {
    ...left,
    because: callerId.because,
    to: plan.destination.number,
    callerId: callerId.number,
    trunk: plan.attempts[0].trunk,
    emergency: plan.destination.because === 'emergency' || undefined,
  };
}

/** Where a call goes that no phone answered, or why it goes nowhere. */
function forwardLine(plan: CallPlan): LogLine {
  const payer = plan.caller && printable(plan.caller);
  if (plan.kind === 'refuse') return { forwardedBy: payer };
  if (plan.kind === 'ring') return { forwardedBy: payer, forwardedTo: formatPhones(plan.steps[0]) };
  return { forwardedBy: payer, forwardedTo: plan.destination.number };
}

/** The call that a later hook is about; `trunk`, `phones` and `attempt` are those that ended. */
function callLine(hook: string, tag: CallTag): LogLine {
  const { number, trunk, phones, attempt, shown } = tag;
  return { hook, ...whoLine(tag), to: number, trunk, phones, attempt, callerId: shown };
}

function whoLine({ call: { origin }, phones }: CallTag): LogLine {
  return { ...directionLine(origin, phones !== undefined), ...aorLine(origin) };
}

function directionLine(origin: CallOrigin, isRinging: boolean): LogLine {
  const direction = directionOf(origin, isRinging);
  return direction === 'outbound' ? {} : { direction };
}

function aorLine(origin: CallOrigin): LogLine {
  const account = accountOf(origin);
  return account ? { aor: printable(account) } : {};
}

/** An IPv6 address with all its digits. */
const LONGEST_ADDRESS = 39;
/** Maker, model and most of the version. */
const LONGEST_AGENT = 40;
const LONGEST_OK = 220;
const REST_OF_OK = ',"userAgent":"","ms":12345,"requestId":"JKJaXmPL"'.length;

/** Printable ASCII that JSON writes as it stands; undefined: there is none. */
function printableText(text: string, longest: number): string | undefined {
  const printed = text.slice(0, Math.max(0, longest)).replace(/[^ !#-[\]-~]/g, '?');
  return printed === '' ? undefined : printed;
}

type AuthDecision = Extract<HookOutcome, { hook: 'register-auth'; admission: unknown }>;

function lineOfAuth({ hook, method, admission, source, userAgent }: AuthDecision): LogLine {
  const aor = printable(admission.aor);
  const from = {
    address: printableText(source.address, LONGEST_ADDRESS),
    // The address is nothing but what the device wrote itself.
    claimed: source.claimedByDevice || undefined,
  };
  if (!admission.admitted) {
    const { because } = admission;
    const agent = printableText(userAgent, LONGEST_AGENT);
    return { hook, answer: 'fail', aor, method, because, ...from, userAgent: agent };
  }
  // Millions of these a day are written: the one reason for ok goes without saying, as does the usual credential,
  // and that who is granted a time has registered. Where the names are long the agent is cut short.
  const { credential, expires, observed, despite } = admission;
  const label = credential === 'password' || credential === 'ha1' ? undefined : credential;
  const other = expires === undefined ? method : undefined;
  const line = {
    hook,
    answer: 'ok',
    aor,
    method: other,
    credential: label,
    expires,
    observed,
    despite,
    ...from,
  };
  const room = LONGEST_OK - Buffer.byteLength(JSON.stringify(line)) - REST_OF_OK;
  return { ...line, userAgent: printableText(userAgent, Math.min(LONGEST_AGENT, room)) };
}

/** A record that an admin should mend: where and how, never what stands there. */
export function linesOfProblems(aor: Aor, problems: readonly Problem[]): LogLine[] {
  return problems.map(({ path, fix }) => ({ badRecord: printable(aor), path, fix }));
}

/** Something broke. Names only: messages of strangers' errors may quote what they choked on. */
export function lineOfBroken(cause: unknown): LogLine {
  const error = cause instanceof Error ? cause : new Error('not an error');
  const ours = error instanceof Undecided ? error.message : undefined;
  return {
    undecided: error.name,
    because: ours,
    inner: error.cause === undefined ? undefined : errorName(error.cause),
  };
}

/** Our own errors say in their message what AWS said; others are known by their names. */
function innermost(cause: unknown): string {
  return cause instanceof Undecided && cause.cause !== undefined ? errorName(cause.cause) : errorName(cause);
}

/** What went on although AWS failed, and what was not looked at meanwhile. */
export interface Degradation {
  readonly what:
    | 'stale-record-served'
    | 'replay-not-checked'
    | 'guessing-not-checked'
    | 'grant-not-checked'
    | 'limits-not-checked'
    | 'end-of-call-not-noted'
    | 'old-secrets-kept'
    | 'previous-secret-not-read';
  readonly aor?: Aor | undefined;
  readonly cause: unknown;
}

export type OnDegraded = (degradation: Degradation) => void;

export function lineOfDegradation({ what, aor, cause }: Degradation): LogLine {
  const because = cause instanceof Undecided ? cause.message : undefined;
  return { trouble: what, aor: aor && printable(aor), because, inner: innermost(cause) };
}

/** Who it was about. What no account can be called was sent by a stranger: a short, harmless piece of it will do. */
function printable(aor: Aor): string {
  const text = formatAor(aor).replace(UNPRINTABLE, '?');
  const isKnown = isUsername(aor.username) && (isRealm(aor.realm) || aor.realm === NUMBERS);
  return isKnown ? text : `${text.slice(0, 60)}…`;
}

/** Control, direction and line characters, and halves of others. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
