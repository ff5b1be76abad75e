import type { CallTag } from '../jambonz/call-tag';
import type { WrittenVerbs } from '../jambonz/verbs';
import type { AdmissionRefusal } from '../registrar/auth/admission';
import type { Call } from '../registrar/calls/call';
import { callName } from '../registrar/calls/call-name';
import { accountOf, type CallOrigin, directionOf } from '../registrar/calls/call-origin';
import { calledNumber } from '../registrar/calls/inbound';
import { formatPhones } from '../registrar/calls/internal-call';
import type { CallPlan } from '../registrar/calls/plan';
import { type Aor, formatAor, isRealm, isUsername } from '../registrar/record/aor';
import type { Problem } from '../registrar/record/customer';
import { NUMBERS } from '../registrar/record/number-key';
import { errorName, Undecided } from './errors';
import { type Count, count, METRIC_SPLITS } from './metrics';
import type { HookName, HookOutcome } from './outcome';
import { readableText } from './readable-text';

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
  /** The request was answered, but something in AWS failed. */
  degraded(degradation: Degradation): void;
  badRecord(aor: Aor, problems: readonly Problem[]): void;
  lookedUp(milliseconds: number): void;
}

/** What is reported of an outcome: a line of the log, how much it matters, and what it adds to the metrics. */
export interface Report {
  readonly level: Level;
  readonly line: LogLine;
  /** Lines besides, each a warning. */
  readonly more?: readonly LogLine[];
  readonly counts: readonly Count[];
}

/** The only place that tells outcomes apart in order to report them. */
export function reportOf(outcome: HookOutcome): Report {
  if ('refused' in outcome) return reportOfRefusedHook(outcome.hook, outcome.refused);
  switch (outcome.hook) {
    case 'register-auth':
      return outcome.admission.admitted
        ? reportOfAdmitted(outcome, outcome.admission)
        : reportOfNotAdmitted(outcome, outcome.admission);
    case 'call-hook':
      return reportOfCall(outcome);
    case 'dial-action':
      return reportOfDial(outcome);
    case 'refer':
      return 'untransferred' in outcome ? reportOfUntransferred(outcome) : reportOfTransfer(outcome);
    case 'call-status':
      return reportOfEnd(outcome);
  }
}

function reportOfRefusedHook(hook: HookName, because: RefusedBecause): Report {
  const alarming = REFUSED_HOOKS[because];
  return {
    level: 'WARN',
    line: { hook, answer: 'refused', because },
    counts: [...countsOfHook(hook), ...(alarming ? [count(alarming)] : [])],
  };
}

function countsOfHook(hook: HookName): Count[] {
  return METRIC_SPLITS.hooks.into.some((it) => it === hook) ? [count('hooks', { hook })] : [];
}

type RefusedBecause = Extract<HookOutcome, { refused: unknown }>['refused'];
const REFUSED_HOOKS: Readonly<Record<RefusedBecause, Count['metric'] | undefined>> = {
  'missing-signature': 'signatureFailures',
  'wrong-signature': 'signatureFailures',
  'forged-call-data': 'signatureFailures',
  'signature-too-old': 'clockSkew',
  'signature-from-future': 'clockSkew',
  'too-large': undefined,
  'not-json': undefined,
  'not-understood': undefined,
  'realm-of-another-account': undefined,
};

/** An IPv6 address with all its digits. */
const LONGEST_ADDRESS = 39;
/** Maker, model and most of the version. */
const LONGEST_AGENT = 40;
const LONGEST_OK = 220;
const REST_OF_OK = ',"userAgent":"","ms":12345,"requestId":"JKJaXmPL"'.length;

