import { invite, jambonzNonce, type Otherwise, type Phone, register } from '../../lib/local/sip-phone';
import { type FaultyDynamoDB, startFaultyDynamoDB } from '../aws/faulty-dynamodb';
import {
  type Clock,
  type LambdaProcess,
  outcome,
  startLambda,
  startTables,
  type TestTables,
} from '../aws/lambda-process';
import { virtualTimers } from '../aws/virtual-timers';
import { NOW } from '../hook-context';

// A call to an emergency number with the right digest passes what guards the account; nothing else does.

const REALM = 'sip.example.com';
const EMERGENCY = { numbers: ['112', '911'] };
const OFFICE = { allowedAddresses: ['192.0.2.0/24'] };

let tables: TestTables;
let dynamodb: FaultyDynamoDB;
let clock: Clock;
let nonces = 0;
let addresses = 0;

beforeAll(async () => {
  const account = { realm: REALM, password: 'wonderland' };
  tables = await startTables([
    { ...account, username: 'alice', emergency: EMERGENCY },
    { ...account, username: 'bob' },
    {
      ...account,
      username: 'pbx',
      emergency: { country: 'US', numbers: [{ dialled: '8911', number: '911' }] },
      dialPlan: { country: 'US', rewrite: [{ from: '9', to: '' }] },
    },
    { ...account, username: 'strict', emergency: EMERGENCY, registration: { ...OFFICE, replay: 'enforce' } },
    { realm: REALM, username: 'acme', emergency: EMERGENCY },
    { ...account, username: 'member', customer: 'acme' },
    { ...account, username: 'office', emergency: EMERGENCY, registration: OFFICE },
    { ...account, username: 'desk', customer: 'acme', registration: OFFICE },
    { ...account, username: 'roaming', registration: { ...OFFICE, callsFromAnywhere: true } },
    { ...account, username: 'home', registration: { ...OFFICE, callsFromAnywhere: false } },
    { ...account, username: 'gone', emergency: EMERGENCY, enabled: false, registration: OFFICE },
  ]);
});
afterAll(() => tables.stop());
beforeEach(() => {
  clock = { now: NOW };
});

const challenge = () => jambonzNonce(clock.now - 60_000 + nonces++ / 100);
const newAddress = () => `198.18.9.${++addresses}`;
const phone = (username: string, changes: Partial<Phone> = {}): Phone => ({
  aor: { username, realm: REALM },
  password: 'wonderland',
  ...changes,
});
const call = (who: Phone, dialled: string, said: Otherwise = {}) =>
  invite(who, dialled, clock.now, { nonce: challenge(), ...said });
const line = ({ lines }: LambdaProcess) => lines.findLast(({ hook }) => hook === 'register-auth');

async function ask(process: LambdaProcess, request: Parameters<LambdaProcess['auth']>[0]): Promise<string> {
  const answer = outcome(await process.auth(request));
  const { because, despite } = line(process) ?? {};
  return [answer, despite ?? because].filter((it) => it !== undefined).join(' ');
}

