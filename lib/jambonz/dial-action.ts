import type { DialOutcome } from '../registrar/calls/failover';
import { readCallId } from './call-hook';
import { readEnd } from './call-status';

/** How a dial ended (jambonz-feature-server lib/tasks/dial.js, `_kill`). */
export interface DialResult {
  /** What the call data may name its call by: jambonz's Call-ID, or, of a leg that was handed on, its own name. */
  readonly calls: readonly string[];
  readonly outcome: DialOutcome;
  /** As jambonz carried it: still to be opened. */
  readonly customerData: unknown;
}

/**
 * Reads an action hook of ours. Only `completed` is an answer: after our ring timeout jambonz says whatever came
 * last (`ringing`, `trying`), and of a dial that never left it says nothing.
 * @returns undefined when it is not what jambonz sends
 */
export function parseDialAction(json: Record<string, unknown>): DialResult | undefined {
  const { dial_call_status, dial_sip_status, call_status, call_sid, customerData } = json;
  const callId = readCallId(json);
  if (!callId) return undefined;
  const outcome: DialOutcome =
    dial_call_status === 'completed'
      ? { answered: true }
      : {
          answered: false,
          code: finalCode(dial_call_status, dial_sip_status),
          callerGone: readEnd(call_status) !== undefined,
        };
  return { calls: [callId, ...(typeof call_sid === 'string' ? [call_sid] : [])], outcome, customerData };
}

function finalCode(status: unknown, sipStatus: unknown): number | undefined {
  if (typeof sipStatus === 'number' && sipStatus >= 300 && sipStatus <= 699) return sipStatus;
  return status === 'busy' ? 486 : undefined;
}
