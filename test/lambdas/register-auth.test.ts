import { registerAuth } from '../../lambdas/register-auth';
import { signatureHeader } from '../../lib/jambonz/signature';
import { authHookPayload } from '../../lib/local/jambonz-simulator';
import { invite, type Otherwise, type Phone, register, type SipRequest } from '../../lib/local/sip-phone';
import { BASE_URL, contextWith, NOW, SECRET, send } from '../hook-context';

const REALM = 'sip.example.com';
const RECORDS = [
  { realm: REALM, username: 'alice', password: 'wonderland' },
  { realm: REALM, username: 'hash', ha1: '1920ed0005786b17b3a95e189db6eee2' },
  { realm: REALM, username: 'gone', password: 'wonderland', enabled: false },
  { realm: REALM, username: 'auth100', password: 'wonderland', registration: { users: ['100'] } },
  { realm: REALM, username: 'short', password: 'wonderland', registration: { maxExpires: 120 } },
  { realm: REALM, username: 'typo', password: 12345 },
  { realm: REALM, username: '9901#1', password: 'wonderland' },
  { realm: 'other.example.com', username: 'alice', password: 'elsewhere' },
];

function phone(username: string, changes: Partial<Phone> = {}): Phone {
  return { aor: { username, realm: REALM }, password: 'wonderland', ...changes };
}

async function ask(
  request: ReturnType<typeof register>,
  records: Parameters<typeof contextWith>[0] = RECORDS,
) {
  const context = contextWith(records);
  const { status, body } = await send(registerAuth, authHookPayload(request), context);
  const [outcome] = context.decisions;
  return {
    status,
    body,
    because: outcome && 'admission' in outcome ? outcome.admission.because : undefined,
  };
}

const NOWHERE = { address: '', claimedByDevice: false };
const OK = { status: 'ok', expires: 3600 };
const FAIL = { status: 'fail' };

