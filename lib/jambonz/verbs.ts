import type { CallerId } from '../registrar/calls/caller-id';
import type { Attempt, DialPlanned } from '../registrar/calls/plan';
import { NOBODY_ANSWERED, type RingPlanned } from '../registrar/calls/ring';
import { type Aor, formatAor } from '../registrar/record/aor';
import type { TagData } from './call-tag';
import { isLegalSip, type SipPart } from './sip-text';

/** The verbs we return, in the properties that every jambonz from 0.8.3 on accepts: one unknown one is a 480. */
export type Verb = Tag | Dial | Decline;

export interface Tag {
  readonly verb: 'tag';
  readonly data: TagData;
}

export interface Dial {
  readonly verb: 'dial';
  /** Do not answer the caller while the callee rings: failures stay failures, and ringing is not billed. */
  readonly answerOnBridge: true;
  /** Always there: without it the device's own From goes to the carrier. */
  readonly callerId: string;
  readonly callerName?: string;
  /** Seconds of ringing. */
  readonly timeout?: number;
  /** Seconds of talking. */
  readonly timeLimit?: number;
  /** A URL or a tone for the caller while phones or the carrier ring: jambonz then passes no early media on (dial.js). */
  readonly dialMusic?: string;
  /** Absolute: a relative one would lose the stage in the path. */
  readonly actionHook: string;
  /** Where a REFER is asked about; without it jambonz answers 501. Absolute, too. */
  readonly referHook?: string;
  /** The call data that the reports of the called leg bring. */
  readonly tag?: TagData;
  /** Always there, and never empty: they replace the device's own, which dial.js copies by default. */
  readonly headers: Readonly<Record<'P-Asserted-Identity' | 'Privacy', string>>;
  readonly target: readonly [SipTarget] | readonly [UserTarget, ...UserTarget[]];
}

export interface SipTarget {
  readonly type: 'sip';
  readonly sipUri: string;
  readonly auth?: { readonly username: string; readonly password: string };
  /** From, whatever callerId says; since 0.7.7. */
  readonly from?: { readonly user?: string; readonly host?: string };
}

/** A registered phone, by the AOR as jambonz stored it. */
export interface UserTarget {
  readonly type: 'user';
  readonly name: string;
  readonly overrideTo?: string;
}

export interface Decline {
  readonly verb: 'sip:decline';
  readonly status: number;
}

/** What the phone sees when the action hook fails too: without a decline behind the dial jambonz would say 603. */
const TRUNK_FAILED = 503;

/** Verbs, and what the plan has but SIP cannot carry: it was left out. */
export interface WrittenVerbs {
  readonly verbs: Verb[];
  /**
   * Names of the values, never their texts: `callerId`, `callerName`, `identity`, `auth`, `fromUser`, `fromHost`, `sipUri`,
   * `phone`, `overrideTo`.
   */
  readonly illegal: readonly string[];
}

/** The call ends here. */
export function declineVerbs(status: number): Verb[] {
  return [{ verb: 'sip:decline', status }];
}

/** What a dial names beside whom it dials. */
export interface DialHooks {
  readonly actionHook: string;
  readonly referHook?: string | undefined;
  /** Of a leg that was handed on: jambonz then reports the new leg with this data. */
  readonly tag?: TagData | undefined;
}

/**
 * Seconds of ringing, and seconds of silence: ITU-T E.180/Q.35 recommends 425 Hz, 1 s on and 4 s off. With
 * `answerOnBridge` the caller gets 183 at once, and phones that ring send a 180 without sound.
 */
const RINGING_TONE = 'tone_stream://L=40;%(1000,4000,425)';

/**
 * One attempt of a plan in jambonz's words. The decline behind the dial is skipped once a call was answered. A value
 * that cannot be written legally costs that value, not the call.
 * @param attempt its place in the plan, from 1
 */
export function dialVerbs(
  plan: DialPlanned | RingPlanned,
  attempt: number,
  tag: TagData,
  hooks: DialHooks,
): WrittenVerbs {
  const illegal: string[] = [];
  const legal: Legal = (name, part, text) => {
    if (text === undefined || isLegalSip(part, text)) return text;
    illegal.push(name);
    return undefined;
  };
  const status = plan.kind === 'ring' ? NOBODY_ANSWERED : TRUNK_FAILED;
  const target = plan.kind === 'ring' ? phones(plan, attempt, legal) : trunk(plan, attempt, legal);
  if (!target) return { verbs: declineVerbs(status), illegal };
  const { actionHook, referHook, tag: tagOfLeg } = hooks;
  const dial: Dial = {
    verb: 'dial',
    answerOnBridge: true,
    ...target,
    ...(plan.maxSeconds !== undefined && { timeLimit: plan.maxSeconds }),
    actionHook,
    ...(referHook !== undefined && { referHook }),
    ...(tagOfLeg && { tag: tagOfLeg }),
  };
  return { verbs: [{ verb: 'tag', data: tag }, dial, ...declineVerbs(status)], illegal };
}

