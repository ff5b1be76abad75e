import { createHash } from 'node:crypto';
import type { Aor } from '../record/aor';
import type { DigestAnswer } from './digest';

/** Why a correct digest may be a replay. */
export type ReplayFinding = 'not-our-nonce' | 'nonce-from-future' | 'nonce-too-old' | 'replayed';

/** What to do about a replay: refuse; accept and count; do not check. */
export type ReplayPolicy = 'enforce' | 'observe' | 'off';

/** Allowed difference of clocks. */
const FUTURE_MS = 60_000;
/** Phones use a nonce for a week, and jambonz cannot answer `stale` (RFC 7616 section 3.3). */
export const OLDEST_NONCE_MS = 30 * 24 * 3600_000;

/**
 * Checks the nonce alone. A nonce of jambonz is 100 x unix ms (npm `nonce`), 15 digits until the year 2286; jambonz
 * keeps no list of them. Anything else was not issued by jambonz.
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

/** One use of a digest: what must be stored to recognise a second use. */
export interface AnswerUse {
  readonly aor: Aor;
  readonly nonce: string;
  /** The nonce count; undefined: the phone sends none, and only this response is used up. */
  readonly count: number | undefined;
  /** Hash of the response, so that what is stored cannot be used to log in. */
  readonly response: string;
  /** Hash of everything that must be equal in a repeated request. */
  readonly request: string;
}

/** The request that carried a digest, and its source. */
export interface AnsweredRequest {
  readonly callId: string;
  readonly to: string;
  readonly contact: string;
  /** Seconds. */
  readonly expires: number | undefined;
  readonly source: { readonly address: string; readonly claimedByDevice: boolean };
}

/**
 * What a request uses up. A copy from another address, or with another Contact or `expires`, is a different request,
 * because it may come from someone who captured the first one. An address that the device claimed is different, too.
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
 * Counts are stored in a ring: a count stays in its slot until the next count of that slot. A count is new if its slot
 * has a lower one and no slot has one that is a whole ring ahead. So each count is used once, the last few may arrive
 * in any order (UDP), and the item of a nonce does not grow.
 */
export const RING = 8;
export const slotOf = (count: number): number => count % RING;

/** A phone that fails over to another SBC sends the same request again. */
const SAME_REQUEST_MS = 32_000;

/** What is stored about the request that used a count. */
export interface EarlierUse {
  readonly count: number;
  readonly request: string;
  /** Unix ms. */
  readonly at: number;
}

/** Whether a used count comes from the same request again, within the life of a transaction (RFC 3261 17.1.1.2). */
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

/** The store of used digests. */
export interface ReplayStore {
  /**
   * Claims a digest for its first use; the same request may come twice. Never throws: `unknown` when the memory table
   * is unavailable.
   */
  claim(answer: AnswerUse): Promise<'first-use' | 'same-request' | 'replayed' | 'unknown'>;
}
