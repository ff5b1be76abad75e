import { invite, type Phone, register } from '../lib/local/sip-phone';
import { startFaultyDynamoDB } from './aws/faulty-dynamodb';
import { startLambda, startTables } from './aws/lambda-process';
import { NOW } from './hook-context';
import { secretIn, withoutSecrets } from './no-secrets';

test.each([
  { because: 'wonderland' },
  { inner: 'HA1 1920ed0005786b17b3a95e189db6eee2' },
  'Authorization: Digest username="alice"',
  { secret: 'wh_secret_of_the_tests' },
  { auth: { password: 'trunk-pass' } },
])('a check of the check: %j is seen', (line) => {
  expect(secretIn(line)).toBeDefined();
  expect(() => withoutSecrets(line)).toThrow('a secret was printed');
});

test('a check of the check: what goes to the console is searched, too', () => {
  expect(() => console.info({ password: 'wonderland' })).toThrow('a secret was printed');
});

test.each([{ hook: 'register-auth', answer: 'fail', because: 'wrong-digest', aor: 'alice@sip.example.com' }])(
  'a check of the check: %j holds none',
  (line) => {
    expect(secretIn(line)).toBeUndefined();
  },
);

test('right and wrong logins, replays, broken records and outages print no secret', async () => {
  const tables = await startTables([
    { realm: 'sip.example.com', username: 'alice', password: 'wonderland' },
    {
      realm: 'sip.example.com',
      username: 'bad',
      password: ['wonderland'],
      ha1: 'wonderland',
      credentials: 'wonderland',
    },
  ]);
  const dynamodb = await startFaultyDynamoDB(tables.endpoint);
  const clock = { now: NOW };
  const { auth, call, lines } = startLambda(dynamodb.endpoint, clock);
  for (const kind of [undefined, 'truncated JSON', 'access denied', 'reset'] as const) {
    dynamodb.fault = kind && { kind };
    for (const username of ['alice', 'bad']) {
      const phone: Phone = { aor: { username, realm: 'sip.example.com' }, password: 'wonderland' };
      const request = invite(phone, '0501234567', clock.now);
      await auth(register(phone, clock.now));
      await auth({ ...request, headers: { ...request.headers, to: 'nonsense' } });
      await auth(request);
      await auth(request);
      await call(request, '966501234567');
    }
    clock.now += 61_000;
  }
  await dynamodb.stop();
  await tables.stop();
  expect(lines.length).toBeGreaterThan(30);
  expect(lines.map(secretIn).filter((leak) => leak !== undefined)).toEqual([]);
});