/** Whom a dial rings, and what they see. */
type Dialled = Pick<Dial, 'callerId' | 'callerName' | 'headers' | 'timeout' | 'dialMusic' | 'target'>;

function trunk(plan: DialPlanned, attempt: number, legal: Legal): Dialled | undefined {
  const chosen = plan.attempts[attempt - 1];
  const target = chosen && sipTarget(chosen, legal);
  if (!chosen || !target) return undefined;
  const { callerId, host, ringTimeout } = chosen;
  return {
    ...identity(plan.callerId, callerId, host, legal),
    ...(ringTimeout !== undefined && { timeout: ringTimeout }),
    ...(plan.dialMusic !== undefined && { dialMusic: plan.dialMusic }),
    target: [target],
  };
}

function phones(
  { steps, callerId, ringSeconds, overrideTo, dialMusic = RINGING_TONE }: RingPlanned,
  attempt: number,
  legal: Legal,
): Dialled | undefined {
  const to = legal('overrideTo', 'user', overrideTo);
  const [first, ...others] = (steps[attempt - 1] ?? []).flatMap((phone) => userTarget(phone, to, legal));
  const [{ realm } = { realm: '' }] = steps[attempt - 1] ?? [];
  if (!first) return undefined;
  return {
    ...identity(callerId, callerId.number, realm, legal),
    timeout: ringSeconds,
    dialMusic,
    target: [first, ...others],
  };
}

/** jambonz makes the Request-URI from the name as it is. */
function userTarget({ username, realm }: Aor, overrideTo: string | undefined, legal: Legal): UserTarget[] {
  const [user, host] = [legal('phone', 'user', username), legal('phone', 'host', realm)];
  if (user === undefined || host === undefined) return [];
  return [
    {
      type: 'user',
      name: formatAor({ username: user, realm: host }),
      ...(overrideTo !== undefined && { overrideTo }),
    },
  ];
}

/** The text if it is legal there, else nothing, which is noted under its name. */
type Legal = (name: string, part: SipPart, text: string | undefined) => string | undefined;

/** RFC 3323 section 4.1.1.3 keeps the name free: an identity for nobody, which is legal where an empty text is not. */
const NO_IDENTITY = '<sip:anonymous@anonymous.invalid>';

/**
 * Who calls, in all places at once: From, display name, P-Asserted-Identity and Privacy (RFC 3325 section 9.1,
 * RFC 3323 section 4.2). Both headers always have a legal value, because jambonz copies the device's own otherwise.
 * Hidden: anonymous in From, the number, where there is one, for the carrier only. A carrier knows its numbers by its
 * own host name.
 */
function identity(
  { name, hidden }: CallerId,
  callerId: string | undefined,
  host: string,
  legal: Legal,
): Pick<Dial, 'callerId' | 'callerName' | 'headers'> {
  const number = legal('callerId', 'user', callerId);
  const asserted = number !== undefined && legal('identity', 'host', host);
  const headers = {
    'P-Asserted-Identity': asserted ? `<sip:${number}@${asserted}>` : NO_IDENTITY,
    Privacy: hidden || number === undefined ? 'id' : 'none',
  };
  if (hidden) return { callerId: 'anonymous', callerName: 'Anonymous', headers };
  const shownName = legal('callerName', 'quoted-text', name);
  return {
    callerId: number ?? 'anonymous',
    ...(shownName !== undefined && { callerName: shownName }),
    headers,
  };
}

/**
 * The user part is raw, or has `%23` for every `#`: both survive as they are, and an escape before a raw `#` would
 * make jambonz refuse the URI.
 */
function sipTarget(attempt: Attempt, legal: Legal): SipTarget | undefined {
  const { techPrefix, number, port, transport, outboundAuth } = attempt;
  const raw = techPrefix + number;
  const user = legal('sipUri', 'dialled-user', attempt.escapeHash ? raw.replaceAll('#', '%23') : raw);
  const host = legal('sipUri', 'host', attempt.host);
  if (user === undefined || host === undefined) return undefined;
  const where = port === undefined ? host : `${host}:${port}`;
  const username = legal('auth', 'quoted-text', outboundAuth?.username);
  const fromUser = legal('fromUser', 'user', attempt.from?.user);
  const fromHost = legal('fromHost', 'host', attempt.from?.host);
  return {
    type: 'sip',
    sipUri: `sip:${user}@${where}${transport === undefined ? '' : `;transport=${transport}`}`,
    ...(outboundAuth && username !== undefined && { auth: { username, password: outboundAuth.password } }),
    ...((fromUser ?? fromHost) !== undefined && {
      from: {
        ...(fromUser !== undefined && { user: fromUser }),
        ...(fromHost !== undefined && { host: fromHost }),
      },
    }),
  };
}
