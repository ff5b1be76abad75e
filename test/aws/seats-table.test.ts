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
import { caps, NOON, owner, specifySeats } from '../seats-spec';

const MINUTE = 60_000;

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
  specifySeats(lambda);

  test('a cap of 0 writes nothing', async () => {
    await lambda().take('first', caps('closed', 0, 0));
    expect(await itemOf('closed')).toBeUndefined();
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

  describe('a seat that is free costs one write and no read, under a rate two at the most', () => {
    const takes = (call: string, of: Caps) => (seats: Seats) => seats.take(call, of);
    const ends = (call: string, of: Caps) => (seats: Seats) => seats.end(call, of.owner);

    test.each([
      ['a cap', caps('cheap-cap', 5), ['UpdateItem']],
      ['a rate', caps('cheap-rate', undefined, 5), ['UpdateItem', 'UpdateItem']],
      ['both', caps('cheap', 5, 5), ['UpdateItem', 'UpdateItem']],
    ])(
      'for the first call of its owner; for the next, at another Lambda, under %s',
      async (_what, cheap, next) => {
        expect(await requestsOf(takes('first', cheap))).toEqual(['UpdateItem']);
        expect(await requestsOf(takes('next', cheap))).toEqual(next);
      },
    );

    test('for the first call of a minute, and the second', async () => {
      const cheap = caps('cheap-minutes', 9, 5);
      const one = (seats: Seats) => seats.take('one', cheap);
      const two = async (seats: Seats) => [
        await seats.take('first', cheap),
        await seats.take('second', cheap),
      ];
      expect(await requestsOf(one)).toEqual(['UpdateItem']);
      expect(await requestsOf(two, NOON + MINUTE)).toEqual(['UpdateItem', 'UpdateItem']);
    });

    test('for a call that comes hours later', async () => {
      const cheap = caps('cheap-hours', 9, 5);
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
      started: 'seven',
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

  test('a table that cannot be reached is unknown, and the log says so', async () => {
    const troubles: string[] = [];
    const onTrouble: MemoryTable['onTrouble'] = ({ what }) => troubles.push(what);
    const seats = seatsTable({ ...memory(), tableName: 'no-such-table', onTrouble });
    expect(await seats.take('a', caps('x', 1))).toBe('unknown');
    await seats.extend('a', { owner: owner('x'), seconds: 600 });
    expect(await seats.end('a', owner('x'))).toBe('unknown');
    expect(troubles).toEqual(['limits-not-checked', 'limits-not-checked', 'end-of-call-not-noted']);
  });

  test('where only others get a write through, the call is undecided: letting it go on would break the cap', async () => {
    const refusing: DynamoDB = (operation, ...rest) =>
      operation === 'GetItem'
        ? dynamodb(operation, ...rest)
        : Promise.reject(Object.assign(new Error(), { name: 'ConditionalCheckFailedException' }));
    const seats = seatsTable({ ...memory(), dynamodb: refusing });
    await expect(seats.take('a', caps('crowded', 1))).rejects.toBeInstanceOf(Undecided);
  });

  test('a write that lands after we gave up leaves the cap whole after two minutes, 100 times out of 100', async () => {
    for (let run = 0; run < 100; run++) {
      const one = caps(`late-${run}`, 1);
      const landings: (() => Promise<unknown>)[] = [];
      /** A store that does what it is asked, and only when nobody waits any more. */
      const stalling: DynamoDB = (...request) => {
        landings.push(() => dynamodb(...request));
        return Promise.reject(Object.assign(new Error(), { name: 'AccessDeniedException' }));
      };
      expect(await seatsTable({ ...memory(), dynamodb: stalling }).take('gone', one)).toBe('unknown');
      for (const land of landings) await land().catch(() => {});
      expect(await lambda(NOON + 119_000).take('next', one)).toBe('too-many-calls');
      expect(await lambda(NOON + 120_000).take('next', one)).toBe('taken');
      expect(await lambda(NOON + 120_000).take('third', one)).toBe('too-many-calls');
    }
  });
});