describe('register-auth', () => {
  test.each<[string, Phone, number, Otherwise, object, string]>([
    ['the right password', phone('alice'), 3600, {}, OK, 'right-digest'],
    ['a stored HA1', phone('hash'), 3600, {}, OK, 'right-digest'],
    ['no qop', phone('alice', { qop: false }), 3600, {}, OK, 'right-digest'],
    ['SHA-256', phone('alice', { algorithm: 'SHA-256' }), 3600, {}, OK, 'right-digest'],
    ['MD5-sess', phone('alice', { algorithm: 'MD5-sess' }), 3600, {}, OK, 'right-digest'],
    [
      'the realm in other letters',
      phone('alice', { aor: { username: 'alice', realm: 'SIP.Example.com' } }),
      3600,
      {},
      OK,
      'right-digest',
    ],
    ['less time', phone('alice'), 60, {}, { status: 'ok', expires: 60 }, 'right-digest'],
    ['more than an hour', phone('alice'), 7200, {}, OK, 'right-digest'],
    ['more than the record grants', phone('short'), 3600, {}, { status: 'ok', expires: 120 }, 'right-digest'],
    ['un-REGISTER', phone('alice'), 0, {}, { status: 'ok', expires: 0 }, 'right-digest'],
    ['un-REGISTER of a disabled account', phone('gone'), 0, {}, { status: 'ok', expires: 0 }, 'right-digest'],
    ['a wrong password', phone('alice', { password: 'guess' }), 3600, {}, FAIL, 'wrong-digest'],
    ['an unknown user', phone('nobody'), 3600, {}, FAIL, 'unknown-account'],
    ["another realm's password", phone('alice', { password: 'elsewhere' }), 3600, {}, FAIL, 'wrong-digest'],
    ['the username in other letters', phone('Alice'), 3600, {}, FAIL, 'unknown-account'],
    ['a disabled account', phone('gone'), 3600, {}, FAIL, 'disabled'],
    [
      'a password that the record holds as a number',
      phone('typo', { password: '12345' }),
      3600,
      {},
      FAIL,
      'no-credential',
    ],
    ['the empty password for it', phone('typo', { password: '' }), 3600, {}, FAIL, 'no-credential'],
    ['somebody else in To', phone('alice'), 3600, { to: `<sip:bob@${REALM}>` }, FAIL, 'wrong-aor'],
    ['another realm in To', phone('alice'), 3600, { to: '<sip:alice@other.example.com>' }, FAIL, 'wrong-aor'],
    [
      'the realm of To in other letters',
      phone('alice'),
      3600,
      { to: '<sip:alice@SIP.EXAMPLE.COM>' },
      OK,
      'right-digest',
    ],
    ['an escaped To', phone('9901#1'), 3600, { to: `<sip:9901%231@${REALM}>` }, OK, 'right-digest'],
    [
      'an escaped user of somebody else',
      phone('alice'),
      3600,
      { to: `<sip:9901%231@${REALM}>` },
      FAIL,
      'wrong-aor',
    ],
    ['a user of its list', phone('auth100'), 3600, { to: `<sip:100@${REALM}>` }, OK, 'right-digest'],
    [
      'a user of its list, escaped',
      phone('auth100'),
      3600,
      { to: `<sip:%31%30%30@${REALM}>` },
      OK,
      'right-digest',
    ],
    ['its own user beside the list', phone('auth100'), 3600, {}, OK, 'right-digest'],
    [
      'a user that is not in its list',
      phone('auth100'),
      3600,
      { to: `<sip:101@${REALM}>` },
      FAIL,
      'wrong-aor',
    ],
    [
      'a user of its list in another realm',
      phone('auth100'),
      3600,
      { to: '<sip:100@other.example.com>' },
      FAIL,
      'wrong-aor',
    ],
    ["a user of somebody else's list", phone('alice'), 3600, { to: `<sip:100@${REALM}>` }, FAIL, 'wrong-aor'],
    ['a user escaped twice', phone('9901#1'), 3600, { to: `<sip:9901%25231@${REALM}>` }, FAIL, 'wrong-aor'],
    [
      'two addresses in To',
      phone('alice'),
      3600,
      { to: `<sip:alice@${REALM}>, <sip:bob@${REALM}>` },
      FAIL,
      'ambiguous-to',
    ],
  ])('REGISTER with %s', async (_what, who, expires, otherwise, body, because) => {
    expect(await ask(register(who, NOW, expires, otherwise))).toEqual({ status: 200, body, because });
  });

  test('INVITE with the right password: ok, without expires', async () => {
    expect(await ask(invite(phone('alice'), '0501234567', NOW))).toEqual({
      status: 200,
      body: { status: 'ok' },
      because: 'right-digest',
    });
  });

  test('INVITE of a disabled account: ok, because the call hook decides which calls it may still make', async () => {
    expect(await ask(invite(phone('gone'), '112', NOW))).toMatchObject({ body: { status: 'ok' } });
  });

  test('any other method is refused', async () => {
    const request = { ...register(phone('alice'), NOW), method: 'SUBSCRIBE' };
    expect(await ask(request)).toMatchObject({ status: 200, body: FAIL, because: 'method-not-supported' });
  });

  test.each([[null], [-1], [1.5], ['3600']])(
    'when the device asks for %j seconds, the most is granted',
    async (expires) => {
      const request = { ...register(phone('alice'), NOW), expires: expires as number };
      expect(await ask(request)).toMatchObject({ body: OK });
    },
  );

  test('an outage is not a wrong password: it throws, and the handler answers 504', async () => {
    await expect(ask(register(phone('alice'), NOW), 'out of order')).rejects.toThrow('out of order');
  });

  test('a username that jambonz cut at a comma logs nobody in', async () => {
    const payload = { ...authHookPayload(register(phone('de,v1'), NOW)), username: 'de' };
    const context = contextWith([{ realm: REALM, username: 'de', password: 'wonderland' }]);
    expect((await send(registerAuth, payload, context)).body).toEqual(FAIL);
  });

  // jambonz takes the first `username=` that it sees, also one inside a quoted text, and calls come under that name.
  test.each([
    ['username', 'a, username=bob,'],
    ['realm', 'a, realm=other.example.com,'],
  ])('a %s that jambonz and the header read differently logs nobody in', async (field, opaque) => {
    const request = register(phone('alice'), NOW);
    const authorization = `Digest opaque="${opaque}", ${request.headers.authorization?.slice('Digest '.length)}`;
    const payload = {
      ...authHookPayload({ ...request, headers: { ...request.headers, authorization } }),
      [field]: opaque.slice(opaque.indexOf('=') + 1, -1),
    };
    const context = contextWith([...RECORDS, { realm: REALM, username: 'bob', password: 'builder' }]);
    expect((await send(registerAuth, payload, context)).body).toEqual(FAIL);
  });

  test('a uri that jambonz cut at a comma is read from the header itself', async () => {
    const payload = {
      ...authHookPayload(register(phone('alice'), NOW, 3600, { uri: `sip:${REALM};a=1,b` })),
      uri: `sip:${REALM};a=1`,
    };
    expect((await send(registerAuth, payload, contextWith(RECORDS))).body).toEqual(OK);
  });

  test('an algorithm that jambonz took for MD5 is read from the header itself', async () => {
    const payload = {
      ...authHookPayload(register(phone('alice', { algorithm: 'SHA-256' }), NOW)),
      algorithm: 'MD5',
    };
    expect((await send(registerAuth, payload, contextWith(RECORDS))).body).toEqual(OK);
  });
});

