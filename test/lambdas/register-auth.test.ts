import { registerAuth } from '../../lambdas/register-auth';
import { signatureHeader } from '../../lib/jambonz/signature';
import { authHookPayload } from '../../lib/local/jambonz';
import { invite, type Otherwise, type Phone, register } from '../../lib/local/phone';
import { BASE_URL, NOW, SECRET, send, worldWith } from '../world';

const REALM = 'sip.example.com';
const RECORDS = [
  { realm: REALM, username: 'alice', password: 'wonderland' },
  { realm: REALM, username: 'hash', ha1: '1920ed0005786b17b3a95e189db6eee2' },
  { realm: REALM, username: 'gone', password: 'wonderland', enabled: false },
  { realm: REALM, username: 'short', password: 'wonderland', registration: { maxExpires: 120 } },
  { realm: REALM, username: 'typo', password: 12345 },
  { realm: 'other.example.com', username: 'alice', password: 'elsewhere' },
];

function phone(username: string, changes: Partial<Phone> = {}): Phone {
  return { aor: { username, realm: REALM }, password: 'wonderland', ...changes };
}

async function ask(request: ReturnType<typeof register>, records: Parameters<typeof worldWith>[0] = RECORDS) {
  const world = worldWith(records);
  const { status, body } = await send(registerAuth, authHookPayload(request), world);
  const [decision] = world.decisions;
  return {
    status,
    body,
    because: decision && 'admission' in decision ? decision.admission.because : undefined,
  };
}

const OK = { status: 'ok', expires: 3600 };
const FAIL = { status: 'fail' };

test.each([
  ['of a REGISTER', register(phone('alice', { address: '192.0.2.7' }), NOW), '192.0.2.7'],
  ['of an INVITE', invite(phone('alice', { address: '192.0.2.7' }), '1000', NOW), '192.0.2.7'],
  [
    'that the device itself writes into an INVITE, which is left out',
    invite(phone('alice', { address: '192.0.2.7' }), '1000', NOW, {
      headers: { 'X-Forwarded-For': '192.0.2.7' },
    }),
    undefined,
  ],
])('reports the address %s', async (_, request, address) => {
  const world = worldWith(RECORDS);
  await send(registerAuth, authHookPayload(request), world);
  expect(world.decisions).toEqual([expect.objectContaining({ hook: 'register-auth', address })]);
});

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

  test('INVITE of a disabled account: ok, as the call hook decides which calls it may still make', async () => {
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

  test('an outage is not a wrong password: it throws, and the door says 504', async () => {
    await expect(ask(register(phone('alice'), NOW), 'out of order')).rejects.toThrow('out of order');
  });

  test('a username that jambonz cut at a comma logs nobody in', async () => {
    const payload = { ...authHookPayload(register(phone('de,v1'), NOW)), username: 'de' };
    const world = worldWith([{ realm: REALM, username: 'de', password: 'wonderland' }]);
    expect((await send(registerAuth, payload, world)).body).toEqual(FAIL);
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
    const world = worldWith([...RECORDS, { realm: REALM, username: 'bob', password: 'builder' }]);
    expect((await send(registerAuth, payload, world)).body).toEqual(FAIL);
  });

  test('a uri that jambonz cut at a comma is read from the header itself', async () => {
    const payload = {
      ...authHookPayload(register(phone('alice'), NOW, 3600, { uri: `sip:${REALM};a=1,b` })),
      uri: `sip:${REALM};a=1`,
    };
    expect((await send(registerAuth, payload, worldWith(RECORDS))).body).toEqual(OK);
  });

  test('an algorithm that jambonz took for MD5 is read from the header itself', async () => {
    const payload = {
      ...authHookPayload(register(phone('alice', { algorithm: 'SHA-256' }), NOW)),
      algorithm: 'MD5',
    };
    expect((await send(registerAuth, payload, worldWith(RECORDS))).body).toEqual(OK);
  });
});

describe('register-auth refuses at the door', () => {
  const good = () => authHookPayload(register(phone('alice'), NOW));

  test.each<[string, unknown, number, string]>([
    ['a body over 256 KB', JSON.stringify({ pad: 'x'.repeat(256 * 1024) }), 413, 'too-large'],
    [
      'fewer letters of more bytes than that',
      JSON.stringify({ pad: 'é'.repeat(128 * 1024) }),
      413,
      'too-large',
    ],
    ['what is no JSON', '{"oops', 400, 'not-json'],
    ['a JSON list', '[]', 400, 'not-json'],
    ['JSON null', 'null', 400, 'not-json'],
    ['JSON of a thousand levels', `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`, 400, 'not-json'],
    ['an empty body', '', 400, 'not-json'],
    ['no username', { ...good(), username: undefined }, 400, 'not-understood'],
    ['a response that is no text', { ...good(), response: 1 }, 400, 'not-understood'],
    ['no headers, as GET hooks send it', { ...good(), headers: undefined }, 400, 'not-understood'],
    ['no method', { ...good(), method: undefined }, 400, 'not-understood'],
  ])('%s', async (_what, payload, status, refused) => {
    const world = worldWith(RECORDS);
    expect(await send(registerAuth, payload, world)).toMatchObject({ status });
    expect(world.decisions).toEqual([{ hook: 'register-auth', refused }]);
  });

  test('bytes that are no UTF-8', async () => {
    const world = worldWith(RECORDS);
    const body = Buffer.concat([
      Buffer.from('{"pad":"'),
      Buffer.from([0xff]),
      Buffer.from(`",${JSON.stringify(good()).slice(1)}`),
    ]);
    const signature = signatureHeader(body, SECRET, Math.floor(NOW / 1000));
    expect(await registerAuth({ signature, body, baseUrl: BASE_URL }, world)).toMatchObject({ status: 400 });
    expect(world.decisions).toEqual([{ hook: 'register-auth', refused: 'not-json' }]);
  });

  test.each<[string, string | undefined]>([
    ['no signature', undefined],
    ['a wrong signature', `t=${Math.floor(NOW / 1000)},v1=${'0'.repeat(64)}`],
  ])('%s: 401, before any look-up', async (_what, signature) => {
    const world = worldWith('out of order');
    const body = JSON.stringify(good());
    expect(await registerAuth({ signature, body, baseUrl: BASE_URL }, world)).toMatchObject({ status: 401 });
  });
});
