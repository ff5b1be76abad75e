import { readCallId } from './call-hook';
import type { CallTag } from './call-tag';

/** A call was answered, as the caller's own leg reports it. */
export interface CallAnswered {
  readonly kind: 'answered';
  readonly callId: string;
  /** As jambonz carried it: still to be opened. */
  readonly customerData: unknown;
}

/** The end of a call, as the caller's own leg reports it. */
export interface CallEnd {
  readonly kind: 'ended';
  readonly callId: string;
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
export interface CallRecord extends Omit<CallEnd, 'kind' | 'customerData' | 'used'> {
  readonly tag: CallTag;
}

const ENDS = ['completed', 'failed', 'no-answer', 'busy'] as const;

/**
 * Reads one change of a call's state (jambonz-feature-server lib/session/call-info.js, `toJSON`). Legs to carriers
 * and other states are nothing to us: the caller's leg says that the call was answered, and how it ended.
 * @returns undefined when it is not what jambonz sends
 */
export function parseCallStatus(
  json: Record<string, unknown>,
): CallAnswered | CallEnd | 'nothing-to-us' | undefined {
  const { call_status, sip_status, duration, parent_call_sid, direction } = json;
  const callId = readCallId(json);
  if (!callId || typeof call_status !== 'string') return undefined;
  const status = ENDS.find((end) => end === call_status);
  const ownLeg = parent_call_sid === undefined && direction !== 'outbound';
  if (ownLeg && call_status === 'in-progress')
    return { kind: 'answered', callId, customerData: json.customerData };
  if (!status || !ownLeg) return 'nothing-to-us';
  return {
    kind: 'ended',
    callId,
    status,
    sipStatus: typeof sip_status === 'number' ? sip_status : undefined,
    duration: isDuration(duration) ? duration : 0,
    used: status !== 'completed' ? 0 : isDuration(duration) ? Math.floor(duration) + 1 : undefined,
    endedBy: json.call_termination_by === 'caller' ? 'caller' : 'jambonz',
    customerData: json.customerData,
  };
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
