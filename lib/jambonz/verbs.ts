import type { CallerId } from '../registrar/caller-id';
import type { Attempt, DialPlanned } from '../registrar/plan';
import type { TagData } from './call-tag';

/** The verbs we return, in the properties that every jambonz from 0.8.3 on accepts: one unknown one is a 480. */
export type Verb = Tag | Dial | Decline;

export interface Tag {
  readonly verb: 'tag';
  readonly data: TagData;
}

export interface Dial {
  readonly verb: 'dial';
  /** Ring before answering the caller: failures stay failures, and nobody pays for ringing. */
  readonly answerOnBridge: true;
  /** Always there: without it the device's own From goes to the carrier. */
  readonly callerId: string;
  readonly callerName?: string;
  /** Seconds of ringing. */
  readonly timeout?: number;
  /** Seconds of talking. */
  readonly timeLimit?: number;
  /** Absolute: a relative one would lose the stage in the path. */
  readonly actionHook: string;
  /** An empty text keeps the device's own header from the carrier (dial.js copies them by default). */
  readonly headers: Readonly<Record<'P-Asserted-Identity' | 'Privacy', string>>;
  readonly target: readonly [SipTarget];
}

export interface SipTarget {
  readonly type: 'sip';
  readonly sipUri: string;
  readonly auth?: { readonly username: string; readonly password: string };
}

export interface Decline {
  readonly verb: 'sip:decline';
  readonly status: number;
}

/** What the phone sees when the action hook fails too: without a decline behind the dial jambonz would say 603. */
const TRUNK_FAILED = 503;

/** The call ends here. */
export function declineVerbs(status: number): Verb[] {
  return [{ verb: 'sip:decline', status }];
}

/**
 * One attempt of a plan in jambonz's words. The decline behind the dial is skipped once a call was answered.
 * @param attempt its place in the plan, from 1
 */
export function dialVerbs(plan: DialPlanned, attempt: number, tag: TagData, actionHook: string): Verb[] {
  const chosen = plan.attempts[attempt - 1];
  if (!chosen) return declineVerbs(TRUNK_FAILED);
  return [{ verb: 'tag', data: tag }, dial(plan, chosen, actionHook), ...declineVerbs(TRUNK_FAILED)];
}

function dial({ callerId, maxSeconds }: DialPlanned, attempt: Attempt, actionHook: string): Dial {
  const { outboundAuth, ringTimeout } = attempt;
  return {
    verb: 'dial',
    answerOnBridge: true,
    ...identity(callerId, attempt),
    ...(ringTimeout !== undefined && { timeout: ringTimeout }),
    ...(maxSeconds !== undefined && { timeLimit: maxSeconds }),
    actionHook,
    target: [
      {
        type: 'sip',
        sipUri: sipUri(attempt),
        ...(outboundAuth && { auth: { username: outboundAuth.username, password: outboundAuth.password } }),
      },
    ],
  };
}

/**
 * Who calls, in all four places at once. Hidden: anonymous in From, and the number for the carrier only (RFC 3323
 * section 4.1, RFC 3325 section 9.1). A carrier knows its numbers by its own host name.
 */
function identity(
  { name, hidden }: CallerId,
  { callerId, host }: Attempt,
): Pick<Dial, 'callerId' | 'callerName' | 'headers'> {
  if (hidden && callerId !== undefined) {
    const asserted = { 'P-Asserted-Identity': `<sip:${callerId}@${host}>`, Privacy: 'id' };
    return { callerId: 'anonymous', callerName: 'Anonymous', headers: asserted };
  }
  return {
    callerId: callerId ?? 'anonymous',
    ...(name !== undefined && { callerName: name }),
    headers: { 'P-Asserted-Identity': '', Privacy: '' },
  };
}

/** The user part is raw: `#` survives, and `%xx` before a `#` would make jambonz refuse the URI. */
function sipUri({ techPrefix, number, host, port, transport }: Attempt): string {
  const where = port === undefined ? host : `${host}:${port}`;
  return `sip:${techPrefix}${number}@${where}${transport === undefined ? '' : `;transport=${transport}`}`;
}
