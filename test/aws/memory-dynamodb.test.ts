import fc from 'fast-check';
import {
  type DynamoDB,
  dynamodbAt,
  type Input,
  type Operation,
  type Output,
} from '../../lib/aws/client/dynamodb';
import { callGrantsStore } from '../../lib/aws/stores/call-grants-store';
import { callLimitsStore } from '../../lib/aws/stores/call-limits-store';
import type { MemoryTable } from '../../lib/aws/stores/memory-table';
import { connectDocumentClient } from '../../lib/aws/tools/document-client';
import {
  createTables,
  type EmbeddedDynamoDB,
  LOCAL_TABLES,
  startEmbeddedDynamoDB,
} from '../../lib/local/embedded-dynamodb';
import { budgeted, leaseWith, specifyBudgets } from '../budget-spec';
import { NOON, specifySeats } from '../call-limits-spec';
import { memoryDynamoDB } from './memory-dynamodb';
import { virtualTimers } from './virtual-timers';

let embedded: EmbeddedDynamoDB;
let dynalite: DynamoDB;
beforeAll(async () => {
  embedded = await startEmbeddedDynamoDB(0, undefined);
  dynalite = dynamodbAt(embedded.endpoint);
  const client = connectDocumentClient(embedded.endpoint);
  await createTables(client);
  client.destroy();
});
afterAll(() => embedded.stop());

const tableOver = (dynamodb: DynamoDB, now = NOON): MemoryTable => ({
  dynamodb,
  tableName: LOCAL_TABLES.memory,
  now: () => now,
  onDegraded: () => {},
  timers: virtualTimers(),
});

describe('the seats over the DynamoDB of the simulation', () => {
  const { dynamodb } = memoryDynamoDB();
  specifySeats((now) => callLimitsStore(tableOver(dynamodb, now)));
});

describe('the budgets over the DynamoDB of the simulation', () => {
  const { dynamodb } = memoryDynamoDB();
  specifyBudgets((now) => callLimitsStore(tableOver(dynamodb, now)));
});

/** What a request came to: its answer, or the name of its error. */
const outcomeOf = (
  dynamodb: DynamoDB,
  operation: Operation,
  input: Input,
): Promise<Output | { error: string }> =>
  dynamodb(operation, input).catch((cause: Error) => ({ error: cause.name }));

/** Asks both, and expects the same of them. */
function both(mine: DynamoDB): DynamoDB {
  return async (operation, input) => {
    const [expected, found] = [
      await outcomeOf(dynalite, operation, input),
      await outcomeOf(mine, operation, input),
    ];
    expect(found).toEqual(expected);
    if ('error' in found) throw Object.assign(new Error(), { name: found.error });
    return found;
  };
}

const call = fc.constantFrom('a', 'b', 'c', 'd');
const step = fc.oneof(
  fc.record({ do: fc.constant('take' as const), call, seconds: fc.constantFrom(60, 300, 600) }),
  fc.record({ do: fc.constant('extend' as const), call }),
  fc.record({ do: fc.constant('end' as const), call, used: fc.nat(600) }),
  fc.record({ do: fc.constant('end-unclaimed' as const), call }),
  fc.record({ do: fc.constant('grant' as const), call, isNew: fc.boolean() }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 60, 200, 50_000) }),
);

test('it answers as dynalite does to all that the stores of calls ask, and keeps the same items', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 15 }), async (steps) => {
      run++;
      const mine = memoryDynamoDB();
      const clock = { now: NOON };
      const table = { ...tableOver(both(mine.dynamodb)), now: () => clock.now };
      const callLimits = callLimitsStore(table);
      const grants = callGrantsStore(table);
      const limits = (callSeconds: number) =>
        budgeted(`both-${run}`, 25, { maxConcurrentCalls: 2, callSeconds });
      for (const it of steps) {
        const id = 'call' in it ? `${it.call}-${run}` : '';
        if (it.do === 'take') await callLimits.acquire(id, limits(it.seconds));
        else if (it.do === 'extend') await callLimits.extend(id, leaseWith(limits(60), 60));
        else if (it.do === 'end') await callLimits.release(id, leaseWith(limits(60), 60), it.used);
        else if (it.do === 'end-unclaimed') await callLimits.release(id, undefined, 0);
        else if (it.do === 'wait') clock.now += it.seconds * 1000;
        else {
          const grant = { aor: limits(60).owner, callId: id, dialled: '1' };
          await grants.issue(grant, it.isNew);
          await grants.redeem(grant, 'me');
          await grants.redeem(grant, 'another');
        }
      }
      for (const [key, item] of mine.items) {
        const { Item } = await dynalite('GetItem', { TableName: LOCAL_TABLES.memory, Key: { key } });
        expect(Item).toEqual(item);
      }
    }),
    { numRuns: 60 },
  );
});

test.each<[string, Input]>([
  ['an expression with a name that is not given', { ConditionExpression: '#a = :one' }],
  ['two changes of one attribute', { UpdateExpression: 'SET a = :one ADD a :one' }],
])('it refuses %s, as dynalite does', async (_what, expression) => {
  const input: Input = {
    TableName: LOCAL_TABLES.memory,
    Key: { key: 'wrong' },
    UpdateExpression: 'SET b = :one',
    ExpressionAttributeValues: { ':one': 1 },
    ...expression,
  };
  const found = await outcomeOf(memoryDynamoDB().dynamodb, 'UpdateItem', input);
  expect(found).toEqual({ error: 'ValidationException' });
  expect(await outcomeOf(dynalite, 'UpdateItem', input)).toEqual(found);
});
