/** One change of a call's state (jambonz-feature-server lib/session/call-info.js, `toJSON`). */
export interface CallStatusChange {
  readonly callSid: string;
  /** The A leg of this B leg; undefined on the A leg itself. */
  readonly parentCallSid: string | undefined;
  /** `trying`, `ringing`, `in-progress`, `completed`, `busy`, `no-answer`, `failed` … */
  readonly status: string;
  readonly sipStatus: number | undefined;
  /** Seconds, on `completed` only. */
  readonly duration: number | undefined;
}

/** @returns undefined when it is not what jambonz sends */
export function parseCallStatus(json: Record<string, unknown>): CallStatusChange | undefined {
  const { call_sid, parent_call_sid, call_status, sip_status, duration } = json;
  if (typeof call_sid !== 'string' || typeof call_status !== 'string') return undefined;
  return {
    callSid: call_sid,
    parentCallSid: typeof parent_call_sid === 'string' ? parent_call_sid : undefined,
    status: call_status,
    sipStatus: typeof sip_status === 'number' ? sip_status : undefined,
    duration: typeof duration === 'number' ? duration : undefined,
  };
}
