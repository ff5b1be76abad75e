import type { APIGatewayProxyEvent } from 'aws-lambda';
import fc from 'fast-check';
import { registerAuth } from '../../lambdas/register-auth';
import { apiGatewayHandler } from '../../lib/aws/lambda/handler';
import { ROUTES } from '../../lib/jambonz/routes';
import { signatureHeader } from '../../lib/jambonz/signature';
import { authHookPayload } from '../../lib/local/jambonz-simulator';
import { invite, type Phone, register } from '../../lib/local/sip-phone';
import { startLambda, startTables, type TestTables } from '../aws/lambda-process';
import { contextWith, NO_TELEMETRY, NOW, SECRET } from '../hook-context';

const REALM = 'sip.example.com';
const RECORDS = [
  { realm: REALM, username: 'alice', password: 'wonderland' },
  { realm: REALM, username: 'hash', ha1: '1920ed0005786b17b3a95e189db6eee2' },
  { realm: REALM, username: 'empty' },
];

/** A body of any bytes, signed as jambonz would sign it: the worst that can get past the signature. */
async function post(body: Uint8Array) {
  const broken: unknown[] = [];
  const telemetry = { ...NO_TELEMETRY, failed: (cause: unknown) => broken.push(cause) };
  const handler = apiGatewayHandler({ [ROUTES.registerAuth]: registerAuth }, contextWith(RECORDS), telemetry);
  const signature = signatureHeader(body, SECRET, Math.floor(NOW / 1000));
  const { statusCode, body: answer } = await handler({
    resource: ROUTES.registerAuth,
    headers: { 'Jambonz-Signature': signature },
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
    requestContext: { extendedRequestId: 'r1' },
  } as unknown as APIGatewayProxyEvent);
  return { status: statusCode, answer: JSON.parse(answer) as { status?: string }, broken };
}

async function expectNoEntry(body: Uint8Array): Promise<void> {
  const { status, answer, broken } = await post(body);
  expect(broken).toEqual([]);
  expect([200, 400, 413]).toContain(status);
  expect(answer.status).not.toBe('ok');
}

/** What devices and jambonz write, and what neither should. */
const word = fc.oneof(
  fc.constantFrom(
    'alice',
    'hash',
    'empty',
    'nobody',
    REALM,
    'SIP.EXAMPLE.COM',
    'REGISTER',
    'INVITE',
    'MD5',
    'auth',
  ),
  fc.constantFrom('', ' ', '"', ',', '@', '__proto__', 'constructor', '\0', '\ud800', 'x'.repeat(3000)),
  fc.constantFrom('sip:alice@sip.example.com', '<sip:alice@sip.example.com>', '179542388662300', '00000001'),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const anything = fc.oneof(word, fc.jsonValue({ maxDepth: 2 }));
const nearlyAHook = fc.record(
  {
    source_address: anything,
    method: fc.oneof(fc.constantFrom('REGISTER', 'INVITE'), anything),
    headers: fc.oneof(
      fc.record({ to: anything, 'call-id': anything, authorization: anything, 'X-Forwarded-For': anything }),
      anything,
    ),
    expires: fc.oneof(fc.constantFrom(null, 0, 3600, -1, 1e300), anything),
    username: fc.oneof(fc.constantFrom('alice', 'hash', 'empty'), anything),
    realm: fc.oneof(fc.constant(REALM), anything),
    nonce: anything,
    uri: anything,
    response: fc.oneof(fc.stringMatching(/^[0-9a-f]{32}$/), anything),
    algorithm: fc.oneof(fc.constantFrom('MD5', 'SHA-256', 'MD5-sess'), anything),
    qop: fc.oneof(fc.constant('auth'), anything),
    nc: anything,
    cnonce: anything,
  },
  { requiredKeys: ['method', 'headers', 'username', 'realm', 'nonce', 'uri', 'response'] },
);

describe('whatever is posted to register-auth', () => {
  test('any bytes: no crash, no 5xx, no way in', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), expectNoEntry), { numRuns: 500 });
  });

  test('any JSON: no crash, no 5xx, no way in', async () => {
    const json = fc.json({ maxDepth: 5 }).map((text) => Buffer.from(text));
    await fc.assert(fc.asyncProperty(json, expectNoEntry), { numRuns: 500 });
  });

  test('anything in the fields of a hook: no crash, no 5xx, no way in', async () => {
    const body = nearlyAHook.map((hook) => Buffer.from(JSON.stringify(hook)));
    await fc.assert(fc.asyncProperty(body, expectNoEntry), { numRuns: 3_000 });
  });

  test('any password but the right one, in any algorithm: no way in', async () => {
    const phone = fc.record({
      aor: fc.record({ username: fc.constantFrom('alice', 'hash', 'empty'), realm: fc.constant(REALM) }),
      password: fc.string({ maxLength: 30 }).filter((it) => it !== 'wonderland'),
      algorithm: fc.constantFrom('MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess'),
      qop: fc.boolean(),
    });
    const attempt = fc.tuple(phone, fc.boolean()).map(([who, calls]) => {
      const request = calls ? invite(who as Phone, '0501234567', NOW) : register(who as Phone, NOW);
      return Buffer.from(JSON.stringify(authHookPayload(request)));
    });
    await fc.assert(fc.asyncProperty(attempt, expectNoEntry), { numRuns: 1_000 });
  });
});

describe('whatever is posted, also with the tables behind it', () => {
  let tables: TestTables;
  beforeAll(async () => {
    tables = await startTables(RECORDS);
  });
  afterAll(() => tables.stop());

  test('no text in a field is one that DynamoDB chokes on', async () => {
    const { auth, lines } = startLambda(tables.endpoint);
    const right: Phone = {
      aor: { username: 'alice', realm: REALM },
      password: 'wonderland',
      address: '192.0.2.1',
    };
    await fc.assert(
      fc.asyncProperty(word, word, word, word, async (callId, to, username, address) => {
        const call = invite(right, '0501234567', NOW, { callId, to, uri: 'sip:10.0.0.1' });
        const guess = register({ aor: { username, realm: to }, password: 'guess', address }, NOW);
        expect((await auth(call)).status).toBe(200);
        expect([200, 400]).toContain((await auth(guess)).status);
      }),
      { numRuns: 60 },
    );
    expect(lines.filter(({ undecided, trouble: degradation }) => undecided ?? degradation)).toEqual([]);
  });
});