/** Printable ASCII that JSON writes without escapes; undefined: the text is empty. */
function printableText(text: string, longest: number): string | undefined {
  const printed = text.slice(0, Math.max(0, longest)).replace(/[^ !#-[\]-~]/g, '?');
  return printed === '' ? undefined : printed;
}

type AuthDecision = Extract<HookOutcome, { hook: 'register-auth'; admission: unknown }>;
type Admitted = Extract<AuthDecision['admission'], { admitted: true }>;
type NotAdmitted = Exclude<AuthDecision['admission'], Admitted>;

function reportOfNotAdmitted(
  { hook, method, source, userAgent }: AuthDecision,
  { aor, because }: NotAdmitted,
): Report {
  const agent = printableText(userAgent, LONGEST_AGENT);
  return {
    level: 'WARN',
    line: {
      hook,
      answer: 'fail',
      aor: printable(aor),
      method,
      because,
      ...lineOfSource(source),
      userAgent: agent,
    },
    counts: [...countsOfHook(hook), count('refusals'), ...countsOfRefusal(because)],
  };
}

function reportOfAdmitted(decision: AuthDecision, admitted: Admitted): Report {
  const { hook, method } = decision;
  const { observed } = admitted;
  const isObserved = observed !== undefined && observed !== 'not-checked';
  return {
    level: 'INFO',
    line: lineOfAdmitted(decision, admitted),
    counts: [
      ...countsOfHook(hook),
      ...(method === 'REGISTER' ? [count('registrations')] : []),
      ...(isObserved ? [count('replayObserved')] : []),
    ],
  };
}

function lineOfSource({ address, claimedByDevice }: AuthDecision['source']): LogLine {
  return {
    address: printableText(address, LONGEST_ADDRESS),
    // The address is nothing but what the device wrote itself.
    claimed: claimedByDevice || undefined,
  };
}

/**
 * Millions of these a day are written: the one reason for ok is left out, and so are the usual credential, and that
 * the method was REGISTER where a time is granted. Where the names are long the agent is cut short.
 */
function lineOfAdmitted(decision: AuthDecision, admitted: Admitted): LogLine {
  const { hook, method, source, userAgent } = decision;
  const { aor, credential, expires, observed, despite } = admitted;
  const line = {
    hook,
    answer: 'ok',
    aor: printable(aor),
    method: expires === undefined ? method : undefined,
    credential: credential === 'password' || credential === 'ha1' ? undefined : credential,
    expires,
    observed,
    despite,
    ...lineOfSource(source),
  };
  const room = LONGEST_OK - bytesOf(line) - REST_OF_OK;
  return { ...line, userAgent: printableText(userAgent, Math.min(LONGEST_AGENT, room)) };
}

/** As many as `JSON.stringify` would write, and cheaper: only an AOR may hold what is escaped, or more than ASCII. */
function bytesOf(line: LogLine): number {
  let bytes = 1;
  for (const name in line) {
    const value = line[name];
    if (value === undefined) continue;
    const length =
      typeof value !== 'string'
        ? String(value).length
        : name === 'aor'
          ? Buffer.byteLength(JSON.stringify(value))
          : value.length + 2;
    bytes += name.length + 4 + length;
  }
  return bytes;
}

function countsOfRefusal(because: AdmissionRefusal): Count[] {
  switch (because) {
    case 'replayed':
    case 'not-our-nonce':
    case 'nonce-from-future':
    case 'nonce-too-old':
      return [count('replayRefused')];
    case 'limited':
    case 'limited-address':
      return [count('limited')];
    default:
      return [];
  }
}

function reportOfCall({
  hook,
  call,
  plan,
  grant,
  illegal,
}: Extract<HookOutcome, { grant: unknown }>): Report {
  const isUnknownNumber = plan.kind === 'refuse' && call.origin.kind === 'carrier';
  const more = linesOfLowBudgets(plan);
  return {
    level: more.length > 0 ? 'WARN' : levelOfPlan(plan, illegal),
    line: withSaid(call, {
      hook,
      answer: plan.kind,
      call: callName(call.id),
      grant: grant === 'not-asked' ? undefined : grant,
      to: isUnknownNumber ? calledNumber(call) : undefined,
      ...lineOfPlan(plan, call.origin, illegal),
    }),
    more,
    counts: [
      ...countsOfHook(hook),
      ...countsOfPlan(plan),
      ...(grant === 'missing' ? [count('grantMissing')] : []),
    ],
  };
}

/** Somebody calls for help: the line and the count must not wait, whatever the log level. */
function isEmergency(plan: CallPlan): boolean {
  return plan.destination?.because === 'emergency';
}

function levelOfPlan(plan: CallPlan, illegal: WrittenVerbs['illegal']): Level {
  return plan.kind === 'refuse' || isEmergency(plan) || illegal.length > 0 ? 'WARN' : 'INFO';
}

function countsOfPlan(plan: CallPlan): Count[] {
  if (plan.kind === 'refuse') return [];
  if (plan.kind === 'ring') return [count('callsToPhones')];
  const { would, low } = plan;
  return [
    count('calls'),
    ...(isEmergency(plan) ? [count('emergencyCalls')] : []),
    ...(would.length > 0 ? [count('wouldRefuse')] : []),
    ...low.map(() => count('budgetLow')),
  ];
}

/** What a call may do. The usual direction, outbound, is left out. */
function lineOfPlan(plan: CallPlan, origin: CallOrigin, illegal: WrittenVerbs['illegal']): LogLine {
  const direction = lineOfDirection(origin, plan.kind === 'ring');
  const aor = plan.caller && printable(plan.caller);
  if (plan.kind === 'refuse') {
    const { because, destination, status } = plan;
    return { ...direction, aor, because, ...(destination && { to: destination.number }), status };
  }
  const start = { ...direction, aor, illegal: illegal.join(',') || undefined };
  return plan.kind === 'ring'
    ? { ...start, ...lineOfPhones(plan) }
    : { ...start, ...lineOfTrunk(plan), emergency: isEmergency(plan) || undefined };
}

function lineOfPhones({ because, called, callerId, steps }: Extract<CallPlan, { kind: 'ring' }>): LogLine {
  return { because, to: called, callerId: callerId.number ?? 'anonymous', phones: formatPhones(steps[0]) };
}

function lineOfTrunk({
  callerId,
  destination,
  attempts,
  would,
  reserved,
}: Extract<CallPlan, { kind: 'dial' }>): LogLine {
  return {
    because: callerId.because,
    to: destination.number,
    callerId: callerId.number,
    trunk: attempts[0].trunk,
    would: would.join(',') || undefined,
    reserved: reserved?.seconds,
  };
}

function reportOfDial(outcome: Extract<HookOutcome, { step: unknown }>): Report {
  const { hook, tag, step, forward, illegal } = outcome;
  const { kind, because } = step;
  const isTrunkFailure = because === 'trunk-failed' || because === 'last-trunk';
  return {
    level: forward ? levelOfPlan(forward, illegal) : illegal.length > 0 ? 'WARN' : 'INFO',
    line: {
      ...lineOfCall(hook, tag),
      illegal: illegal.join(',') || undefined,
      answer: kind,
      because,
      status: kind === 'give-up' ? step.status : undefined,
      ...(forward && lineOfForward(forward)),
    },
    more: forward ? linesOfLowBudgets(forward) : [],
    counts: [
      ...countsOfHook(hook),
      ...(isTrunkFailure ? [count('trunkFailures')] : []),
      ...(forward ? countsOfPlan(forward) : []),
    ],
  };
}

/** Where a call goes that no phone answered, or why it goes nowhere. */
function lineOfForward(plan: CallPlan): LogLine {
  const payer = plan.caller && printable(plan.caller);
  if (plan.kind === 'refuse') return { forwardedBy: payer };
  if (plan.kind === 'ring') return { forwardedBy: payer, forwardedTo: formatPhones(plan.steps[0]) };
  return { forwardedBy: payer, forwardedTo: plan.destination.number };
}

function reportOfUntransferred({
  hook,
  tag,
  untransferred: because,
}: Extract<HookOutcome, { untransferred: unknown }>): Report {
  return {
    level: 'WARN',
    line: { hook, answer: 'refuse', ...(tag && lineOfCaller(tag)), because },
    counts: [],
  };
}

function reportOfTransfer({
  hook,
  tag,
  plan,
  illegal,
}: Extract<HookOutcome, { hook: 'refer'; plan: unknown }>): Report {
  const answer = plan.kind === 'refuse' ? 'refuse' : 'transfer';
  return {
    level: levelOfPlan(plan, illegal),
    line: {
      hook,
      answer,
      call: callName(tag.call.id),
      ...lineOfPlan(plan, tag.call.origin, illegal),
    },
    more: linesOfLowBudgets(plan),
    counts: countsOfPlan(plan),
  };
}

function reportOfEnd({ hook, record }: Extract<HookOutcome, { record: unknown }>): Report {
  const { tag, status, sipStatus, duration, endedBy, transferredTo } = record;
  return {
    level: 'INFO',
    line: {
      ...lineOfCall(hook, tag),
      answer: 'ended',
      because: status,
      status: sipStatus,
      started: tag.began.at,
      duration,
      endedBy,
      customer: tag.began.customer,
      transferredTo,
    },
    counts: [count('callsEnded', { outcome: status }), { metric: 'talkTime', value: duration }],
  };
}

/** The call that a later hook is about; `trunk`, `phones` and `attempt` are those that ended. */
function lineOfCall(hook: string, tag: CallTag): LogLine {
  const { call, number, trunk, phones, attempt, shown } = tag;
  return {
    hook,
    ...lineOfCaller(tag),
    call: callName(call.id),
    to: number,
    trunk,
    phones,
    attempt,
    callerId: shown,
  };
}

function lineOfCaller({ call: { origin }, phones }: CallTag): LogLine {
  const account = accountOf(origin);
  return {
    ...lineOfDirection(origin, phones !== undefined),
    ...(account && { aor: printable(account) }),
  };
}

function lineOfDirection(origin: CallOrigin, isRinging: boolean): LogLine {
  const direction = directionOf(origin, isRinging);
  return direction === 'outbound' ? {} : { direction };
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

/** The budgets that a call brought low, in minutes. */
function linesOfLowBudgets(plan: CallPlan): LogLine[] {
  if (plan.kind !== 'dial') return [];
  const { limits, low } = plan;
  return low.map(({ name, seconds, spent }) => ({
    budgetLow: limits && printable(limits.owner),
    budget: name,
    minutes: seconds / 60,
    spent: Math.floor(spent / 60),
  }));
}

/** A record that an admin should fix: the path and the fix, never the value. */
export function linesOfProblems(aor: Aor, problems: readonly Problem[]): LogLine[] {
  return problems.map(({ path, fix }) => ({ badRecord: printable(aor), path, fix }));
}

/** A failed request. Only names of errors, because messages of libraries may quote secrets. */
export function lineOfBroken(cause: unknown): LogLine {
  const error = cause instanceof Error ? cause : new Error('not an error');
  const ours = error instanceof Undecided ? error.message : undefined;
  return {
    undecided: error.name,
    because: ours,
    inner: error.cause === undefined ? undefined : errorName(error.cause),
  };
}

/** The name of the error that AWS returned. */
function innermost(cause: unknown): string {
  return cause instanceof Undecided && cause.cause !== undefined ? errorName(cause.cause) : errorName(cause);
}

/** What was done although AWS failed, and which check was skipped. */
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

/** The account of a line. A name that no account can have is cut short, because anyone can send it. */
function printable(aor: Aor): string {
  const name = formatAor(aor);
  const text = PRINTABLE.test(name) ? name : name.replace(UNPRINTABLE, '?');
  const isKnown = isUsername(aor.username) && (isRealm(aor.realm) || aor.realm === NUMBERS);
  return isKnown ? text : `${text.slice(0, 60)}…`;
}

/** At a glance: printable ASCII. */
const PRINTABLE = /^[ -~]*$/;

/** Control, direction and line characters, and halves of others. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
