import { readCredentialUses } from '../../../lib/aws/tools/credential-uses';
import { connectDocumentClient } from '../../../lib/aws/tools/document-client';
import { LOCAL_TABLES } from '../../../lib/local/embedded-dynamodb';
import { invite, type Phone, register } from '../../../lib/local/sip-phone';
import { NOW } from '../../hook-context';
import { startFaultyDynamoDB } from '../faulty-dynamodb';
import { outcome, startLambda, startTables, type TestTables } from '../lambda-process';

const AOR = { username: 'alice', realm: 'a.example' };
const ALICE = {
  ...AOR,
  credentials: [
    { label: 'old', password: 'old-password' },
    { label: 'new', password: 'new-password' },
  ],
};
const HOUR_MS = 3600_000;
const DAYS_30 = 30 * 24 * HOUR_MS;
const phone = (password: string): Phone => ({ aor: AOR, password });

let tables: TestTables;
beforeEach(async () => {
  tables = await startTables([ALICE]);
});
afterEach(() => tables.stop());

const uses = async () => {
  const dynamodb = connectDocumentClient(tables.endpoint);
  const found = await readCredentialUses(dynamodb, LOCAL_TABLES.memory, [AOR, { ...AOR, username: 'bob' }]);
  dynamodb.destroy();
  return Object.fromEntries(found);
};

/** Where alice is known, and until when. */
const known = async () => {
  const [item = {}] = (await tables.items('memory')).filter(({ key }) => key === 'successes a.example alice');
  const sources = Object.entries(item).filter(([name]) => name.startsWith('known '));
  return Object.fromEntries(sources.map(([name, until]) => [name.slice('known '.length), until]));
};