describe('while a user is limited at an address', () => {
  async function limited(username: string, settings = {}): Promise<{ process: LambdaProcess; who: Phone }> {
    const process = startLambda(tables.endpoint, clock, settings);
    const who = phone(username, { address: newAddress() });
    for (let n = 0; n < 31; n++)
      await process.auth(register({ ...who, password: 'guess' }, clock.now, 3600, { nonce: challenge() }));
    expect(await ask(process, register(who, clock.now, 3600, { nonce: challenge() }))).toBe('fail limited');
    return { process, who };
  }

  test.each([
    ['alice', '112', 'ok limited'],
    ['alice', '911', 'ok limited'],
    ['alice', '0501234567', 'fail limited'],
    ['alice', '1120', 'fail limited'],
    ['bob', '112', 'fail limited'],
    ['member', '112', 'ok limited'],
    ['member', '113', 'fail limited'],
    ['pbx', '911', 'ok limited'],
    ['pbx', '9911', 'ok limited'],
    ['pbx', '8911', 'ok limited'],
    ['pbx', '999', 'fail limited'],
    ['nobody', '112', 'fail limited'],
    ['acme', '112', 'fail limited'],
  ])('%s calls %s with the right password: %s', async (username, dialled, expected) => {
    const { process, who } = await limited(username);
    expect(await ask(process, call(who, dialled))).toBe(expected);
  });

  test('a wrong password stays refused, and counts for nothing', async () => {
    const { process, who } = await limited('alice');
    expect(await ask(process, call({ ...who, password: 'guess' }, '112'))).toBe('fail limited');
    clock.now += 60_000;
    expect(await ask(process, register(who, clock.now, 3600, { nonce: challenge() }))).toBe('ok');
  });

  test('one call in 2 s is looked at, whatever number it is for', async () => {
    const { process, who } = await limited('alice');
    for (let n = 0; n < 100; n++)
      expect(await ask(process, call({ ...who, password: 'guess' }, n % 2 ? '112' : '5'))).toBe(
        'fail limited',
      );
    expect(await ask(process, call(who, '112'))).toBe('fail limited');
    clock.now += 2000;
    expect(await ask(process, call(who, '112'))).toBe('ok limited');
    expect(await ask(process, call(who, '112'))).toBe('fail limited');
    clock.now += 2000;
    expect(await ask(process, call(who, '112'))).toBe('ok limited');
  });

  test('another address, and another user at this one, have looks of their own', async () => {
    const { process, who } = await limited('alice');
    const other = await limited('alice');
    await ask(process, call({ ...who, password: 'guess' }, '112'));
    expect(await ask(other.process, call(other.who, '112'))).toBe('ok limited');
  });

  test('the address is not known from then on: the window stays', async () => {
    const { process, who } = await limited('alice');
    expect(await ask(process, call(who, '112'))).toBe('ok limited');
    expect(await ask(process, register(who, clock.now, 3600, { nonce: challenge() }))).toBe('fail limited');
  });

  test('under a claimed address as well', async () => {
    const process = startLambda(tables.endpoint, clock);
    const who = phone('alice', { address: '192.0.2.1' });
    const forwarded = () => ({ headers: { 'X-Forwarded-For': newAddress() } });
    for (let n = 0; n < 40; n++) await process.auth(call({ ...who, password: 'guess' }, '112', forwarded()));
    expect(await ask(process, call(who, '112', forwarded()))).toBe('ok limited');
    expect(await ask(process, call(who, '112', forwarded()))).toBe('fail limited');
  });
});

describe('a digest that was used before', () => {
  /** A phone that does not count, and keeps its challenge. */
  const old = phone('alice', { qop: false });
  const twice = async (who: Phone, dialled: string, said: Otherwise = {}, settings = {}) => {
    const process = startLambda(tables.endpoint, clock, settings);
    const nonce = challenge();
    const outcomes: string[] = [];
    for (let n = 0; n < 2; n++) outcomes.push(await ask(process, call(who, dialled, { nonce, ...said })));
    return outcomes;
  };

  test('calls 112 again, and no other number', async () => {
    expect(await twice(old, '112')).toEqual(['ok', 'ok replayed']);
    expect(await twice(old, '0501234567')).toEqual(['ok', 'fail replayed']);
    expect(await twice(phone('member', { qop: false }), '112')).toEqual(['ok', 'ok replayed']);
    expect(await twice(phone('bob', { qop: false }), '112')).toEqual(['ok', 'fail replayed']);
  });

  test.each(['b1', '999999999999999', '100000000000000'])('or of the nonce %s does so', async (nonce) => {
    const process = startLambda(tables.endpoint, clock);
    expect(await ask(process, call(old, '112', { nonce }))).toMatch(/^ok n/);
    expect(await ask(process, call(old, '0501234567', { nonce }))).toMatch(/^fail n/);
  });

  test('registers nothing, whatever number it names', async () => {
    const process = startLambda(tables.endpoint, clock);
    const said = { nonce: challenge(), uri: `sip:112@${REALM}` };
    const strict = phone('strict', { address: '192.0.2.7' });
    expect(await ask(process, register(strict, clock.now, 3600, said))).toBe('ok');
    expect(await ask(process, register(strict, clock.now, 3600, said))).toBe('fail replayed');
    const outside = phone('strict', { address: '198.51.100.7' });
    expect(await ask(process, register(outside, clock.now, 3600, { ...said, nonce: challenge() }))).toBe(
      'fail address-not-allowed',
    );
  });

  test('of another number, with 112 in To only, is refused', async () => {
    const process = startLambda(tables.endpoint, clock);
    const heard = call(old, '0501234567');
    expect(await ask(process, heard)).toBe('ok');
    const headers = { ...heard.headers, to: `<sip:112@${REALM}>`, 'call-id': 'of-the-listener' };
    expect(await ask(process, { ...heard, headers })).toMatch(/^fail /);
  });

  test.each([
    ['off', 'fail replayed'],
    ['observe', 'fail replayed'],
    ['enforce', 'ok replayed'],
  ])(
    'that names no number is held to the number in To by the call grant alone: %s, %s',
    async (CALL_GRANT, expected) => {
      const said = { uri: `sip:${REALM}` };
      expect(await twice(old, '112', said, { CALL_GRANT })).toEqual(['ok', expected]);
    },
  );
});

