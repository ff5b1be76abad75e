import type { DynamoDB, Input, Operation, Output } from '../../../lib/aws/client/dynamodb';
import { joinedReads } from '../../../lib/aws/stores/joined-reads';

const ALICE = { realm: 'sip.example.com', username: 'alice' };
const oneOf = (TableName: string, Key: Record<string, string>): Input => ({ TableName, Key });
const someOf = (table: string, ...keys: string[]): Input => ({
  RequestItems: { [table]: { Keys: keys.map((key) => ({ key })) } },
});

/** A DynamoDB that answers what `answer` says, and everything that it was asked. */
function asked(answer: (operation: Operation, input: Input, signal?: AbortSignal) => Promise<Output>) {
  const requests: unknown[] = [];
  const client: DynamoDB = (operation, input, signal) => {
    requests.push([operation, input.TableName ?? Object.keys(input.RequestItems ?? {}).join('+')]);
    return answer(operation, input, signal);
  };
  return { requests, dynamodb: joinedReads(client) };
}

const FOUND: Output = {
  Responses: {
    Customers: [{ ...ALICE, ha1: 'x' }],
    Memory: [
      { key: 'b', n: 2 },
      { key: 'a', n: 1 },
    ],
  },
};

test('reads of the same tick are one request; each gets what it asked for', async () => {
  const { requests, dynamodb } = asked(async () => FOUND);
  const read = await Promise.all([
    dynamodb('BatchGetItem', someOf('Memory', 'a', 'c')),
    dynamodb('GetItem', oneOf('Customers', ALICE)),
    dynamodb('GetItem', oneOf('Customers', { ...ALICE, username: 'bob' })),
    dynamodb('GetItem', oneOf('Memory', { key: 'b' })),
  ]);
  expect(read).toEqual([
    { Responses: { Memory: [{ key: 'a', n: 1 }] } },
    { Item: { ...ALICE, ha1: 'x' } },
    {},
    { Item: { key: 'b', n: 2 } },
  ]);
  expect(requests).toEqual([['BatchGetItem', 'Memory+Customers']]);
});

test('DynamoDB refuses a key that is asked for twice: it is sent once', async () => {
  const inputs: Input[] = [];
  const dynamodb = joinedReads(async (_, input) => {
    inputs.push(input);
    return FOUND;
  });
  await Promise.all([
    dynamodb('GetItem', oneOf('Memory', { key: 'a' })),
    dynamodb('BatchGetItem', someOf('Memory', 'a', 'b')),
  ]);
  expect(inputs).toEqual([{ RequestItems: { Memory: { Keys: [{ key: 'a' }, { key: 'b' }] } } }]);
});

test('a read that is alone, a consistent one and a write are sent as they are', async () => {
  const { requests, dynamodb } = asked(async () => ({}));
  await dynamodb('GetItem', oneOf('Customers', ALICE));
  await Promise.all([
    dynamodb('GetItem', { ...oneOf('Memory', { key: 'a' }), ConsistentRead: true }),
    dynamodb('UpdateItem', oneOf('Memory', { key: 'a' })),
    dynamodb('GetItem', oneOf('Customers', ALICE)),
  ]);
  expect(requests).toEqual([
    ['GetItem', 'Customers'],
    ['GetItem', 'Memory'],
    ['UpdateItem', 'Memory'],
    ['GetItem', 'Customers'],
  ]);
});

test('more than 100 keys, which DynamoDB refuses, are asked for by each read itself', async () => {
  const { requests, dynamodb } = asked(async () => ({}));
  const keys = Array.from({ length: 100 }, (_, at) => `k${at}`);
  await Promise.all([
    dynamodb('BatchGetItem', someOf('Memory', ...keys)),
    dynamodb('GetItem', oneOf('Customers', ALICE)),
  ]);
  expect(requests).toEqual([
    ['BatchGetItem', 'Memory'],
    ['GetItem', 'Customers'],
  ]);
});

const UNPROCESSED = { UnprocessedKeys: { Memory: { Keys: [{ key: { S: 'a' } }] } } };
test.each<[string, () => Promise<Output>]>([
  ['fails', () => Promise.reject(new Error('AccessDeniedException'))],
  ['is answered in part', async () => ({ ...FOUND, ...UNPROCESSED })],
])(
  'when the joined request %s, each read asks for itself, and one fails without the other',
  async (_, joined) => {
    const { requests, dynamodb } = asked(async (operation, { TableName }) => {
      if (TableName === undefined && requests.length === 1) return joined();
      if (operation === 'BatchGetItem') throw new Error('the memory fails');
      return { Item: { ...ALICE } };
    });
    const [memory, customer] = await Promise.allSettled([
      dynamodb('BatchGetItem', someOf('Memory', 'a')),
      dynamodb('GetItem', oneOf('Customers', ALICE)),
    ]);
    expect(memory).toMatchObject({ reason: { message: 'the memory fails' } });
    expect(customer).toMatchObject({ value: { Item: ALICE } });
    expect(requests).toEqual([
      ['BatchGetItem', 'Memory+Customers'],
      ['BatchGetItem', 'Memory'],
      ['GetItem', 'Customers'],
    ]);
  },
);

test('the first read that gives up ends the joined request; the other one asks for itself', async () => {
  const impatient = new AbortController();
  const { requests, dynamodb } = asked((operation, _, signal) => {
    if (operation === 'GetItem') return Promise.resolve({ Item: ALICE });
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  });
  const memory = dynamodb('BatchGetItem', someOf('Memory', 'a'), impatient.signal);
  const customer = dynamodb('GetItem', oneOf('Customers', ALICE), new AbortController().signal);
  await Promise.resolve();
  impatient.abort(new Error('no answer in time'));
  await expect(memory).rejects.toThrow('no answer in time');
  await expect(customer).resolves.toEqual({ Item: ALICE });
  expect(requests).toEqual([
    ['BatchGetItem', 'Memory+Customers'],
    ['GetItem', 'Customers'],
  ]);
});
