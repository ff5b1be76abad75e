import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { registerAuth } from '../../lambdas/register-auth';
import { invite, type Phone, register, type SipRequest } from '../../lib/local/sip-phone';
import { BASE_URL, contextWith, SECRET, type TestContext } from '../hook-context';

process.env.JWT_SECRET = 'anything';
process.env.ENCRYPTION_SECRET = 'anything';
/** jambonz's own client of the registration hook. */
const digestChallenge: (
  req: unknown,
  res: unknown,
  next: (cause?: Error) => void,
) => Promise<void> = require('@jambonz/digest-utils');

const PHONE: Phone = { aor: { username: 'alice', realm: 'sip.example.com' }, password: 'wonderland' };
const RECORD = { realm: 'sip.example.com', username: 'alice', password: 'wonderland' };

/** What the SBC does with the request: it goes on (with its grant), or it sends a final answer. */
type Outcome =
  | { readonly grant: object }
  | { readonly sip: number; readonly headers: object | undefined }
  | { readonly broken: string };

async function throughJambonz(request: SipRequest, context: TestContext): Promise<Outcome> {
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const signature = String(incoming.headers['jambonz-signature']);
    const { status, body } = await registerAuth(
      { signature, body: Buffer.concat(chunks), baseUrl: BASE_URL },
      context,
    ).catch(() => ({ status: 504, body: {} }));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await askThroughSbc(
      request,
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/register-auth`,
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function askThroughSbc(request: SipRequest, url: string): Promise<Outcome> {
  const logger = { debug() {}, info() {}, error() {} };
  const locals = {
    logger,
    account_sid: 'a',
    realm: 'sip.example.com',
    registration_hook_url: url,
    registration_hook_method: 'POST',
    webhook_secret: SECRET,
  };
  const srf = { locals: { stats: { histogram() {} }, AlertType: {}, writeAlerts() {}, dbHelpers: {} } };
  return new Promise((resolve) => {
    const req = {
      locals,
      srf,
      authorization: undefined as { grant: object } | undefined,
      source_address: request.sourceAddress,
      source_port: request.sourcePort,
      method: request.method,
      headers: request.headers,
      registration: request.expires === null ? undefined : { expires: request.expires },
      has: (name: string) => name.toLowerCase() in request.headers,
      get: (name: string) => request.headers[name.toLowerCase()],
    };
    const res = {
      send: (sip: number, answer?: { headers: object }) => resolve({ sip, headers: answer?.headers }),
    };
    digestChallenge(req, res, (cause) =>
      resolve(cause ? { broken: cause.message } : { grant: req.authorization?.grant ?? {} }),
    );
  });
}

describe("register-auth behind jambonz's own client", () => {
  const now = Date.now();
  const context = (...records: object[]) => contextWith(records, { now });

  test('the right password: jambonz goes on, with our expires', async () => {
    expect(await throughJambonz(register(PHONE, now, 7200), context(RECORD))).toEqual({
      grant: { status: 'ok', statusCode: 200, expires: 3600 },
    });
  });

  test('a phone without qop: jambonz goes on', async () => {
    expect(await throughJambonz(register({ ...PHONE, qop: false }, now, 60), context(RECORD))).toEqual({
      grant: { status: 'ok', statusCode: 200, expires: 60 },
    });
  });

  test('SHA-256, which jambonz reports well when it is not last: jambonz goes on', async () => {
    expect(
      await throughJambonz(register({ ...PHONE, algorithm: 'SHA-256' }, now), context(RECORD)),
    ).toMatchObject({ grant: { status: 'ok' } });
  });

  test('INVITE: jambonz goes on', async () => {
    expect(await throughJambonz(invite(PHONE, '0501234567', now), context(RECORD))).toEqual({
      grant: { status: 'ok', statusCode: 200 },
    });
  });

  test.each<[string, SipRequest, object[]]>([
    ['a wrong password', register({ ...PHONE, password: 'guess' }, now), [RECORD]],
    ['an unknown user', register(PHONE, now), []],
    ["somebody else's AOR", register(PHONE, now, 3600, { to: '<sip:bob@sip.example.com>' }), [RECORD]],
    ['a disabled account', register(PHONE, now), [{ ...RECORD, enabled: false }]],
  ])('%s: the phone gets 403', async (_what, request, records) => {
    expect(await throughJambonz(request, context(...records))).toEqual({
      sip: 403,
      headers: { 'X-Reason': 'Invalid credentials' },
    });
  });

  test('an outage: the phone gets 504, from which every phone comes back', async () => {
    expect(await throughJambonz(register(PHONE, now), contextWith('out of order', { now }))).toEqual({
      sip: 504,
      headers: undefined,
    });
  });

  test('another secret in jambonz: the phone gets 401', async () => {
    expect(
      await throughJambonz(register(PHONE, now), contextWith([RECORD], { now, secret: 'another_secret' })),
    ).toMatchObject({ sip: 401 });
  });
});
