import type { DynamoDB, Item } from '../../../lib/aws/client/dynamodb';
import { customersStore } from '../../../lib/aws/stores/customers-store';
import { virtualTimers } from '../virtual-timers';

const ALICE = { realm: 'sip.example.com', username: 'alice', password: 'wonderland' };

/** The table over a client that answers with what `answer` says. */
function tableOver(answer: (key: { realm: string; username: string }) => Item | undefined | Promise<never>) {
  const asked: string[] = [];
  const clock = { now: 1_000_000 };
  const timers = virtualTimers();
  const problems: unknown[] = [];
  const dynamodb: DynamoDB = async (_operation, { Key }) => {
    const key = { realm: String(Key?.realm), username: String(Key?.username) };
    asked.push(`${key.realm} ${key.username}`);
    const found = await answer(key);
    return found ? { Item: found } : {};
  };
  const customers = customersStore({
    dynamodb,
    tableName: 'Customers',
    now: () => clock.now,
    staleIfErrorMs: 900_000,
    onProblems: (aor, found) => problems.push({ aor, found }),
    onRead: () => {},
    onDegraded: () => {},
    timers,
  });
  return { customers, asked, clock, problems, timers };
}

test('a flood of made-up names drives no customer out', async () => {
  let isDown = false;
  const { customers, clock } = tableOver(({ username }) => {
    if (isDown) throw Object.assign(new Error('of the test'), { name: 'ThrottlingException' });
    return username === 'alice' ? ALICE : undefined;
  });
  await customers.find(ALICE);
  for (let n = 0; n < 12_000; n++) await customers.find({ realm: 'sip.example.com', username: `x${n}` });
  isDown = true;
  clock.now += 61_000;
  expect(await customers.find(ALICE)).toMatchObject({ username: 'alice' });
});

test('the realm is asked for in small letters, the username to the letter', async () => {
  const { customers, asked } = tableOver(() => undefined);
  await customers.find({ realm: 'SIP.Example.com', username: 'Alice' });
  expect(asked).toEqual(['sip.example.com Alice']);
});

test.each([
  ['a b', 'sip.example.com'],
  ['alice', 'sip.example.com x'],
  ['', 'sip.example.com'],
  ['alice', ''],
  ['alice@sip', 'sip.example.com'],
  ['a'.repeat(129), 'sip.example.com'],
  ['alice', `${'a'.repeat(250)}.com`],
])('%j at %j, which cannot be an account, is not looked up', async (username, realm) => {
  const { customers, asked } = tableOver(() => ALICE);
  expect(await customers.find({ username, realm })).toBeUndefined();
  expect(asked).toEqual([]);
});

test.each([
  ['another username', { ...ALICE, username: 'bob' }],
  ['another realm', { ...ALICE, realm: 'b.example.com' }],
])('an item with %s than the one asked for counts as missing, and is reported', async (_what, item) => {
  const { customers, problems } = tableOver(() => item);
  expect(await customers.find(ALICE)).toBeUndefined();
  expect(problems).toMatchObject([
    { aor: { username: 'alice' }, found: [{ path: 'realm', fix: 'is not the key that was asked for' }] },
  ]);
});

test('two accounts are never one entry of the cache', async () => {
  const { customers } = tableOver(({ realm, username }) => ({ realm, username, password: 'p' }));
  const names = [
    ['a.b', 'c'],
    ['a.b', 'c.d'],
    ['a.b', 'd'],
    ['a.b.c', 'd'],
  ] as const;
  for (const [realm, username] of names) await customers.find({ realm, username });
  for (const [realm, username] of names)
    expect(await customers.find({ realm, username })).toMatchObject({ realm, username });
});

test('with an old record at hand a table that hangs is waited for 400 ms only: a call looks up two', async () => {
  let hangs = false;
  const { customers, clock, timers } = tableOver(() => {
    if (!hangs) return ALICE;
    setImmediate(timers.expireNext);
    return new Promise<never>(() => {});
  });
  await customers.find(ALICE);
  hangs = true;
  clock.now += 61_000;
  expect(await customers.find(ALICE)).toMatchObject({ username: 'alice' });
  expect(timers.now()).toBe(400);
});

describe('a record as the table has it now', () => {
  test('is read again, however lately it was read', async () => {
    const { customers, asked } = tableOver(() => ALICE);
    await customers.find(ALICE);
    expect(await customers.findNow(ALICE)).toMatchObject({ username: 'alice' });
    expect(asked).toHaveLength(2);
  });

  test('is what is remembered from then on', async () => {
    let record: Item | undefined;
    const { customers, asked } = tableOver(() => record);
    expect(await customers.find(ALICE)).toBeUndefined();
    record = ALICE;
    await customers.findNow(ALICE);
    expect(await customers.find(ALICE)).toMatchObject({ username: 'alice' });
    expect(asked).toHaveLength(2);
  });

  test('is the remembered one for up to 60 s, when the table answers that there is none', async () => {
    let record: Item | undefined = ALICE;
    const { customers, clock } = tableOver(() => record);
    await customers.find(ALICE);
    record = undefined;
    clock.now += 59_999;
    expect(await customers.findNow(ALICE)).toMatchObject({ username: 'alice' });
    clock.now += 1;
    expect(await customers.findNow(ALICE)).toBeUndefined();
  });

  test('of a name that cannot be an account is none, without a look-up', async () => {
    const { customers, asked } = tableOver(() => ALICE);
    expect(await customers.findNow({ username: 'a b', realm: 'sip.example.com' })).toBeUndefined();
    expect(asked).toEqual([]);
  });
});

test.each([
  [59_999, 'alice'],
  [60_000, undefined],
])('what is remembered after %d ms: %j, unasked', async (later, username) => {
  const { customers, clock, asked } = tableOver(() => ALICE);
  expect(customers.remembered(ALICE)).toBeUndefined();
  await customers.find(ALICE);
  clock.now += later;
  expect(customers.remembered({ ...ALICE, realm: 'SIP.example.com' })?.username).toBe(username);
  expect(asked).toHaveLength(1);
});
