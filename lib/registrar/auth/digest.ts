import * as crypto from 'node:crypto';
import { constantTimeEqual } from './constant-time';

/** The four algorithms of RFC 7616 section 6.1 that phones use; jambonz itself asks for MD5. */
export const ALGORITHMS = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** The digest that a device sent (RFC 7616 section 3.4). */
export interface DigestAnswer {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly algorithm: string;
  readonly qop?: string | undefined;
  /** Nonce count, eight hex digits. */
  readonly nc?: string | undefined;
  readonly cnonce?: string | undefined;
}

/** What an account's record holds to compare with: the password, or MD5(username:realm:password) in hex. */
export type Secret = { readonly password: string } | { readonly ha1: string };

/** The result of comparing a digest with a secret. All but `right` refuse, and name what to fix. */
export type DigestVerdict = 'right' | 'wrong-digest' | 'ha1-needs-md5' | DigestProblem;

/** Why a digest cannot be compared with any secret. */
export type DigestProblem = 'malformed-digest' | 'algorithm-not-supported' | 'qop-not-supported';

/** Can this answer be compared at all? */
export function digestProblem(answer: DigestAnswer): DigestProblem | undefined {
  if (isMalformed(answer)) return 'malformed-digest';
  if (!algorithmOf(answer.algorithm)) return 'algorithm-not-supported';
  return answer.qop !== undefined && answer.qop.toLowerCase() !== 'auth' ? 'qop-not-supported' : undefined;
}

/**
 * RFC 7616 section 3.4: with qop come a cnonce and a count of eight hex digits, and an algorithm of sessions needs the
 * cnonce too. A phone that does not count (RFC 2069) sends none of the three.
 */
function isMalformed({ algorithm, qop, nc, cnonce }: DigestAnswer): boolean {
  if ([algorithm, qop, nc, cnonce].includes(UNREADABLE)) return true;
  if (!cnonce && (qop !== undefined || /-sess$/i.test(algorithm))) return true;
  return (qop !== undefined || nc !== undefined) && !/^[0-9a-f]{8}$/i.test(nc ?? '');
}

/** Stands for a field that is not a text: no header can contain it. */
export const UNREADABLE = '\0';

/**
 * Compares a digest answer with one secret, in constant time.
 * @param method the SIP method, part of HA2 (RFC 7616 section 3.4.3)
 */
export function checkDigest(method: string, answer: DigestAnswer, secret: Secret): DigestVerdict {
  const problem = digestProblem(answer);
  const algorithm = algorithmOf(answer.algorithm);
  if (problem || !algorithm) return problem ?? 'algorithm-not-supported';
  if ('ha1' in secret && hashOf(algorithm) !== 'md5') return 'ha1-needs-md5';
  const expected = digestResponse(method, answer, algorithm, userHash(algorithm, answer, secret));
  return constantTimeEqual(answer.response.toLowerCase(), expected) ? 'right' : 'wrong-digest';
}

/**
 * The response a device must give (RFC 7616 section 3.4.1; without qop, RFC 2617 section 3.2.2.1).
 * @param ha1 H(username:realm:password) in hex
 */
export function digestResponse(
  method: string,
  answer: Omit<DigestAnswer, 'response'>,
  algorithm: Algorithm,
  ha1: string,
): string {
  const h = (text: string) => hash(hashOf(algorithm), text);
  const a1 = algorithm.endsWith('-sess') ? h(`${ha1}:${answer.nonce}:${answer.cnonce ?? ''}`) : ha1;
  const a2 = h(`${method}:${answer.uri}`);
  return answer.qop === undefined
    ? h(`${a1}:${answer.nonce}:${a2}`)
    : h(`${a1}:${answer.nonce}:${answer.nc ?? ''}:${answer.cnonce ?? ''}:${answer.qop}:${a2}`);
}

/** H(username:realm:password) in hex; what a record may keep instead of the password, for MD5. */
export function hashCredentials(
  username: string,
  realm: string,
  password: string,
  algorithm: Algorithm = 'MD5',
): string {
  return hash(hashOf(algorithm), `${username}:${realm}:${password}`);
}

/** The algorithm by its name, whose case means nothing (RFC 7616 section 3.3 takes a token). */
export function algorithmOf(name: string): Algorithm | undefined {
  // Nearly all write it as it stands there.
  return (
    ALGORITHMS.find((known) => known === name) ??
    ALGORITHMS.find((known) => known.toLowerCase() === name.toLowerCase())
  );
}

function userHash(algorithm: Algorithm, answer: DigestAnswer, secret: Secret): string {
  return 'ha1' in secret
    ? secret.ha1.toLowerCase()
    : hashCredentials(answer.username, answer.realm, secret.password, algorithm);
}

function hashOf(algorithm: Algorithm): 'md5' | 'sha256' {
  return algorithm.startsWith('MD5') ? 'md5' : 'sha256';
}

/** `crypto.hash` is one native call, but only from Node 20.12 on. */
const hash: (name: string, text: string) => string = crypto.hash
  ? (name, text) => crypto.hash(name, text)
  : (name, text) => crypto.createHash(name).update(text).digest('hex');
