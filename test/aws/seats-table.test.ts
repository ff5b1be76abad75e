import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { connectDynamoDB, type DynamoDB } from '../../lib/aws/dynamodb';
import type { MemoryTable } from '../../lib/aws/memory-table';
import { seatsTable } from '../../lib/aws/seats-table';
import { Undecided } from '../../lib/jambonz/world';
import {
  createTables,
  type EmbeddedDynamoDB,
  LOCAL_TABLES,
  startEmbeddedDynamoDB,
} from '../../lib/local/dynamodb';
import type { Caps } from '../../lib/registrar/caps';

const NOON = Date.parse('2026-11-23T12:00:00Z');
const owner = (username: string) => ({ username, realm: 'sip.example.com' });
const caps = (username: string, maxConcurrentCalls?: number, callsPerMinute?: number): Caps => ({
  owner: owner(username),
  maxConcurrentCalls,
  callsPerMinute,
  leaseSeconds: 100,
});

let embedded: EmbeddedDynamoDB;
let dynamodb: DynamoDB;

beforeAll(async () => {
  embedded = await startEmbeddedDynamoDB(0, undefined);
  dynamodb = connectDynamoDB(embedded.endpoint, 1);
  await createTables(dynamodb);
});

afterAll(async () => {
  dynamodb.destroy();
  await embedded.stop();
});

/** The memory table at noon. */
function memory(): MemoryTable {
  return { dynamodb, tableName: LOCAL_TABLES.memory, now: () => NOON, onTrouble: () => {} };
}

/** The seats as one Lambda sees them, its clock at `now`. */
function lambda(now = NOON) {
  return seatsTable({ ...memory(), now: () => now });
}

/** As jambonz does with `#rc`: what is undecided on a busy machine is asked again. */
async function persistent<T>(ask: () => Promise<T>, more = 5): Promise<T> {
  return ask().catch((cause) => (more > 0 ? persistent(ask, more - 1) : Promise.reject(cause)));
}

async function itemOf(username: string): Promise<Record<string, unknown> | undefined> {
  const key = { key: `calls sip.example.com ${username}` };
  return (await dynamodb.send(new GetCommand({ TableName: LOCAL_TABLES.memory, Key: key }))).Item;
}

