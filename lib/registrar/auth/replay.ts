import { createHash } from 'node:crypto';
import type { Aor } from '../record/aor';
import type { DigestAnswer } from './digest';

/** What speaks against a right digest: somebody may have heard it on the wire. */
export type ReplayFinding = 'not-our-nonce' | 'nonce-from-future' | 'nonce-too-old' | 'replayed';

/** What is done about it: refuse; allow and count; do not look. */
export type ReplayPolicy = 'enforce' | 'observe' | 'off';

/** Clocks differ. */
const FUTURE_MS = 60_000;
/** Phones keep a nonce for a week, and jambonz cannot tell them `stale` (RFC 7616 section 3.3). */
export const OLDEST_NONCE_MS = 30 * 24 * 3600_000;

/**
 * Looks at the nonce alone. jambonz makes 100 x unix ms of it (npm `nonce`), 15 digits until the year 2286; it
 * keeps no list of them, so anything else was never a challenge of its.
 * @param now unix ms
 */
export function findingOfNonce(nonce: string, now: number): ReplayFinding | undefined {
  if (!/^\d{15}$/.test(nonce)) return 'not-our-nonce';
  const age = now - issuedAt(nonce);
  if (age < -FUTURE_MS) return 'nonce-from-future';
  return age > OLDEST_NONCE_MS ? 'nonce-too-old' : undefined;
}

/** Unix ms of a nonce that jambonz made. */
export function issuedAt(nonce: string): number {
  return Math.floor(Number(nonce) / 100);
}

/** One use of a digest answer: what has to be remembered so that there is no second. */
export interface AnswerUse {
  readonly aor: Aor;
  readonly nonce: string;
  /** The nonce count; undefined: the phone does not count, and only this very response is used up. */
  readonly count: number | undefined;
  /** Hash of the response: what is remembered opens nothing. */
  readonly response: string;
  /** Hash of all that makes two copies of a request the same one. */
  readonly request: string;
}

/** A request around a digest answer, and where it came from. */
export interface AnsweredRequest {
  readonly callId: string;
  readonly to: string;
  readonly contact: string;
  /** Seconds. */
  readonly expires: number | undefined;
  readonly source: { readonly address: string; readonly claimedByDevice: boolean };
}

/**
 * What is used up by a request. A copy from another address, or with another Contact or `expires`, is not the same
 * request: it comes from somebody who heard the first one. An address that the device claims is another one too.
 */
export function answerUse(digest: DigestAnswer, request: AnsweredRequest): AnswerUse {
  const { username, realm, nonce, qop, nc, response } = digest;
  const { callId, to, contact, expires, source } = request;
  return {
    aor: { username, realm },
    nonce,
    count: qop !== undefined && /^[0-9a-f]{1,8}$/i.test(nc ?? '') ? Number.parseInt(nc ?? '', 16) : undefined,
    response: fingerprint(response.toLowerCase()),
    request: fingerprint(
      JSON.stringify([
        callId,
        to,
        contact,
        expires,
        source.address,
        source.claimedByDevice,
        response.toLowerCase(),
      ]),
    ),
  };
}

/**
 * Counts are remembered in a ring: a count stands in its slot until the next one of that slot. A count is new when
 * its slot holds a lower one and no slot holds one that is a whole ring ahead. So each count is used once, the last
 * few may come in any order (UDP), and the memory of a nonce does not grow with its use.
 */
export const RING = 8;
export const slotOf = (count: number): number => count % RING;

/** A phone that fails over to another SBC sends the same request again. */
const SAME_REQUEST_MS = 32_000;

/** What is remembered of the request that used a count. */
export interface EarlierUse {
  readonly count: number;
  readonly request: string;
  /** Unix ms. */
  readonly at: number;
}

/** Is a count that was used before being used by the very same request, within a transaction's life (RFC 3261 17.1.1.2)? */
export function isSameRequest(use: AnswerUse, earlier: EarlierUse | undefined, now: number): boolean {
  return (
    earlier !== undefined &&
    earlier.count === (use.count ?? 1) &&
    earlier.request === use.request &&
    Math.abs(now - earlier.at) <= SAME_REQUEST_MS
  );
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** Which digest answers were used. */
export interface ReplayStore {
  /**
   * Uses an answer up; the very same request may come twice. Never throws: `unknown` when the memory could not be
   * asked.
   */
  claim(answer: AnswerUse): Promise<'first-use' | 'same-request' | 'replayed' | 'unknown'>;
}