describe('which credential was used', () => {
  test('is noted by its label, for REGISTER and INVITE, the latest first', async () => {
    const clock = { now: NOW };
    const { auth } = startLambda(tables.endpoint, clock);
    expect(outcome(await auth(register(phone('old-password'), clock.now)))).toBe('ok');
    clock.now += HOUR_MS;
    expect(outcome(await auth(invite(phone('new-password'), '112', clock.now)))).toBe('ok');
    expect(await uses()).toEqual({
      'alice@a.example': [
        { label: 'new', at: NOW + HOUR_MS },
        { label: 'old', at: NOW },
      ],
    });
  });

  test('is not noted when the answer was wrong', async () => {
    const { auth } = startLambda(tables.endpoint);
    expect(outcome(await auth(register(phone('wrong'), NOW)))).toBe('fail');
    expect(await uses()).toEqual({});
  });

  test('is noted again after 22 hours, and not before', async () => {
    const clock = { now: NOW };
    const { auth } = startLambda(tables.endpoint, clock);
    const times = [];
    for (const hours of [0, 21, 22]) {
      clock.now = NOW + hours * HOUR_MS;
      await auth(register(phone('old-password'), clock.now));
      times.push((await uses())['alice@a.example']?.[0]?.at);
    }
    expect(times).toEqual([NOW, NOW, NOW + 22 * HOUR_MS]);
  });

  test('is noted once for each credential, also of two phones that take turns behind one address', async () => {
    const clock = { now: NOW };
    const { auth } = startLambda(tables.endpoint, clock);
    for (let turn = 0; turn < 3; turn++)
      for (const password of ['old-password', 'new-password']) {
        await auth(register(phone(password), clock.now));
        clock.now += 1000;
      }
    expect(await uses()).toEqual({
      'alice@a.example': [
        { label: 'new', at: NOW + 1000 },
        { label: 'old', at: NOW },
      ],
    });
  });

  test('is not noted by every Lambda that the phone comes to', async () => {
    const clock = { now: NOW };
    await startLambda(tables.endpoint, clock).auth(register(phone('old-password'), clock.now));
    clock.now += HOUR_MS;
    await startLambda(tables.endpoint, clock).auth(register(phone('old-password'), clock.now));
    expect(await uses()).toEqual({ 'alice@a.example': [{ label: 'old', at: NOW }] });
  });

  test('is noted the next time, if it could not be', async () => {
    const dynamodb = await startFaultyDynamoDB(tables.endpoint);
    const { auth } = startLambda(dynamodb.endpoint);
    dynamodb.fault = { kind: 'access denied', operation: 'UpdateItem' };
    expect(outcome(await auth(register(phone('old-password'), NOW)))).toBe('ok');
    expect(await uses()).toEqual({});
    dynamodb.fault = undefined;
    await auth(register(phone('old-password'), NOW));
    expect(await uses()).toEqual({ 'alice@a.example': [{ label: 'old', at: NOW }] });
    await dynamodb.stop();
  });

  test('is noted the next time also of an account that logged in elsewhere before', async () => {
    const dynamodb = await startFaultyDynamoDB(tables.endpoint);
    const clock = { now: NOW };
    const { auth } = startLambda(dynamodb.endpoint, clock);
    const at = (address: string) => auth(register({ ...phone('old-password'), address }, clock.now));
    await at('192.0.2.1');
    dynamodb.fault = { kind: 'access denied', operation: 'UpdateItem' };
    expect(outcome(await at('192.0.2.2'))).toBe('ok');
    dynamodb.fault = undefined;
    clock.now += HOUR_MS;
    await at('192.0.2.2');
    expect(await known()).toEqual({
      '192.0.2.1': NOW + 24 * HOUR_MS,
      '192.0.2.2': NOW + 25 * HOUR_MS,
    });
    await dynamodb.stop();
  });

  test('takes nothing away that was not looked at', async () => {
    const dynamodb = await startFaultyDynamoDB(tables.endpoint);
    const clock = { now: NOW };
    const [one, other] = [startLambda(dynamodb.endpoint, clock), startLambda(tables.endpoint, clock)];
    const at = (address: string) => register({ ...phone('old-password'), address }, clock.now);
    await one.auth(at('192.0.2.1'));
    clock.now += 23 * HOUR_MS;
    await other.auth(at('192.0.2.1'));
    clock.now += 2 * HOUR_MS;
    dynamodb.fault = { kind: 'access denied', operation: 'BatchGetItem' };
    await one.auth(at('192.0.2.7'));
    expect(Object.keys(await known())).toEqual(['192.0.2.1', '192.0.2.7']);
    await dynamodb.stop();
  });

  test('is kept with the last fifty addresses', async () => {
    const { auth } = startLambda(tables.endpoint);
    for (let host = 1; host <= 70; host++)
      await auth(register({ ...phone('old-password'), address: `192.0.2.${host}` }, NOW));
    const addresses = Object.keys(await known());
    expect(addresses).toHaveLength(50);
    expect(addresses).toContain('192.0.2.70');
  });

  test('is kept without the addresses of other months', async () => {
    const clock = { now: NOW };
    for (const [day, address] of ['192.0.2.1', '2001:db8::1', '192.0.2.2', '192.0.2.2'].entries()) {
      clock.now = NOW + day * DAYS_30;
      const { auth } = startLambda(tables.endpoint, clock);
      expect(outcome(await auth(register({ ...phone('old-password'), address }, clock.now)))).toBe('ok');
    }
    const [item] = (await tables.items('memory')).filter(({ key }) => key === 'successes a.example alice');
    expect(item).toEqual({
      key: 'successes a.example alice',
      'known 192.0.2.2': NOW + 3 * DAYS_30 + 24 * HOUR_MS,
      'first 192.0.2.2': NOW + 2 * DAYS_30,
      'used old': NOW + 3 * DAYS_30,
      endsAt: Math.ceil((NOW + 3 * DAYS_30) / 1000) + 90 * 86_400,
    });
  });

  test('ends by itself after 90 days', async () => {
    const { auth } = startLambda(tables.endpoint);
    await auth(register(phone('old-password'), NOW));
    const item = (await tables.items('memory')).find(({ key }) => key === 'successes a.example alice');
    expect(item?.endsAt).toBe(Math.ceil(NOW / 1000) + 90 * 86_400);
  });
});
