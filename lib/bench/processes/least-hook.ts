import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { recordOf, SECRET } from '../phones';

// The least that any hook of jambonz's registration must do, for one account that it knows by heart: the signature over
// the raw bytes, the JSON, one digest, one line of the log. It checks nothing else.

const { ha1 } = recordOf(0);

export async function leastHook(
  { headers, body, requestContext }: APIGatewayProxyEvent,
  print: (line: object) => void,
): Promise<{ statusCode: number; headers: object; body: string }> {
  const began = Date.now();
  const [, time = '', given = ''] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['jambonz-signature'] ?? '') ?? [];
  const expected = createHmac('sha256', SECRET)
    .update(`${time}.`)
    .update(body ?? '')
    .digest('hex');
  const isSigned = timingSafeEqual(Buffer.from(given), Buffer.from(expected));
  const json = JSON.parse(body ?? '');
  const { method, uri, nonce, nc, cnonce, qop, response, username, realm } = json;
  const ha2 = hash('md5', `${method}:${uri}`);
  const isRight = response === hash('md5', `${ha1}:${nonce}:${nc}:${cnonce}:${qop}:${ha2}`);
  const status = isSigned && isRight ? 'ok' : 'fail';
  print({
    hook: 'register-auth',
    answer: status,
    aor: `${username}@${realm}`,
    expires: 3600,
    address: json.source_address,
    userAgent: json.headers['user-agent'],
    ms: Date.now() - began,
    requestId: requestContext.extendedRequestId,
  });
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ status, expires: 3600 }),
  };
}
