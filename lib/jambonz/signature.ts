import { createHmac } from 'node:crypto';
import { constantTimeEqual } from '../registrar/auth/constant-time';

/** jambonz signs each webhook. A signature that is older or newer than this counts as a replay. */
export const TOLERANCE_S = 300;

export type SignatureVerdict =
  | 'right'
  | 'missing-signature'
  | 'wrong-signature'
  | 'signature-too-old'
  | 'signature-from-future';

/**
 * The value of the `Jambonz-Signature` header: `t=<unix s>,v1=<hex HMAC-SHA256 of "<t>." + body>`
 * (jambonz-feature-server lib/utils/base-requestor.js, digest-utils index.js).
 */
export function signatureHeader(body: string | Uint8Array, secret: string, unixSeconds: number): string {
  return `t=${unixSeconds},v1=${hmac(body, secret, String(unixSeconds))}`;
}

/**
 * Compares a `Jambonz-Signature` header with every secret, in constant time.
 * @param body as it came
 * @param now unix ms
 * @returns the secrets that made it: usually one, none when the verdict is not `right`
 */
export function verifySignature<S extends { readonly secret: string }>(
  header: string | undefined,
  body: string | Uint8Array,
  secrets: readonly S[],
  now: number,
): { readonly verdict: SignatureVerdict; readonly by: readonly S[] } {
  if (!header) return { verdict: 'missing-signature', by: [] };
  const { time, signatures } = readHeader(header);
  if (time === undefined || signatures.length === 0) return { verdict: 'wrong-signature', by: [] };
  const by = secrets.filter(({ secret }) => {
    const expected = hmac(body, secret, time);
    return signatures.map((given) => constantTimeEqual(given, expected)).includes(true);
  });
  if (by.length === 0) return { verdict: 'wrong-signature', by };
  const age = now / 1000 - Number(time);
  if (age > TOLERANCE_S) return { verdict: 'signature-too-old', by: [] };
  if (age < -TOLERANCE_S) return { verdict: 'signature-from-future', by: [] };
  return { verdict: 'right', by };
}

function hmac(body: string | Uint8Array, secret: string, time: string): string {
  const signed = createHmac('sha256', secret);
  return (
    typeof body === 'string' ? signed.update(`${time}.${body}`) : signed.update(`${time}.`).update(body)
  ).digest('hex');
}

/** As jambonz writes it with one secret: what is read below, at a glance. */
const USUAL = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;

/** One `t` of plain digits and any number of `v1`; two `t` are two readings, so none. */
function readHeader(header: string): { time: string | undefined; signatures: readonly string[] } {
  const [, usualTime, usualSignature] = USUAL.exec(header) ?? [];
  if (usualTime && usualSignature) return { time: usualTime, signatures: [usualSignature] };
  const times: string[] = [];
  const signatures: string[] = [];
  for (const pair of header.split(',')) {
    const [name, value] = pair.trim().split('=');
    if (name === 't' && value) times.push(value);
    if (name === 'v1' && value) signatures.push(value);
  }
  const [time] = times.length === 1 ? times : [];
  return { time: time && /^\d{1,12}$/.test(time) ? time : undefined, signatures: signatures.slice(0, 8) };
}
