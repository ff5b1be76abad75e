import type { TransferRequest } from '../registrar/calls/transfer';
import { isObject } from '../registrar/record/json';
import { readCallId } from './call-hook';
import { isCalledLeg } from './call-status';
import type { HookAnswer } from './webhook';

/** A REFER, and the call data of the leg that sent it. */
export interface ReferHook {
  readonly request: TransferRequest;
  /** As jambonz carried it: still to be opened. */
  readonly customerData: unknown;
}

/**
 * Reads the hook of a REFER (jambonz-feature-server lib/tasks/dial.js, `handleRefer`). Headers that are not there stand
 * as the texts `<undefined>` and `undefined`.
 * @returns undefined when it is not what jambonz sends
 */
export function parseRefer(json: Record<string, unknown>): ReferHook | undefined {
  const { refer_details: details, originating_sip_trunk_name, customerData } = json;
  const callId = readCallId(json);
  if (!callId || !isObject(details) || typeof details.referred_call_sid !== 'string') return undefined;
  const { sip_refer_to, refer_to_user, referred_call_sid } = details;
  return {
    request: {
      callId,
      leg: isCalledLeg(json) ? 'called' : 'caller',
      fromCarrier: originating_sip_trunk_name !== undefined,
      calledLeg: referred_call_sid,
      to: typeof refer_to_user === 'string' && refer_to_user !== '' ? refer_to_user : undefined,
      attended: typeof sip_refer_to === 'string' && /[?&]replaces=/i.test(sip_refer_to),
    },
    customerData,
  };
}

/** The HTTP status becomes the answer to the REFER, and the call goes on. */
export function refuseTransfer(status: number, because: string): HookAnswer {
  return { status, body: { error: `not transferred: ${because}` } };
}
