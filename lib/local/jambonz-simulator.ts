import { randomUUID } from 'node:crypto';
import { ROUTES } from '../jambonz/routes';
import { signatureHeader } from '../jambonz/signature';
import type { SipRequest } from './sip-phone';

/** How long the simulator waits; jambonz itself waits 10 s for a call hook. */
const ANSWER_WITHIN_MS = 10_000;

/** The registration hook's body for this request (digest-utils index.js): for REGISTER and each INVITE. */
export function authHookPayload({
  sourceAddress,
  sourcePort,
  method,
  headers,
  expires,
  digest,
}: SipRequest): object {
  return {
    source_address: sourceAddress,
    source_port: sourcePort,
    method,
    headers,
    expires,
    scheme: 'digest',
    ...digest,
  };
}

/** A call that jambonz let through, as it is announced to the call hook. */
export interface AnnouncedCall {
  readonly invite: SipRequest;
  readonly dialled: string;
  /** The user part of From; the username when absent. */
  readonly from?: string;
  /** The Call-ID of the feature server's leg; any, when absent. */
  readonly callId?: string;
  /** Added to the SIP headers that the feature server saw. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The first call hook's body (jambonz-feature-server lib/middleware.js). */
export function callHookPayload({
  invite,
  dialled,
  from,
  callId = randomUUID(),
  headers,
}: AnnouncedCall): object {
  const { username, realm } = invite.digest;
  const deviceCallId = invite.headers['call-id'];
  const uri = `sip:${dialled}@${realm}`;
  return {
    sip: {
      headers: {
        from: `<sip:${from ?? username}@127.0.0.1:5060>;tag=1`,
        to: `<${uri}>`,
        'call-id': callId,
        cseq: '1 INVITE',
        'X-Account-Sid': ACCOUNT_SID,
        'X-CID': deviceCallId,
        'X-Forwarded-For': invite.sourceAddress,
        'X-Application-Sid': APPLICATION_SID,
        'X-Authenticated-User': `${username}@${realm}`,
        ...headers,
      },
      raw: '',
      body: '',
      method: 'INVITE',
      version: '2.0',
      uri,
      payload: [],
    },
    direction: 'inbound',
    trace_id: '00000000000000000000000000000000',
    has_recording: false,
    caller_name: '',
    call_sid: randomUUID(),
    account_sid: ACCOUNT_SID,
    application_sid: APPLICATION_SID,
    from: from ?? username,
    to: dialled,
    call_id: callId,
    sbc_callid: deviceCallId,
    sip_status: 100,
    sip_reason: 'Trying',
    call_status: 'trying',
    originating_sip_ip: invite.sourceAddress,
    local_sip_address: '127.0.0.1:5060',
    service_provider_sid: '3f35518f-5a0d-4c2e-90a5-2407bb3b36f0',
    defaults: {
      synthesizer: { vendor: 'google', language: 'en-US' },
      recognizer: { vendor: 'google', language: 'en-US' },
    },
  };
}

/** A leg of a call that changed its state. */
export interface LegChange {
  readonly callId: string;
  readonly status: string;
  readonly sipStatus: number;
  /** Seconds, with `completed` only. */
  readonly duration?: number;
  /** What the last `tag` verb held. */
  readonly customerData?: unknown;
  /** The leg to the carrier, not the caller's. */
  readonly outbound?: boolean;
  readonly endedBy?: 'caller' | 'jambonz';
}

/** The call status hook's body (jambonz-feature-server lib/session/call-info.js, `toJSON`). */
export function callStatusPayload(change: LegChange): object {
  const { callId, status, sipStatus, duration, customerData, outbound, endedBy } = change;
  return {
    call_sid: randomUUID(),
    direction: outbound ? 'outbound' : 'inbound',
    from: 'a',
    to: 'b',
    call_id: callId,
    sbc_callid: randomUUID(),
    sip_status: sipStatus,
    sip_reason: '',
    call_status: status,
    account_sid: ACCOUNT_SID,
    trace_id: '00000000000000000000000000000000',
    application_sid: APPLICATION_SID,
    fs_sip_address: '127.0.0.1:5060',
    ...(outbound && { parent_call_sid: randomUUID() }),
    ...(endedBy && { call_termination_by: endedBy }),
    ...(duration !== undefined && { duration }),
    ...(customerData !== undefined && { customerData }),
  };
}

/** How a dial ended; a dial that never left has neither status. */
export interface DialEnd {
  readonly callId: string;
  readonly customerData: unknown;
  readonly dialStatus?: string;
  readonly dialSipStatus?: number;
}

/** The action hook's body of a dial: the caller's leg, and how the dial ended (lib/tasks/dial.js, `_kill`). */
export function dialActionPayload({ callId, customerData, dialStatus, dialSipStatus }: DialEnd): object {
  return {
    ...callStatusPayload({ callId, customerData, status: 'trying', sipStatus: 100 }),
    ...(dialStatus !== undefined && { dial_call_status: dialStatus, dial_call_sid: randomUUID() }),
    ...(dialSipStatus !== undefined && { dial_sip_status: dialSipStatus }),
  };
}

const ACCOUNT_SID = '11111111-1111-4111-8111-111111111111';
const APPLICATION_SID = '22222222-2222-4222-8222-222222222222';

/** What came back from a hook. */
export interface HookReply {
  readonly status: number;
  readonly body: unknown;
  readonly milliseconds: number;
}

/** POSTs a webhook as jambonz does: the signed bytes are the sent bytes. */
export async function postHook(
  baseUrl: string,
  path: (typeof ROUTES)[keyof typeof ROUTES],
  payload: object,
  secret: string,
): Promise<HookReply> {
  const body = JSON.stringify(payload);
  const signature = signatureHeader(Buffer.from(body), secret, Math.floor(Date.now() / 1000));
  const started = performance.now();
  const response = await fetch(`${baseUrl.replace(/\/$/, '')}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'jambonz-signature': signature, 'user-agent': 'jambonz' },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const text = await response.text();
  return { status: response.status, body: parseBody(text), milliseconds: performance.now() - started };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** POSTs the registration hook. */
export function askRegisterAuth(baseUrl: string, request: SipRequest, secret: string): Promise<HookReply> {
  return postHook(baseUrl, ROUTES.registerAuth, authHookPayload(request), secret);
}

/** POSTs the call hook. */
export function announceCall(baseUrl: string, call: AnnouncedCall, secret: string): Promise<HookReply> {
  return postHook(baseUrl, ROUTES.callHook, callHookPayload(call), secret);
}
