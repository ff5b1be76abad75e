import { type Aor, parseAor } from '../registrar/aor';
import type { Call } from '../registrar/plan';
import { isObject } from './hook';

/**
 * Reads the first (session:new) call hook (jambonz-feature-server lib/middleware.js, `invokeWebCallback`).
 * @returns undefined when it is not what jambonz sends
 */
export function parseCallHook(json: Record<string, unknown>): Call | undefined {
  const { sip, to, from, sbc_callid, call_id } = json;
  if (!isObject(sip) || !isObject(sip.headers) || typeof to !== 'string') return undefined;
  return {
    caller: readCaller(sip.headers),
    dialled: to,
    from: textOf(from),
    // jambonz before 0.9.2 names it in the header only.
    deviceCallId: textOf(sbc_callid) || textOf(sip.headers['X-CID']),
    callId: textOf(call_id),
  };
}

/**
 * Who authenticated: the exact key `X-Authenticated-User`, which the SBC sets and takes from devices. Devices can
 * still send it in other letters' case, and headers with `X-` keep theirs: another spelling beside it, or instead
 * of it, is somebody posing. A carrier's call has no such header.
 */
function readCaller(headers: Record<string, unknown>): Aor | undefined {
  const spellings = Object.keys(headers).filter((name) => name.toLowerCase() === 'x-authenticated-user');
  const value = headers['X-Authenticated-User'];
  return spellings.length === 1 && typeof value === 'string' ? parseAor(value) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