describe('a malformed digest is refused as malformed, whichever account it is for', () => {
  const inHeader = (from: RegExp, to: string) => (request: SipRequest) => ({
    ...request,
    headers: { ...request.headers, authorization: String(request.headers.authorization).replace(from, to) },
  });
  /** As jambonz hands fields on when there is no header to read them from. */
  const inFields = (fields: object) => (request: SipRequest) => {
    const { authorization, ...headers } = request.headers;
    return { ...request, headers, digest: { ...request.digest, ...fields } } as SipRequest;
  };

  test.each<[string, (request: SipRequest) => SipRequest]>([
    ['a count of seven digits', inHeader(/nc=\d+/, 'nc=0000001')],
    ['a count of nine digits', inHeader(/nc=\d+/, 'nc=000000001')],
    ['a count that is not hex', inHeader(/nc=\d+/, 'nc=0000000g')],
    ['a count with a sign', inHeader(/nc=\d+/, 'nc=-0000001')],
    ['qop without a count', inHeader(/, nc=\d+/, '')],
    ['qop without a cnonce', inHeader(/ cnonce="[^"]*",/, '')],
    ['qop with an empty cnonce', inHeader(/cnonce="[^"]*"/, 'cnonce=""')],
    ['a count without qop that is none', inHeader(/qop=auth, nc=\d+/, 'nc=x')],
    ['an algorithm of sessions without a cnonce', inHeader(/ cnonce=.*$/, ' algorithm=MD5-sess')],
    ['a count that is no text', inFields({ nc: 1 })],
    ['a cnonce that is no text', inFields({ cnonce: ['0a4f113b'] })],
    ['a qop that is no text', inFields({ qop: { auth: true } })],
    ['an algorithm that is no text', inFields({ algorithm: 5 })],
    ['qop without a cnonce, as fields', inFields({ cnonce: undefined })],
    ['a count in eight other digits', inFields({ nc: '０0000001' })],
  ])('%s', async (_what, change) => {
    for (const who of ['alice', 'nobody'])
      expect(await ask(change(register(phone(who), NOW)))).toEqual({
        status: 200,
        body: FAIL,
        because: 'malformed-digest',
      });
  });

  test.each<[string, (request: SipRequest) => SipRequest]>([
    ['a null where jambonz has nothing', inFields({ opaque: null })],
    ['spaces that jambonz leaves behind a last count', inFields({ nc: '00000001 ', qop: 'auth ' })],
  ])('but not %s', async (_what, change) => {
    expect(await ask(change(register(phone('alice'), NOW)))).toMatchObject({ because: 'right-digest' });
  });

  test('nor the highest count that eight digits hold', async () => {
    const request = register(phone('alice'), NOW, 3600, { nonceCount: 0xffffffff });
    expect(await ask(request)).toMatchObject({ because: 'right-digest' });
  });

  test('no guess is counted: it was never compared with a password', async () => {
    const failed = jest.fn();
    const context = contextWith(RECORDS);
    const guard = () => ({
      ...context.bruteForceGuard({ username: '', realm: '' }, NOWHERE),
      recordFailure: failed,
    });
    const request = inFields({ nc: 1 })(register(phone('alice', { password: 'guess' }), NOW));
    await send(registerAuth, authHookPayload(request), { ...context, bruteForceGuard: guard });
    expect(failed).not.toHaveBeenCalled();
  });
});

test('the log line of an attempt has its address and phone', async () => {
  const context = contextWith(RECORDS);
  const request = invite(phone('alice', { address: '192.0.2.7' }), '1', NOW, {
    headers: { 'X-Forwarded-For': '192.0.2.7', 'user-agent': 'Yealink SIP-T46S 66.84.0.15' },
  });
  await send(registerAuth, authHookPayload(request), context);
  await send(registerAuth, authHookPayload({ ...request, headers: { 'user-agent': 5 as never } }), context);
  expect(context.decisions).toMatchObject([
    {
      method: 'INVITE',
      source: { address: '192.0.2.7', claimedByDevice: true },
      userAgent: 'Yealink SIP-T46S 66.84.0.15',
    },
    { source: { address: '192.0.2.7', claimedByDevice: false }, userAgent: '' },
  ]);
});

describe('register-auth refuses before it reads anything', () => {
  const good = () => authHookPayload(register(phone('alice'), NOW));

  test.each<[string, unknown, number, string]>([
    ['a body over 256 KB', JSON.stringify({ pad: 'x'.repeat(256 * 1024) }), 413, 'too-large'],
    [
      'fewer letters of more bytes than that',
      JSON.stringify({ pad: 'é'.repeat(128 * 1024) }),
      413,
      'too-large',
    ],
    ['what is not JSON', '{"oops', 400, 'not-json'],
    ['a JSON list', '[]', 400, 'not-json'],
    ['JSON null', 'null', 400, 'not-json'],
    ['JSON of a thousand levels', `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`, 400, 'not-json'],
    ['an empty body', '', 400, 'not-json'],
    ['no username', { ...good(), username: undefined }, 400, 'not-understood'],
    ['a response that is no text', { ...good(), response: 1 }, 400, 'not-understood'],
    ['no headers, as GET hooks send it', { ...good(), headers: undefined }, 400, 'not-understood'],
    ['no method', { ...good(), method: undefined }, 400, 'not-understood'],
  ])('%s', async (_what, payload, status, refused) => {
    const context = contextWith(RECORDS);
    expect(await send(registerAuth, payload, context)).toMatchObject({ status });
    expect(context.decisions).toEqual([{ hook: 'register-auth', refused }]);
  });

  test('bytes that are not UTF-8', async () => {
    const context = contextWith(RECORDS);
    const body = Buffer.concat([
      Buffer.from('{"pad":"'),
      Buffer.from([0xff]),
      Buffer.from(`",${JSON.stringify(good()).slice(1)}`),
    ]);
    const signature = signatureHeader(body, SECRET, Math.floor(NOW / 1000));
    expect(await registerAuth({ signature, body, baseUrl: BASE_URL }, context)).toMatchObject({
      status: 400,
    });
    expect(context.decisions).toEqual([{ hook: 'register-auth', refused: 'not-json' }]);
  });

  test.each<[string, string | undefined]>([
    ['no signature', undefined],
    ['a wrong signature', `t=${Math.floor(NOW / 1000)},v1=${'0'.repeat(64)}`],
  ])('%s: 401, before any look-up', async (_what, signature) => {
    const context = contextWith('out of order');
    const body = JSON.stringify(good());
    expect(await registerAuth({ signature, body, baseUrl: BASE_URL }, context)).toMatchObject({
      status: 401,
    });
  });
});
