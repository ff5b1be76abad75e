import { isIP } from 'node:net';
import type { CallTag } from '../jambonz/call-tag';
import { type Decision, Undecided } from '../jambonz/world';
import { type Aor, formatAor, isRealm, isUsername } from '../registrar/aor';
import type { Problem } from '../registrar/customer';
import { type Count, count, countsOf, meter } from './metrics';
import { nameOf } from './tries';

/** One line of the log: flat, searchable, and without a secret or a digest in it. */
export type LogLine = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where lines go: one JSON object each. */
export type Print = (line: object) => void;

export type Level = 'INFO' | 'WARN' | 'ERROR';
const LEVELS: readonly string[] = ['INFO', 'WARN', 'ERROR'];

/** Which request it was about. */
export interface Request {
  /** API Gateway's extended one: half as long as the other, and the access log has it. */
  readonly requestId: string;
  /** How long it has taken so far. */
  readonly milliseconds: number;
}

/** What is told of the hooks: a line for people, and counts for CloudWatch. */
export interface Journal {
  decided(decision: Decision, request: Request): void;
  /** Something broke, and the request was answered 504. */
  broke(cause: unknown, request: Request): void;
  /** Something went on although AWS failed. */
  troubled(trouble: Trouble): void;
  badRecord(aor: Aor, problems: readonly Problem[]): void;
  lookedUp(milliseconds: number): void;
}

/**
 * A journal of JSON lines. Counts go out at the end of a request, whatever the level; those of what went well wait up
 * to 10 s for company, as a line of metrics costs more than the line of an ok. A Lambda that is asked nothing any more
 * keeps the last of them to itself.
 * @param namespace of the metrics
 * @param level the least that gets a line
 */
export function journal(
  print: Print,
  namespace: string,
  level: string | undefined,
  now: () => number,
): Journal {
  const waiting = meter(namespace);
  const least = LEVELS.indexOf(level ?? 'INFO');
  const write = (at: Level, line: LogLine) => {
    if (LEVELS.indexOf(at) >= least) print(at === 'INFO' ? line : { level: at, ...line });
  };
  let countedAt = -Infinity;
  const end = (counts: readonly Count[], at: Level) => {
    counts.forEach(waiting.add);
    if (at === 'INFO' && now() - countedAt < QUIET_MS) return;
    countedAt = now();
    waiting.lines(countedAt).forEach(print);
  };
  return {
    decided: (decision, { requestId, milliseconds }) => {
      const level = levelOf(decision);
      write(level, Object.assign(lineOf(decision), { ms: milliseconds, requestId: shortened(requestId) }));
      end(countsOf(decision), level);
    },
    broke: (cause, { requestId, milliseconds }) => {
      write('ERROR', { ...lineOfBroken(cause), ms: milliseconds, requestId: shortened(requestId) });
      end([count('undecided')], 'ERROR');
    },
    troubled: (trouble) => {
      write('WARN', lineOfTrouble(trouble));
      waiting.add(count(TROUBLES[trouble.what]));
    },
    badRecord: (aor, problems) => {
      for (const line of linesOfProblems(aor, problems)) write('WARN', line);
      waiting.add(count('badRecords'));
    },
    lookedUp: (milliseconds) => waiting.add({ metric: 'lookupTime', value: milliseconds }),
  };
}

/** How long counts of what went well may wait. */
const QUIET_MS = 10_000;

/** Enough to find the request in the access log, which has all of it. */
function shortened(requestId: string): string {
  return requestId.slice(0, 8);
}

const TROUBLES: Readonly<Record<Trouble['what'], Count['metric']>> = {
  'stale-record-served': 'staleServed',
  'old-secrets-kept': 'staleServed',
  'replay-not-checked': 'unchecked',
  'guessing-not-checked': 'unchecked',
  'grant-not-checked': 'unchecked',
  'end-of-call-not-noted': 'unchecked',
};

