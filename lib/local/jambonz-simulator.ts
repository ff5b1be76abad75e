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
export function callHookPayload({ invite, dialled, from, callId, headers }: AnnouncedCall): object {
  const { username, realm } = invite.digest;
  return announcement({
    dialled,
    host: realm,
    from: from ?? username,
    callerName: '',
    callId: callId ?? randomUUID(),
    deviceCallId: invite.headers['call-id'],
    source: invite.sourceAddress,
    headers: { 'X-Authenticated-User': `${username}@${realm}`, ...headers },
  });
}

/** A carrier's call, as it is announced to the call hook. */
export interface CarrierCall {
  /** The number, as the carrier writes it. */
  readonly called: string;
  /** The user part of From. */
  readonly from: string;
  /** The display name of From, without quotes. */
  readonly callerName?: string;
  /** The Call-ID of the feature server's leg; any, when absent. */
  readonly callId?: string;
  /** Added to the SIP headers that the feature server saw. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The first call hook's body of a call that the SBC took for a carrier's: its marks, and no authenticated user. */
export function carrierCallPayload({ called, from, callerName = '', callId, headers }: CarrierCall): object {
  const marks = { 'X-Originating-Carrier': CARRIER, 'X-Voip-Carrier-Sid': CARRIER_SID };
  return {
    ...announcement({
      dialled: called,
      host: '127.0.0.1:5060',
      from,
      callerName,
      callId: callId ?? randomUUID(),
      deviceCallId: randomUUID(),
      source: '127.0.0.9',
      headers: { ...marks, ...headers },
    }),
    originating_sip_trunk_name: CARRIER,
  };
}

interface Announcement {
  readonly dialled: string;
  readonly host: string;
  readonly from: string;
  readonly callerName: string;
  readonly callId: string;
  readonly deviceCallId: string | undefined;
  readonly source: string;
  readonly headers: Readonly<Record<string, string>>;
}

function announcement(call: Announcement): object {
  const { dialled, host, from, callerName, callId, deviceCallId, source, headers } = call;
  const uri = `sip:${dialled}@${host}`;
  const name = callerName === '' ? '' : `"${callerName}"`;
  return {
    sip: {
      headers: {
        from: `${name === '' ? '' : `${name} `}<sip:${from}@127.0.0.1:5060>;tag=1`,
        to: `<${uri}>`,
        'call-id': callId,
        cseq: '1 INVITE',
        'X-Account-Sid': ACCOUNT_SID,
        'X-CID': deviceCallId,
        'X-Forwarded-For': source,
        'X-Application-Sid': APPLICATION_SID,
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
    caller_name: name,
    call_sid: randomUUID(),
    account_sid: ACCOUNT_SID,
    application_sid: APPLICATION_SID,
    from,
    to: dialled,
    call_id: callId,
    sbc_callid: deviceCallId,
    sip_status: 100,
    sip_reason: 'Trying',
    call_status: 'trying',
    originating_sip_ip: source,
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
  /** jambonz's names of the leg and of the one that it was dialled from; any, when absent. */
  readonly callSid?: string;
  readonly parentCallSid?: string;
  readonly endedBy?: 'caller' | 'jambonz';
}

/** The call status hook's body (jambonz-feature-server lib/session/call-info.js, `toJSON`). */
export function callStatusPayload(change: LegChange): object {
  const { callId, status, sipStatus, duration, customerData, outbound, endedBy } = change;
  const { callSid = randomUUID(), parentCallSid = randomUUID() } = change;
  return {
    call_sid: callSid,
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
    ...(outbound && { parent_call_sid: parentCallSid }),
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
  /** Of the leg that waits: `trying` when absent, `no-answer` or `completed` when it has hung up. */
  readonly callStatus?: string;
  /** Of a leg that was handed on: it waits in the caller's place. */
  readonly handedOn?: { readonly callSid: string; readonly parentCallSid: string };
}

/** The action hook's body of a dial: the caller's leg, and how the dial ended (lib/tasks/dial.js, `_kill`). */
export function dialActionPayload(end: DialEnd): object {
  const { callId, customerData, dialStatus, dialSipStatus, callStatus = 'trying', handedOn } = end;
  const leg = handedOn ? { ...handedOn, outbound: true } : {};
  return {
    ...callStatusPayload({ callId, customerData, status: callStatus, sipStatus: 100, ...leg }),
    ...(dialStatus !== undefined && { dial_call_status: dialStatus, dial_call_sid: randomUUID() }),
    ...(dialSipStatus !== undefined && { dial_sip_status: dialSipStatus }),
  };
}

/** A REFER within an answered call. */
export interface Refer {
  /** Of the leg that sent it. */
  readonly callId: string;
  readonly customerData: unknown;
  /** The value of Refer-To. */
  readonly referTo: string;
  /** Whose leg sent it: the caller's when absent. */
  readonly by?: 'caller' | 'called' | 'carrier';
  /** jambonz's name of the called leg. */
  readonly calledLeg: string;
}

/** The hook's body of a REFER (lib/tasks/dial.js, `handleRefer`). */
export function referPayload({ callId, customerData, referTo, by = 'caller', calledLeg }: Refer): object {
  const user = /^<?(?:sips?:([^@>;?]*)@|tel:([^>;?]*))/i.exec(referTo)?.slice(1).find(Boolean);
  const change = { callId, customerData, status: 'in-progress', sipStatus: 200, outbound: by === 'called' };
  return {
    ...callStatusPayload(change),
    ...(by === 'carrier' && { originating_sip_trunk_name: CARRIER }),
    refer_details: {
      sip_refer_to: referTo,
      ...(user !== undefined && { refer_to_user: user }),
      sip_referred_by: '<undefined>',
      sip_user_agent: 'undefined',
      referring_call_sid: randomUUID(),
      referred_call_sid: calledLeg,
    },
  };
}

const CARRIER = 'tcxc';
const CARRIER_SID = '33333333-3333-4333-8333-333333333333';
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

/** POSTs the call hook of a carrier's call. */
export function announceCarrierCall(baseUrl: string, call: CarrierCall, secret: string): Promise<HookReply> {
  return postHook(baseUrl, ROUTES.callHook, carrierCallPayload(call), secret);
}
