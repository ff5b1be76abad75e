import type { Admission, AuthAttempt } from '../registrar/auth/admission';
import { type DigestAnswer, UNREADABLE } from '../registrar/auth/digest';
import { isObject } from '../registrar/record/json';
import { readAuthorization, saysTheSame } from './authorization';
import type { HookAnswer } from './webhook';

/**
 * Reads the body of the registration hook (digest-utils index.js, `digestChallenge`).
 * @returns undefined when it is not what jambonz sends
 */
export function parseAuthHook(json: Record<string, unknown>): AuthAttempt | undefined {
  const { method, headers, expires, source_address } = json;
  const fields = readFields(json);
  if (typeof method !== 'string' || !isObject(headers) || !fields) return undefined;
  return {
    method,
    digest: preferHeader(fields, headers.authorization),
    source: {
      address: textOf(source_address),
      claimedByDevice: method === 'INVITE' && Object.keys(headers).some(isForwardedFor),
    },
    userAgent: textOf(headers['user-agent']),
    callId: textOf(headers['call-id']),
    contact: textOf(headers.contact),
    to: textOf(headers.to),
    expires: typeof expires === 'number' && Number.isInteger(expires) && expires >= 0 ? expires : undefined,
  };
}

/** jambonz takes exactly this as yes or no: any other body is SIP 500 to the phone. */
export function answerAuthHook(admission: Admission): HookAnswer {
  if (!admission.admitted) return { status: 200, body: { status: 'fail' } };
  const { expires } = admission;
  return { status: 200, body: { status: 'ok', ...(expires !== undefined && { expires }) } };
}

/** On INVITE the SBC takes the source address from these, if the device sends one (sbc-inbound lib/middleware.js). */
function isForwardedFor(name: string): boolean {
  return /^x-(subspace-)?forwarded-for$/i.test(name);
}

/**
 * jambonz's parser cuts a quoted text at a comma, takes a last `algorithm=SHA-256` for MD5 and leaves spaces
 * behind a last qop. The device's own header is right, unless the two differ about who this is: calls will come
 * under jambonz's reading of the name, so then that one counts.
 */
function preferHeader(fields: DigestAnswer, header: unknown): DigestAnswer {
  if (typeof header !== 'string' || saysTheSame(header, fields)) return fields;
  const own = readAuthorization(header);
  return own && own.username === fields.username && own.realm === fields.realm ? own : fields;
}

function readFields(json: Record<string, unknown>): DigestAnswer | undefined {
  const { username, realm, nonce, uri, response, algorithm, qop, nc, cnonce } = json;
  if (!isText(username) || !isText(realm) || !isText(nonce) || !isText(uri) || !isText(response))
    return undefined;
  return {
    username,
    realm,
    nonce,
    uri,
    response,
    algorithm: readOptional(algorithm) ?? 'MD5',
    qop: readOptional(qop)?.trim(),
    nc: readOptional(nc)?.trim(),
    cnonce: readOptional(cnonce),
  };
}

/** jambonz leaves out what the device did not send, or sends an empty text. */
function readOptional(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : UNREADABLE;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
