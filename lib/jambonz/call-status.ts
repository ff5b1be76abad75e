import { readCallId } from './call-hook';
import type { CallTag } from './call-tag';

/** A leg to a phone or a carrier, as jambonz names it and the leg that it was dialled from. */
export interface CalledLeg {
  readonly sid: string;
  readonly parent: string;
}

/** A call was answered. */
export interface CallAnswered {
  readonly kind: 'answered';
  readonly callId: string;
  /** undefined: the caller's own leg says so. */
  readonly leg: CalledLeg | undefined;
  /** As jambonz carried it: still to be opened. */
  readonly customerData: unknown;
}

/** The end of a call. */
export interface CallEnd {
  readonly kind: 'ended';
  readonly callId: string;
  /** undefined: the caller's own leg says so. */
  readonly leg: CalledLeg | undefined;
  readonly status: (typeof ENDS)[number];
  readonly sipStatus: number | undefined;
  /** Seconds of talking; 0 when there was no answer. */
  readonly duration: number;
  /**
   * Seconds of a budget that the call used: those of talking with the begun one, which jambonz cuts off
   * (jambonz-feature-server lib/session/call-session.js: a whole difference). undefined: it does not say.
   */
  readonly used: number | undefined;
  /** `caller`, or `jambonz`: the callee, the time limit or a failure. */
  readonly endedBy: 'caller' | 'jambonz';
  /** As jambonz carried it: still to be opened. */
  readonly customerData: unknown;
}

/** The record of an ended call. */
export interface CallRecord extends Omit<CallEnd, 'kind' | 'leg' | 'customerData' | 'used'> {
  readonly tag: CallTag;
  /** The number that the caller handed the call on to, before it ended. */
  readonly transferredTo?: string;
}

const ENDS = ['completed', 'failed', 'no-answer', 'busy'] as const;

/** The state of a leg that is over; undefined: it goes on. */
export function readEnd(callStatus: unknown): CallEnd['status'] | undefined {
  return ENDS.find((end) => end === callStatus);
}

/**
 * Reads one change of a call's state (jambonz-feature-server lib/session/call-info.js, `toJSON`). The caller's leg says
 * that the call was answered, and how it ended. A called leg says something to us only when it brings call data, which
 * it does after a transfer, and then of an answer and of the end of talking: what becomes of a leg that was not answered
 * is for the action hook.
 * @returns undefined when it is not what jambonz sends
 */
export function parseCallStatus(
  json: Record<string, unknown>,
): CallAnswered | CallEnd | 'nothing-to-us' | undefined {
  const { call_status, sip_status, duration, customerData } = json;
  const callId = readCallId(json);
  if (!callId || typeof call_status !== 'string') return undefined;
  const leg = readCalledLeg(json);
  if (isCalledLeg(json) && (!leg || customerData === undefined)) return 'nothing-to-us';
  if (call_status === 'in-progress') return { kind: 'answered', callId, leg, customerData };
  const status = readEnd(call_status);
  if (!status || (leg && status !== 'completed')) return 'nothing-to-us';
  return {
    kind: 'ended',
    callId,
    leg,
    status,
    sipStatus: typeof sip_status === 'number' ? sip_status : undefined,
    duration: isDuration(duration) ? duration : 0,
    used: status !== 'completed' ? 0 : isDuration(duration) ? Math.floor(duration) + 1 : undefined,
    endedBy: json.call_termination_by === 'caller' ? 'caller' : 'jambonz',
    customerData,
  };
}

/** Is this leg one that was dialled, and not the caller's own? */
export function isCalledLeg({ parent_call_sid, direction }: Record<string, unknown>): boolean {
  return parent_call_sid !== undefined || direction === 'outbound';
}

function readCalledLeg({ call_sid, parent_call_sid }: Record<string, unknown>): CalledLeg | undefined {
  return typeof call_sid === 'string' && typeof parent_call_sid === 'string'
    ? { sid: call_sid, parent: parent_call_sid }
    : undefined;
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