describe('registration.allowedAddresses', () => {
  const INSIDE = { address: '192.0.2.7' };
  const OUTSIDE = { address: '198.51.100.7' };
  const CLAIMED = { headers: { 'X-Forwarded-For': '192.0.2.7' } };

  test.each<[string, Partial<Phone>, Otherwise, string, string]>([
    ['office', INSIDE, {}, '0501234567', 'ok'],
    ['office', OUTSIDE, {}, '0501234567', 'fail address-not-allowed'],
    ['office', INSIDE, CLAIMED, '0501234567', 'fail address-not-allowed'],
    [
      'office',
      INSIDE,
      { headers: { 'x-subspace-forwarded-for': '192.0.2.7' } },
      '1',
      'fail address-not-allowed',
    ],
    ['office', OUTSIDE, {}, '112', 'ok address-not-allowed'],
    ['office', INSIDE, CLAIMED, '112', 'ok address-not-allowed'],
    ['office', OUTSIDE, { uri: `sip:${REALM}` }, '112', 'ok address-not-allowed'],
    ['desk', OUTSIDE, {}, '112', 'ok address-not-allowed'],
    ['desk', OUTSIDE, {}, '113', 'fail address-not-allowed'],
    ['roaming', OUTSIDE, {}, '0501234567', 'ok'],
    ['roaming', OUTSIDE, CLAIMED, '0501234567', 'ok'],
    ['home', OUTSIDE, {}, '0501234567', 'fail address-not-allowed'],
    ['home', OUTSIDE, {}, '112', 'fail address-not-allowed'],
    ['bob', OUTSIDE, CLAIMED, '0501234567', 'ok'],
  ])('%s from %j with %j calls %s: %s', async (username, from, said, dialled, expected) => {
    const process = startLambda(tables.endpoint, clock);
    expect(await ask(process, call(phone(username, from), dialled, said))).toBe(expected);
  });

  test.each([
    ['roaming', INSIDE, 'ok'],
    ['roaming', OUTSIDE, 'fail address-not-allowed'],
  ])('holds for REGISTER of %s from %j: %s', async (username, from, expected) => {
    const process = startLambda(tables.endpoint, clock);
    expect(await ask(process, register(phone(username, from), clock.now, 3600, { nonce: challenge() }))).toBe(
      expected,
    );
  });

  test('a wrong password from outside is a wrong password, for 112 too', async () => {
    const process = startLambda(tables.endpoint, clock);
    const who = phone('office', { ...OUTSIDE, password: 'guess' });
    expect(await ask(process, call(who, '112'))).toBe('fail wrong-digest');
  });

  test.each([
    ['true', 'ok address-not-allowed'],
    ['false', 'fail address-not-allowed'],
  ])('of a disabled account, where emergencyForDisabled is %s: %s', async (setting, expected) => {
    const process = startLambda(tables.endpoint, clock, { EMERGENCY_FOR_DISABLED: setting });
    expect(await ask(process, call(phone('gone', OUTSIDE), '112'))).toBe(expected);
  });
});

describe('while the memory table fails', () => {
  beforeEach(async () => {
    const timers = virtualTimers();
    dynamodb = await startFaultyDynamoDB(tables.endpoint, timers.expireNext);
    dynamodb.fault = { kind: 'throttled', table: 'Memory' };
  });
  afterEach(() => dynamodb.stop());

  test.each<[Record<string, string>, string, string]>([
    [{ CALLS_WITHOUT_MEMORY: 'refuse', CALL_GRANT: 'off' }, '112', 'ok'],
    [{ CALLS_WITHOUT_MEMORY: 'refuse', CALL_GRANT: 'off' }, '0501234567', '504'],
    [{ CALLS_WITHOUT_MEMORY: 'refuse', CALL_GRANT: 'enforce' }, '112', 'ok'],
    [{ CALLS_WITHOUT_MEMORY: 'refuse', CALL_GRANT: 'enforce' }, '0501234567', '504'],
    [{ CALLS_WITHOUT_MEMORY: 'allow' }, '112', 'ok'],
    [{ CALLS_WITHOUT_MEMORY: 'allow' }, '0501234567', 'ok'],
  ])('and %j: a call to %s is %s', async (settings, dialled, expected) => {
    const process = startLambda(dynamodb.endpoint, clock, settings);
    expect(outcome(await process.auth(call(phone('alice'), dialled)))).toBe(expected);
  });
});
