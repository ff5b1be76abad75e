import type { CallTag } from '../jambonz/call-tag';
import { withoutEscapes } from '../registrar/auth/escapes';
import type { Call } from '../registrar/calls/call';
import { callName } from '../registrar/calls/call-name';
import { type Aor, formatAor, isRealm, isUsername } from '../registrar/record/aor';
import type { Problem } from '../registrar/record/customer';
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
    case 'call-hook':
      return withSaid(outcome.call, lineOfDecidedCall(outcome));
    case 'dial-action': {
      const { tag, step, illegal } = outcome;
      const { kind, because } = step;
      return {
        ...callLine('dial-action', tag),
        illegal: illegal.join(',') || undefined,
        answer: kind,
        because,
        status: kind === 'give-up' ? step.status : undefined,
      };
    }
    case 'call-status': {
      const { tag, status, sipStatus, duration, endedBy } = outcome.record;
      return {
        ...callLine('call-status', tag),
        answer: 'ended',
        because: status,
        status: sipStatus,
        started: tag.began.at,
        duration,
        endedBy,
        customer: tag.began.customer,
      };
    }
  }
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

/** The call that a later hook is about; `trunk` and `attempt` are those that ended. */
function callLine(hook: string, { call, number, trunk, attempt, shown }: CallTag): LogLine {
  const { id, caller } = call;
  return { hook, aor: printable(caller), call: callName(id), to: number, trunk, attempt, callerId: shown };
}

function lineOfDecidedCall({ call, plan, grant, illegal }: Extract<HookOutcome, { call: unknown }>): LogLine {
  const caller = {
    hook: 'call-hook',
    answer: plan.kind,
    aor: plan.caller && printable(plan.caller),
    call: callName(call.id),
    grant: grant === 'not-asked' ? undefined : grant,
  };
  if (plan.kind === 'refuse')
    return { ...caller, because: plan.because, to: plan.destination?.number, status: plan.status };
  const { destination, callerId, attempts, would, reserved } = plan;
  return {
    ...caller,
    illegal: illegal.join(',') || undefined,
    because: callerId.because,
    to: destination.number,
    callerId: callerId.number,
    trunk: attempts[0].trunk,
    emergency: destination.because === 'emergency' || undefined,
    would: would.join(',') || undefined,
    reserved: reserved?.seconds,
  };
}

/** Bytes. Where names are long, what the device said is cut. */
const LONGEST_CALL_LINE = 320;
const REST_OF_CALL_LINE = '"level":"WARN","dialled":"","from":"","ms":1234,"requestId":"JKJaXmPL",'.length;
/** What a number needs. */
const LEAST_DIALLED = 20;
const LONGEST_FROM = 60;

/** Adds whatever the device said that decides about its call: the rules read it back from here. */
function withSaid({ dialled, presented }: Call, line: LogLine): LogLine {
  const { from: user, identity, private: hides } = presented;
  const from = readableText(user, LONGEST_FROM);
  const other = {
    ...line,
    identity: identity && readableText(identity, LONGEST_FROM),
    private: hides || undefined,
  };
  const room = LONGEST_CALL_LINE - REST_OF_CALL_LINE - JSON.stringify(other).length - from.length;
  return { ...other, dialled: readableText(dialled, Math.max(room, LEAST_DIALLED)), from };
}

/**
 * A text of a device in printable ASCII, as JSON writes it, that the rules read as they read the text itself; cut with
 * `…` when it is long.
 */
function readableText(text: string, longest: number): string {
  // Parameters of a number are escaped for themselves.
  const readable = text.split(';').map(escaped).join(';');
  return readable.length > longest ? `${readable.slice(0, longest - CUT.length)}…` : readable;
}

/** `…` in bytes. */
const CUT = Buffer.from('…');

function escaped(text: string): string {
  const isMalformed = text.includes('%') && withoutEscapes(text) === text;
  return (isMalformed ? text.replaceAll('%', '%25') : text)
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/[^ !#-[\]-~]/gu, encodeURIComponent);
}

/** Budgets that a call brought low, for whom it concerns. Minutes. */
export function linesOfLowBudgets(outcome: HookOutcome): LogLine[] {
  if (!('plan' in outcome) || outcome.plan.kind === 'refuse') return [];
  const { limits, low } = outcome.plan;
  return low.map(({ name, seconds, spent }) => ({
    budgetLow: limits && printable(limits.owner),
    budget: name,
    minutes: seconds / 60,
    spent: Math.floor(spent / 60),
  }));
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
  return isUsername(aor.username) && isRealm(aor.realm) ? text : `${text.slice(0, 60)}…`;
}

/** Control, direction and line characters, and halves of others. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
