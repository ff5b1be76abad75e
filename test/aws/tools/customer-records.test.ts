import { type AttributeValue, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamodbAt } from '../../../lib/aws/client/dynamodb';
import { type CustomerRecords, customerRecords, parseStored } from '../../../lib/aws/tools/customer-records';
import { connectDocumentClient } from '../../../lib/aws/tools/document-client';
import { createTables, LOCAL_TABLES, startEmbeddedDynamoDB } from '../../../lib/local/embedded-dynamodb';
import { parseCustomer } from '../../../lib/registrar/record/customer';

// Records as other tools write them: with sets, bytes, and numbers that JavaScript cannot hold.

const TABLE = LOCAL_TABLES.customers;
const KEY = { realm: { S: 'a.example' }, username: { S: 'alice' } };
const AOR = { realm: 'a.example', username: 'alice' };
const STORED: Record<string, AttributeValue> = {
  ...KEY,
  password: { S: 'sip-pass' },
  destinations: { M: { deny: { SS: ['900', '966'] }, allow: { L: [{ S: '1' }] } } },
  emergency: { M: { numbers: { NS: ['112', '911'] } } },
  balance: { N: '12345678901234567890.5' },
  photo: { B: Buffer.from([0, 1, 255]) },
  tags: { SS: ['gold', 'vip'] },
};

const embedded = startEmbeddedDynamoDB(0, undefined);
let client: ReturnType<typeof connectDocumentClient>;
let records: CustomerRecords;
beforeAll(async () => {
  client = connectDocumentClient((await embedded).endpoint);
  await createTables(client);
  records = customerRecords(client, TABLE);
});
afterAll(async () => {
  client.destroy();
  await (await embedded).stop();
});

const put = (item: Record<string, AttributeValue>) =>
  client.send(new PutItemCommand({ TableName: TABLE, Item: item }));
const stored = async () => (await client.send(new GetItemCommand({ TableName: TABLE, Key: KEY }))).Item;
const found = async () => {
  const item = await records.find(AOR);
  if (!item) throw new Error('the record is not there');
  return item;
};

const AS_JSON = {
  realm: 'a.example',
  username: 'alice',
  password: 'sip-pass',
  destinations: { deny: ['900', '966'], allow: ['1'] },
  emergency: { numbers: [112, 911] },
  balance: '12345678901234567890.5',
  photo: 'AAH/',
  tags: ['gold', 'vip'],
};

test('a record is as JSON has it, however it is looked for', async () => {
  await put(STORED);
  expect(await records.find(AOR)).toEqual(AS_JSON);
  expect([...(await records.findMany([AOR])).values()]).toEqual([AS_JSON]);
  for (const realm of [undefined, 'A.example'])
    for await (const page of records.pages(realm)) expect(page).toEqual([AS_JSON]);
});

test('it is the customer that the hooks see, with the same problems', async () => {
  await put(STORED);
  const { Item } = await dynamodbAt((await embedded).endpoint)('GetItem', { TableName: TABLE, Key: AOR });
  const seenByHooks = parseCustomer(Item);
  expect(parseStored(await found())).toEqual(seenByHooks);
  expect(seenByHooks.customer).toMatchObject({
    destinations: { deny: ['900', '966'] },
    emergency: { numbers: ['112', '911'] },
  });
  expect(seenByHooks.problems.map(({ path }) => path)).toEqual([
    'destinations.deny',
    'emergency.numbers',
    'emergency.numbers[0]',
    'emergency.numbers[1]',
    'balance',
    'photo',
    'tags',
  ]);
});

test.each([
  ['a number that JavaScript cannot hold', { N: '12345678901234567890.5' }],
  ['bytes', { B: Buffer.from('secret') }],
])('%s is not a password, for hooks and tools alike', async (_what, password) => {
  await put({ ...KEY, password });
  const { customer, problems } = parseStored(await found());
  expect(customer).toEqual(AOR);
  expect(problems.map(({ path }) => path)).toEqual(['password']);
});

test('what a write does not change is written as it was', async () => {
  await put(STORED);
  const seen = await found();
  expect(await records.write({ ...seen, enabled: false }, seen)).toBe('written');
  expect(await stored()).toEqual({ ...STORED, enabled: { BOOL: false }, version: { N: '1' } });
});

test('what a write changes is written as JSON has it', async () => {
  await put(STORED);
  const seen = await found();
  const { photo, ...rest } = seen;
  await records.write({ ...rest, destinations: { deny: ['900'] }, balance: '1' }, seen);
  const { photo: _, ...others } = STORED;
  expect(await stored()).toEqual({
    ...others,
    destinations: { M: { deny: { L: [{ S: '900' }] } } },
    balance: { S: '1' },
    version: { N: '1' },
  });
});

test.each([
  ['none', {}],
  ['a number', { version: { N: '7' } }],
  ['a number that JavaScript cannot hold', { version: { N: '12345678901234567890' } }],
  ['a text', { version: { S: 'two' } }],
])('a version that is %s protects against lost updates', async (_what, version) => {
  await put({ ...STORED, ...version });
  const [first, second] = [await found(), await found()];
  expect(await records.write({ ...first, enabled: false }, first)).toBe('written');
  expect(await records.write({ ...second, enabled: true }, second)).toBe('changed-meanwhile');
  expect(await records.remove(second)).toBe('changed-meanwhile');
  expect(await records.remove(await found())).toBe('written');
  expect(await stored()).toBeUndefined();
});

test('pages go on to the last', async () => {
  // A page of a scan holds 1 MB.
  const long = { S: 'x'.repeat(300_000) };
  const names = Array.from({ length: 8 }, (_, at) => `user${at}`);
  for (const name of names)
    await put({ realm: { S: 'long.example' }, username: { S: name }, description: long });
  for (const realm of [undefined, 'long.example']) {
    const seen: unknown[] = [];
    let pages = 0;
    for await (const page of records.pages(realm)) {
      pages++;
      seen.push(...page.map(({ username }) => username));
    }
    expect(seen).toEqual(expect.arrayContaining(names));
    expect(pages).toBeGreaterThan(1);
  }
});