function levelOf(decision: Decision): Level {
  if ('refused' in decision) return 'WARN';
  const refused =
    (decision.hook === 'register-auth' && !decision.admission.admitted) ||
    (decision.hook === 'call-hook' && decision.plan.kind === 'refuse');
  return refused ? 'WARN' : 'INFO';
}

/** What is told of a decision. */
export function lineOf(decision: Decision): LogLine {
  if ('refused' in decision) return { hook: decision.hook, answer: 'refused', because: decision.refused };
  switch (decision.hook) {
    case 'register-auth': {
      const { admission, method } = decision;
      const { hook } = decision;
      const aor = printable(admission.aor);
      const address = addressOf(decision.address);
      if (!admission.admitted)
        return { hook, answer: 'fail', aor, address, method, because: admission.because };
      // Millions of these a day are written: the one reason for ok goes without saying, as does the usual credential,
      // and that who is granted a time has registered.
      const { credential, expires, observed } = admission;
      const label = credential === 'password' || credential === 'ha1' ? undefined : credential;
      const other = expires === undefined ? method : undefined;
      return { hook, answer: 'ok', aor, address, method: other, credential: label, expires, observed };
    }
    case 'call-hook': {
      const { plan, grant } = decision;
      const caller = {
        hook: 'call-hook',
        answer: plan.kind,
        aor: plan.caller && printable(plan.caller),
        grant: grant === 'not-asked' ? undefined : grant,
      };
      if (plan.kind === 'refuse')
        return { ...caller, because: plan.because, to: plan.destination?.number, status: plan.status };
      const { destination, callerId, attempts } = plan;
      return {
        ...caller,
        because: callerId.because,
        to: destination.number,
        callerId: callerId.number,
        trunk: attempts[0].trunk,
        emergency: destination.because === 'emergency' || undefined,
      };
    }
    case 'dial-action': {
      const { tag, step } = decision;
      const { kind, because } = step;
      return {
        ...callLine('dial-action', tag),
        answer: kind,
        because,
        status: kind === 'give-up' ? step.status : undefined,
      };
    }
    case 'call-status': {
      const { tag, status, sipStatus, duration, endedBy } = decision.record;
      return {
        ...callLine('call-status', tag),
        answer: 'ended',
        because: status,
        status: sipStatus,
        duration,
        endedBy,
      };
    }
  }
}

/** The call that a later hook is about; `trunk` and `attempt` are those that ended. */
function callLine(hook: string, { call, number, trunk, attempt, shown }: CallTag): LogLine {
  return { hook, aor: printable(call.caller), to: number, trunk, attempt, callerId: shown };
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
    inner: error.cause === undefined ? undefined : nameOf(error.cause),
  };
}

/** What went on although AWS failed, and what was not looked at meanwhile. */
export interface Trouble {
  readonly what:
    | 'stale-record-served'
    | 'replay-not-checked'
    | 'guessing-not-checked'
    | 'grant-not-checked'
    | 'end-of-call-not-noted'
    | 'old-secrets-kept';
  readonly aor?: Aor | undefined;
  readonly cause: unknown;
}

export type OnTrouble = (trouble: Trouble) => void;

export function lineOfTrouble({ what, aor, cause }: Trouble): LogLine {
  return { trouble: what, aor: aor && printable(aor), inner: nameOf(cause) };
}

/** Who it was about. What no account can be called was sent by a stranger: a short, harmless piece of it will do. */
function printable(aor: Aor): string {
  const text = formatAor(aor).replace(HARMFUL, '?');
  return isUsername(aor.username) && isRealm(aor.realm) ? text : `${text.slice(0, 60)}…`;
}

function addressOf(text: string | undefined): string | undefined {
  return text !== undefined && isIP(text) > 0 ? text : undefined;
}

/** Control, direction and line characters, and halves of others. */
const HARMFUL = /[\p{C}\p{Zl}\p{Zp}]/gu;
