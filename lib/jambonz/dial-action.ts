/** How a dial ended (jambonz-feature-server lib/tasks/dial.js, `_kill`). */
export interface DialResult {
  readonly callSid: string;
  /** Only `completed` is a success; absent when the dial never left (an URI that no SIP stack takes). */
  readonly status: string | undefined;
  readonly sipStatus: number | undefined;
}

/** @returns undefined when it is not what jambonz sends */
export function parseDialAction(json: Record<string, unknown>): DialResult | undefined {
  const { call_sid, dial_call_status, dial_sip_status } = json;
  if (typeof call_sid !== 'string') return undefined;
  return {
    callSid: call_sid,
    status: typeof dial_call_status === 'string' ? dial_call_status : undefined,
    sipStatus: typeof dial_sip_status === 'number' ? dial_sip_status : undefined,
  };
}
