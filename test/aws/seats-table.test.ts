import { connectDocumentClient } from '../../lib/aws/document-client';
import { type DynamoDB, dynamodbAt, type Item } from '../../lib/aws/dynamodb';
import type { MemoryTable } from '../../lib/aws/memory-table';
import { seatsTable } from '../../lib/aws/seats-table';
import { type Seats, Undecided } from '../../lib/jambonz/world';
import {
  createTables,
  type EmbeddedDynamoDB,
  LOCAL_TABLES,
  startEmbeddedDynamoDB,
} from '../../lib/local/dynamodb';
import type { Caps } from '../../lib/registrar/caps';

const NOON = Date.parse('2026-11-23T12:00:00Z');
const MINUTE = 60_000;
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
  dynamodb = dynamodbAt(embedded.endpoint);
  const client = connectDocumentClient(embedded.endpoint);
  await createTables(client);
  client.destroy();
});

afterAll(() => embedded.stop());

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

async function itemOf(username: string): Promise<Item | undefined> {
  const key = { key: `calls sip.example.com ${username}` };
  return (await dynamodb('GetItem', { TableName: LOCAL_TABLES.memory, Key: key })).Item;
}

/** How many leases stand in the item, and how many it says there are. */
async function leasesOf(username: string): Promise<{ leases: number; taken: unknown }> {
  const item = (await itemOf(username)) ?? {};
  return { leases: Object.keys(item).filter((name) => /^:.{16}$/.test(name)).length, taken: item.taken };
}

/** What a Lambda that has seen nobody asks of DynamoDB. */
async function requestsOf(work: (seats: Seats) => Promise<unknown>, now = NOON): Promise<string[]> {
  const sent: string[] = [];
  const counting: DynamoDB = (operation, ...rest) => {
    sent.push(operation);
    return dynamodb(operation, ...rest);
  };
  await work(seatsTable({ ...memory(), dynamodb: counting, now: () => now }));
  return sent;
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
    expect(await leasesOf('same')).toEqual({ leases: 2, taken: 2 });
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

  test('a call that comes again when its lease has ended takes a seat again', async () => {
    const one = caps('again', 1);
    expect(await lambda().take('a', one)).toBe('taken');
    expect(await lambda(NOON + 100_000).take('a', one)).toBe('taken');
    expect(await lambda(NOON + 100_000).take('b', one)).toBe('too-many-calls');
    expect(await leasesOf('again')).toEqual({ leases: 1, taken: 1 });
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
    expect(await leasesOf('rate')).toMatchObject({ leases: 0 });
  });

  test.each([1, 2, 59, 60, 61, 62, 122, 1440])(
    '%d minutes later nothing is left of the count',
    async (gap) => {
      const two = caps(`gap-${gap}`, 9, 2);
      const later = lambda(NOON + gap * MINUTE);
      expect(await lambda().take('before', two)).toBe('taken');
      expect(await later.take('a', two)).toBe('taken');
      expect(await later.take('b', two)).toBe('taken');
      expect(await later.take('c', two)).toBe('too-many-calls-per-minute');
    },
  );

  test('a call whose minute is over when it comes counts in the one that began', async () => {
    const two = caps('late', undefined, 2);
    expect(await lambda(NOON).take('a', two)).toBe('taken');
    expect(await lambda(NOON - 1).take('late', two)).toBe('taken');
    expect(await lambda(NOON).take('b', two)).toBe('too-many-calls-per-minute');
    expect(await lambda(NOON - 1).take('later', two)).toBe('too-many-calls-per-minute');
    expect(await lambda(NOON + MINUTE).take('c', two)).toBe('taken');
  });

  test.each([
    ['calls at a time', caps('closed', 0), 'too-many-calls'],
    ['calls per minute', caps('closed', undefined, 0), 'too-many-calls-per-minute'],
    ['calls at a time, beside a rate', caps('closed', 0, 5), 'too-many-calls'],
    ['calls per minute, beside a cap', caps('closed', 5, 0), 'too-many-calls-per-minute'],
  ])('a cap of 0 %s lets nobody in, not even the first', async (_what, none, seat) => {
    expect(await lambda().take('first', none)).toBe(seat);
    expect(await itemOf('closed')).toBeUndefined();
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
    expect(await leasesOf(crowd.owner.username)).toEqual({ leases: most, taken: most });
  });

  test('24 calls at once on both sides of a minute: the rate for each of the two, and no more', async () => {
    const rate = caps('midnight', undefined, 3);
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, call) =>
        persistent(() => lambda(NOON - (call % 2)).take(`call-${call}`, rate)),
      ),
    );
    const taken = answers.filter((seat) => seat === 'taken').length;
    expect(taken).toBeGreaterThanOrEqual(3);
    expect(taken).toBeLessThanOrEqual(6);
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
    expect(await leasesOf('coming-and-going')).toEqual({ leases: 0, taken: 0 });
  });

  test('the item ends by itself, well after the last lease', async () => {
    await lambda().take('a', caps('ending', 1));
    expect(await itemOf('ending')).toMatchObject({ endsAt: NOON / 1000 + 3 * 24 * 3600 });
  });

  describe('a seat that is free costs one write and no read', () => {
    const takes = (call: string, of: Caps) => (seats: Seats) => seats.take(call, of);
    const ends = (call: string, of: Caps) => (seats: Seats) => seats.end(call, of.owner);

    test.each([
      ['a cap', caps('cheap-cap', 5)],
      ['a rate', caps('cheap-rate', undefined, 5)],
      ['both', caps('cheap', 5, 5)],
    ])('for the first call of its owner and for the next, under %s', async (_what, cheap) => {
      expect(await requestsOf(takes('first', cheap))).toEqual(['UpdateItem']);
      expect(await requestsOf(takes('next', cheap))).toEqual(['UpdateItem']);
    });

    test('for the first call of each minute', async () => {
      const cheap = caps('cheap-minutes', 9, 5);
      for (const minute of [0, 1, 61, 63, 1440, 2880]) {
        const sent = await requestsOf(takes(`call-${minute}`, cheap), NOON + minute * MINUTE);
        expect([minute, ...sent]).toEqual([minute, 'UpdateItem']);
      }
    });

    test('and one more for its end', async () => {
      const cheap = caps('cheap-end', 5, 5);
      await lambda().take('only', cheap);
      expect(await requestsOf(ends('only', cheap))).toEqual(['UpdateItem']);
    });
  });

  test('an item of another form counts for nothing', async () => {
    const Item = {
      key: 'calls sip.example.com foreign',
      minute: NOON / MINUTE,
      started: 7,
      version: 3,
      leases: { somebody: NOON / 1000 + 9999 },
      endsAt: NOON / 1000 + 9999,
    };
    await dynamodb('PutItem', { TableName: LOCAL_TABLES.memory, Item });
    const seats = lambda();
    const one = caps('foreign', 1, 2);
    expect(await seats.take('x', one)).toBe('taken');
    expect(await seats.take('y', one)).toBe('too-many-calls');
    expect(await seats.end('x', one.owner)).toBe('ended');
    expect(await seats.take('y', one)).toBe('taken');
  });

  test('a table that cannot be reached is undecided, not a full house', async () => {
    const seats = seatsTable({ ...memory(), tableName: 'no-such-table' });
    await expect(seats.take('a', caps('x', 1))).rejects.toBeInstanceOf(Undecided);
    expect(await seats.end('a', owner('x'))).toBe('unknown');
  });
});
