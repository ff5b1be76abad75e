import { randomBytes, randomUUID } from 'node:crypto';
import { type Algorithm, type DigestAnswer, digestResponse, hashCredentials } from '../registrar/auth/digest';
import { type Aor, formatAor } from '../registrar/record/aor';

/** A SIP phone that logs in, and how. All but the account may be left to chance. */
export interface Phone {
  readonly aor: Aor;
  readonly password: string;
  readonly address?: string;
  readonly port?: number;
  readonly algorithm?: Algorithm;
  /** false: a phone of the RFC 2069 kind, without qop, nc and cnonce. */
  readonly qop?: boolean;
}

/** One SIP request with a digest answer, before jambonz turns it into a webhook. */
export interface SipRequest {
  readonly method: string;
  readonly sourceAddress: string;
  readonly sourcePort: number;
  /** Names as jambonz's parser writes them: known ones in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly digest: DigestAnswer;
  /** Seconds on REGISTER; null on INVITE. */
  readonly expires: number | null;
}

/** A challenge's nonce as jambonz makes it: 100 x unix ms (npm `nonce`). */
export function jambonzNonce(now: number): string {
  return String(now * 100);
}

/** What a phone may say otherwise than usual. */
export interface Otherwise {
  readonly nonce?: string;
  /** Times this nonce was used, this one included. */
  readonly nonceCount?: number;
  readonly callId?: string;
  readonly to?: string;
  readonly uri?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** REGISTER of the phone's own AOR. `expires` 0 takes it off the air. */
export function register(phone: Phone, now: number, expires = 3600, otherwise: Otherwise = {}): SipRequest {
  const { aor } = phone;
  const to = otherwise.to ?? `<sip:${formatAor(aor)}>`;
  const request = sipRequest(phone, 'REGISTER', now, { uri: `sip:${aor.realm}`, ...otherwise, to });
  return { ...request, expires, headers: { ...request.headers, expires: String(expires) } };
}

/** INVITE to a number. */
export function invite(phone: Phone, dialled: string, now: number, otherwise: Otherwise = {}): SipRequest {
  const uri = `sip:${dialled}@${phone.aor.realm}`;
  return sipRequest(phone, 'INVITE', now, { uri, ...otherwise, to: otherwise.to ?? `<${uri}>` });
}

function sipRequest(
  phone: Phone,
  method: string,
  now: number,
  said: Otherwise & { uri: string; to: string },
): SipRequest {
  const { aor, address = '127.0.0.1', port = 5060 } = phone;
  const digest = answerChallenge(
    phone,
    method,
    said.uri,
    said.nonce ?? jambonzNonce(now),
    said.nonceCount ?? 1,
  );
  return {
    method,
    sourceAddress: address,
    sourcePort: port,
    expires: null,
    digest,
    headers: {
      via: `SIP/2.0/UDP ${address}:${port};branch=z9hG4bK${randomBytes(6).toString('hex')};rport=${port}`,
      'max-forwards': '70',
      from: `<sip:${formatAor(aor)}>;tag=${randomBytes(4).toString('hex')}`,
      to: said.to,
      'call-id': said.callId ?? randomUUID(),
      cseq: `1 ${method}`,
      contact: `<sip:${aor.username}@${address}:${port}>`,
      'user-agent': 'edge-registrar-simulator',
      authorization: authorizationHeader(digest),
      'content-length': '0',
      ...said.headers,
    },
  };
}

function answerChallenge(
  phone: Phone,
  method: string,
  uri: string,
  nonce: string,
  nonceCount: number,
): DigestAnswer {
  const { aor, password, algorithm = 'MD5', qop = true } = phone;
  const counted = qop || algorithm.endsWith('-sess');
  const answer = {
    ...aor,
    nonce,
    uri,
    algorithm,
    ...(qop && { qop: 'auth', nc: nonceCount.toString(16).padStart(8, '0') }),
    ...(counted && { cnonce: randomBytes(8).toString('hex') }),
  };
  const ha1 = hashCredentials(aor.username, aor.realm, password, algorithm);
  return { ...answer, response: digestResponse(method, answer, algorithm, ha1) };
}

function authorizationHeader({ algorithm, qop, nc, cnonce, ...quoted }: DigestAnswer): string {
  const texts = { ...quoted, ...(cnonce !== undefined && { cnonce }) };
  const pairs = Object.entries(texts).map(([name, value]) => `${name}="${value}"`);
  const tokens = [`algorithm=${algorithm}`, ...(qop ? [`qop=${qop}`, `nc=${nc}`] : [])];
  return `Digest ${[...pairs, ...tokens].join(', ')}`;
}
