import { customersTable } from '../../lib/aws/customers-table';
import type { DynamoDB, Item } from '../../lib/aws/dynamodb';

const ALICE = { realm: 'sip.example.com', username: 'alice', password: 'wonderland' };

/** The table over a client that answers with what `answer` says. */
function tableOver(answer: (key: { realm: string; username: string }) => Item | undefined | Promise<never>) {
  const asked: string[] = [];
  const clock = { now: 1_000_000 };
  const problems: unknown[] = [];
  const dynamodb: DynamoDB = async (_operation, { Key }) => {
    const key = { realm: String(Key?.realm), username: String(Key?.username) };
    asked.push(`${key.realm} ${key.username}`);
    const found = await answer(key);
    return found ? { Item: found } : {};
  };
  const customers = customersTable({
    dynamodb,
    tableName: 'Customers',
    now: () => clock.now,
    staleIfErrorMs: 900_000,
    onProblems: (aor, found) => problems.push({ aor, found }),
    onRead: () => {},
    onTrouble: () => {},
  });
  return { customers, asked, clock, problems };
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
])('%j at %j, which nobody can be called, is not asked for', async (username, realm) => {
  const { customers, asked } = tableOver(() => ALICE);
  expect(await customers.find({ username, realm })).toBeUndefined();
  expect(asked).toEqual([]);
});

test.each([
  ['another username', { ...ALICE, username: 'bob' }],
  ['another realm', { ...ALICE, realm: 'b.example.com' }],
])('an item with %s than the one asked for is nobody, and an admin hears of it', async (_what, item) => {
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
    ['a', 'b.c'],
    ['a', 'b'],
    ['a.b.c', 'd'],
  ] as const;
  for (const [realm, username] of names) await customers.find({ realm, username });
  for (const [realm, username] of names)
    expect(await customers.find({ realm, username })).toMatchObject({ realm, username });
});

test('with an old record at hand a table that hangs is waited for 400 ms only: a call looks up two', async () => {
  let hangs = false;
  const { customers, clock } = tableOver(() => (hangs ? new Promise<never>(() => {}) : ALICE));
  await customers.find(ALICE);
  hangs = true;
  clock.now += 61_000;
  const began = performance.now();
  expect(await customers.find(ALICE)).toMatchObject({ username: 'alice' });
  const waited = performance.now() - began;
  expect(waited).toBeGreaterThan(380);
  expect(waited).toBeLessThan(800);
});
