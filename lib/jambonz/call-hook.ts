import type { Call } from '../registrar/calls/call';
import type { Presented } from '../registrar/calls/caller-id';
import { type Aor, parseAor } from '../registrar/record/aor';
import { isObject } from '../registrar/record/json';

/**
 * Reads the first (session:new) call hook (jambonz-feature-server lib/middleware.js, `invokeWebCallback`).
 * @returns undefined when it is not what jambonz sends
 */
export function parseCallHook(json: Record<string, unknown>): Call | undefined {
  const { sip, to, from, sbc_callid } = json;
  const id = readCallId(json);
  if (!isObject(sip) || !isObject(sip.headers) || typeof to !== 'string' || !id) return undefined;
  return {
    id,
    caller: readCaller(sip.headers),
    // jambonz before 0.9.2 names it in the header only.
    deviceCallId: textOf(sbc_callid) || textOf(sip.headers['X-CID']),
    fromTrunk: json.originating_sip_trunk_name !== undefined || Object.keys(sip.headers).some(isTrunkMark),
    dialled: to,
    presented: readPresented(textOf(from), sip.headers),
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
 * Who authenticated: the exact key `X-Authenticated-User`, which the SBC sets and takes from devices. Devices can
 * still send it in other letters' case, and headers with `X-` keep theirs: another spelling beside it, or instead
 * of it, is forged. A carrier's call has no such header.
 */
function readCaller(headers: Record<string, unknown>): Aor | undefined {
  const spellings = Object.keys(headers).filter((name) => name.toLowerCase() === 'x-authenticated-user');
  const value = headers['X-Authenticated-User'];
  return spellings.length === 1 && typeof value === 'string' ? parseAor(value) : undefined;
}

/** What the SBC writes on calls of carriers and of Teams (sbc-inbound lib/call-session.js); a device has none. */
function isTrunkMark(name: string): boolean {
  return /^(x-originating-carrier|x-voip-carrier-sid|x-ms-teams-.*)$/i.test(name);
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

/** The user part of the first SIP or tel URI in a header. */
function readUser(header: unknown): string | undefined {
  return typeof header === 'string' ? /(?:sips?|tel):([^@;>\s,]{1,64})/i.exec(header)?.[1] : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
