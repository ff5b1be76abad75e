import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { phoneOf, SECRET } from '../phones';

// What jambonz's own example of this webhook does for a REGISTER (github.com/jambonz/customer-auth-server, lib/auth.js),
// with the signature checked over the raw bytes, which the example leaves out: three MD5 over the password, one line of
// the log. Its web server, Express, is left out: in Lambda nobody needs one.

const { aor, password } = phoneOf(0);
const USERS = new Map([[aor.username, password]]);

export async function expressOriginal(
  { headers, body, requestContext }: APIGatewayProxyEvent,
  print: (line: object) => void,
): Promise<{ statusCode: number; headers: object; body: string }> {
  const began = Date.now();
  const fields = new Map(
    (headers['jambonz-signature'] ?? '').split(',').map((it) => it.split('=') as [string, string]),
  );
  const expected = createHmac('sha256', SECRET)
    .update(`${fields.get('t')}.`)
    .update(body ?? '')
    .digest('hex');
  const isSigned = timingSafeEqual(Buffer.from(fields.get('v1') ?? ''), Buffer.from(expected));
  const payload = JSON.parse(body ?? '');
  const isRight = payload.response === responseOf(payload, USERS.get(payload.username) ?? '');
  const status = isSigned && isRight ? 'ok' : 'fail';
  print({
    level: 30,
    time: Date.now(),
    pid: process.pid,
    hostname: 'sbc',
    aor: `${payload.username}@${payload.realm}`,
    address: payload.source_address,
    userAgent: payload.headers['user-agent'],
    requestId: requestContext.extendedRequestId,
    ms: Date.now() - began,
    msg: `authentication ${status}`,
  });
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ status, expires: 3600 }),
  };
}

interface Payload {
  readonly method: string;
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly nc?: string;
  readonly cnonce?: string;
  readonly qop?: string;
}

function responseOf(
  { method, username, realm, nonce, uri, nc, cnonce, qop }: Payload,
  secret: string,
): string {
  const ha1 = createHash('md5');
  ha1.update([username, realm, secret].join(':'));
  const ha2 = createHash('md5');
  ha2.update([method, uri].join(':'));
  const parts = [ha1.digest('hex'), nonce];
  if (cnonce) parts.push(nc ?? '', cnonce);
  if (qop) parts.push(qop);
  parts.push(ha2.digest('hex'));
  const response = createHash('md5');
  response.update(parts.join(':'));
  return response.digest('hex');
}
