import type { Call } from '../registrar/calls/call';
import type { CallOrigin } from '../registrar/calls/call-origin';
import type { Presented } from '../registrar/calls/caller-id';
import { type Aor, parseAor } from '../registrar/record/aor';
import { isObject } from '../registrar/record/json';

/**
 * Reads the first (session:new) call hook (jambonz-feature-server lib/middleware.js, `invokeWebCallback`).
 * @returns undefined when it is not what jambonz sends
 */
export function parseCallHook(json: Record<string, unknown>): Call | undefined {
  const { sip, to, from, sbc_callid, caller_name } = json;
  const id = readCallId(json);
  if (!isObject(sip) || !isObject(sip.headers) || typeof to !== 'string' || !id) return undefined;
  return {
    id,
    origin: readOrigin(sip.headers, json.originating_sip_trunk_name),
    // jambonz before 0.9.2 names it in the header only.
    deviceCallId: textOf(sbc_callid) || textOf(sip.headers['X-CID']),
    dialled: to,
    presented: { ...readPresented(textOf(from), sip.headers), name: withoutQuotes(textOf(caller_name)) },
  };
}

/**
 * The Call-ID of jambonz's own leg, the same in every hook of a call. `call_sid` may be the device's choice
 * (X-Retain-Call-Sid), so it stands in only where there is nothing better.
 */
export function readCallId({ call_id, call_sid }: Record<string, unknown>): string | undefined {
  return [call_id, call_sid].find((it): it is string => typeof it === 'string' && it !== '');
}

/**
 * Who calls. An account is named by the exact key `X-Authenticated-User`, which the SBC sets and takes from devices. A
 * carrier's call bears the SBC's own marks and no spelling of that key. Devices can write all of them, those that begin
 * with `X-` in other letters' case too: whatever has both is somebody posing.
 * @param trunk `originating_sip_trunk_name`, which is made from `X-Originating-Carrier`
 */
function readOrigin(headers: Record<string, unknown>, trunk: unknown): CallOrigin {
  const names = Object.keys(headers);
  const spellings = names.filter((name) => name.toLowerCase() === 'x-authenticated-user');
  const marked = trunk !== undefined || names.some(isTrunkMark);
  const aor = spellings.length === 1 ? readAuthenticated(headers) : undefined;
  if (!marked)
    return aor ? { kind: 'account', aor } : { kind: 'refused', because: 'no-caller', claimed: undefined };
  return spellings.length === 0 && isMarkedBySbc(headers, trunk)
    ? { kind: 'carrier' }
    : { kind: 'refused', because: 'trunk-call', claimed: aor };
}

function readAuthenticated(headers: Record<string, unknown>): Aor | undefined {
  const value = headers['X-Authenticated-User'];
  return typeof value === 'string' ? parseAor(value) : undefined;
}

/** What the SBC writes on calls of carriers and of Teams (sbc-inbound lib/call-session.js); a device has none. */
function isTrunkMark(name: string): boolean {
  return /^(x-originating-carrier|x-voip-carrier-sid|x-ms-teams-.*)$/i.test(name);
}

/** Both marks of a carrier's call, each once and in the SBC's own letters, and none of Teams. */
function isMarkedBySbc(headers: Record<string, unknown>, trunk: unknown): boolean {
  const marks = Object.keys(headers).filter(isTrunkMark).sort();
  return marks.join() === 'X-Originating-Carrier,X-Voip-Carrier-Sid' && typeof trunk === 'string';
}

/** An anonymous From (RFC 3323 section 4.1), or a Privacy header that asks for more than nothing. */
function readPresented(from: string, headers: Record<string, unknown>): Presented {
  const privacy = textOf(headers.privacy).toLowerCase();
  const asked = privacy.split(/[;,\s]+/).some((it) => ['id', 'user', 'header'].includes(it));
  return {
    from,
    identity: readUser(headers['P-Preferred-Identity']) ?? readUser(headers['p-asserted-identity']),
    private: asked || /^(anonymous|restricted|unavailable)?$/i.test(from),
  };
}

/** jambonz hands the display name on with its quotes. */
function withoutQuotes(name: string): string | undefined {
  const bare = /^"(.*)"$/s.exec(name)?.[1] ?? name;
  return bare === '' ? undefined : bare;
}

/** The user part of the first SIP or tel URI in a header. */
function readUser(header: unknown): string | undefined {
  return typeof header === 'string' ? /(?:sips?|tel):([^@;>\s,]{1,64})/i.exec(header)?.[1] : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
