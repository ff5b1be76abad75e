import type { Attempt, CallPlan } from '../registrar/plan';

/** The verbs we return, in the properties that every jambonz from 0.8.3 on accepts: one unknown one is a 480. */
export type Verb = Dial | Decline;

export interface Dial {
  readonly verb: 'dial';
  /** Ring before answering the caller: failures stay failures, and nobody pays for ringing. */
  readonly answerOnBridge: true;
  readonly callerId: string;
  /** An empty text keeps the device's own header from the carrier (place-outdial.js copies them by default). */
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

/** What the phone sees when a trunk fails: without a decline behind the dial jambonz would say 603. */
const TRUNK_FAILED = 503;

/** The plan in jambonz's words. The decline behind the dial is skipped once a call was answered. */
export function verbsOf(plan: CallPlan): Verb[] {
  return plan.kind === 'refuse'
    ? [{ verb: 'sip:decline', status: plan.status }]
    : [dial(plan.attempts[0]), { verb: 'sip:decline', status: TRUNK_FAILED }];
}

function dial({ techPrefix, number, host, callerId, outboundAuth }: Attempt): Dial {
  return {
    verb: 'dial',
    answerOnBridge: true,
    callerId,
    headers: { 'P-Asserted-Identity': '', Privacy: '' },
    target: [
      {
        type: 'sip',
        sipUri: `sip:${techPrefix}${number}@${host}`,
        ...(outboundAuth && { auth: { username: outboundAuth.username, password: outboundAuth.password } }),
      },
    ],
  };
}