describe('the seats of calls, in DynamoDB', () => {
  test('as many as the cap says, then none, then one again when one ends', async () => {
    const seats = lambda();
    const two = caps('two', 2);
    expect(await seats.take('a', two)).toBe('taken');
    expect(await seats.take('b', two)).toBe('taken');
    expect(await seats.take('c', two)).toBe('too-many-calls');
    expect(await seats.end('a', two.owner)).toBe('ended');
    expect(await seats.take('c', two)).toBe('taken');
    expect(await seats.take('d', two)).toBe('too-many-calls');
  });

  test('the same call keeps its seat, and it is one', async () => {
    const seats = lambda();
    const two = caps('same', 2, 2);
    expect(await seats.take('a', two)).toBe('taken');
    expect(await seats.take('a', two)).toBe('taken');
    expect(await seats.take('b', two)).toBe('taken');
    expect(await seats.take('b', two)).toBe('taken');
    expect(await seats.take('c', two)).toBe('too-many-calls');
  });

  test('a call ends once', async () => {
    const seats = lambda();
    await seats.take('a', caps('once', 1));
    expect(await seats.end('a', owner('once'))).toBe('ended');
    expect(await seats.end('a', owner('once'))).toBe('ended-before');
    expect(await seats.end('never-began', owner('once'))).toBe('ended-before');
    expect(await seats.end('a', owner('nobody'))).toBe('ended-before');
  });

  test('a call that was not counted ends once too', async () => {
    const seats = lambda();
    expect(await seats.end('uncounted', undefined)).toBe('ended');
    expect(await seats.end('uncounted', undefined)).toBe('ended-before');
  });

  test('a seat whose call was never told to end is free when its lease ends', async () => {
    const one = caps('healing', 1);
    expect(await lambda().take('lost', one)).toBe('taken');
    expect(await lambda(NOON + 100_000 - 1).take('next', one)).toBe('too-many-calls');
    expect(await lambda(NOON + 100_000).take('next', one)).toBe('taken');
    expect(await lambda(NOON + 100_000).take('third', one)).toBe('too-many-calls');
  });

  test('a seat whose call ended without anybody knowing whose it was is free when it is wanted', async () => {
    const seats = lambda();
    const two = caps('unclaimed', 2);
    await seats.take('a', two);
    await seats.take('b', two);
    expect(await seats.end('a', undefined)).toBe('ended');
    expect(await seats.take('c', two)).toBe('taken');
    expect(await seats.take('d', two)).toBe('too-many-calls');
    expect(await seats.end('a', two.owner)).toBe('ended-before');
  });

  test('calls per minute: the next minute begins anew', async () => {
    const rate = caps('rate', undefined, 2);
    expect(await lambda().take('a', rate)).toBe('taken');
    expect(await lambda(NOON + 59_999).take('b', rate)).toBe('taken');
    expect(await lambda(NOON + 59_999).take('c', rate)).toBe('too-many-calls-per-minute');
    expect(await lambda(NOON + 60_000).take('c', rate)).toBe('taken');
    expect(await itemOf('rate')).toMatchObject({ leases: {} });
  });

  test('both caps hold together', async () => {
    const both = caps('both', 2, 3);
    const seats = lambda();
    const took: string[] = [];
    for (const call of ['a', 'b', 'c', 'd']) {
      took.push(await seats.take(call, both));
      await seats.end(call, both.owner);
    }
    expect(took).toEqual(['taken', 'taken', 'taken', 'too-many-calls-per-minute']);
  });

  test.each<[string, Caps, number]>([
    ['a cap of 7', caps('crowd-7', 7), 7],
    ['a rate of 5', caps('crowd-5', 24, 5), 5],
    ['both', caps('crowd-3', 3, 9), 3],
  ])('24 calls at once on as many Lambdas, %s', async (_what, crowd, most) => {
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, call) => persistent(() => lambda().take(`call-${call}`, crowd))),
    );
    expect(answers.filter((seat) => seat === 'taken')).toHaveLength(most);
    expect(Object.keys((await itemOf(crowd.owner.username))?.leases ?? {})).toHaveLength(most);
  });

  test('calls that come and go at once never exceed the cap, and leave every seat free', async () => {
    const cap = caps('coming-and-going', 3);
    let active = 0;
    let most = 0;
    const line = async (name: string) => {
      for (let call = 0; call < 6; call++) {
        if ((await persistent(() => lambda().take(`${name}-${call}`, cap))) !== 'taken') continue;
        most = Math.max(most, ++active);
        await new Promise((resolve) => setTimeout(resolve, 3));
        active--;
        await persistent(() => lambda().end(`${name}-${call}`, cap.owner));
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, at) => line(`line-${at}`)));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(3);
    expect(await itemOf('coming-and-going')).toMatchObject({ leases: {} });
  });

  test('the item ends by itself, well after the last lease', async () => {
    await lambda().take('a', caps('ending', 1));
    expect(await itemOf('ending')).toMatchObject({ endsAt: NOON / 1000 + 3 * 24 * 3600 });
  });

  test('a room with space costs one write and no read', async () => {
    const sent: string[] = [];
    const counting = connectDynamoDB(embedded.endpoint);
    counting.middlewareStack.add(
      (next, context) => (args) => {
        sent.push(String(context.commandName));
        return next(args);
      },
      { step: 'initialize' },
    );
    const seats = seatsTable({ ...memory(), dynamodb: counting });
    await seats.take('first', caps('cheap', 5));
    sent.length = 0;
    await seats.take('second', caps('cheap', 5));
    await seats.end('second', owner('cheap'));
    counting.destroy();
    expect(sent).toEqual(['UpdateItemCommand', 'UpdateItemCommand']);
  });

  test('a table that cannot be reached is undecided, not a full house', async () => {
    const seats = seatsTable({ ...memory(), tableName: 'no-such-table' });
    await expect(seats.take('a', caps('x', 1))).rejects.toBeInstanceOf(Undecided);
    expect(await seats.end('a', owner('x'))).toBe('unknown');
  });
});
