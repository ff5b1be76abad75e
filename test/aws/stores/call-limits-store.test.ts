import { type DynamoDB, dynamodbAt, type Item } from '../../../lib/aws/client/dynamodb';
import { callLimitsStore } from '../../../lib/aws/stores/call-limits-store';
import type { MemoryTable } from '../../../lib/aws/stores/memory-table';
import { connectDocumentClient } from '../../../lib/aws/tools/document-client';
import { Undecided } from '../../../lib/hooks/errors';
import {
  createTables,
  type EmbeddedDynamoDB,
  LOCAL_TABLES,
  startEmbeddedDynamoDB,
} from '../../../lib/local/embedded-dynamodb';
import type { CallLimits, OwnerLimits } from '../../../lib/registrar/calls/call-limits';
import { specifyBudgets } from '../../budget-spec';
import { end, limits, NOON, owner, specifySeats, take } from '../../call-limits-spec';
import { virtualTimers } from '../virtual-timers';

const MINUTE = 60_000;
/** No write is given up while it may still land, however busy this machine is. */
const timers = virtualTimers();

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
  return { dynamodb, tableName: LOCAL_TABLES.memory, now: () => NOON, onDegraded: () => {}, timers };
}

/** The seats as one Lambda sees them, its clock at `now`. */
function lambda(now = NOON) {
  return callLimitsStore({ ...memory(), now: () => now });
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
async function requestsOf(work: (callLimits: CallLimits) => Promise<unknown>, now = NOON): Promise<string[]> {
  const sent: string[] = [];
  const counting: DynamoDB = (operation, ...rest) => {
    sent.push(operation);
    return dynamodb(operation, ...rest);
  };
  await work(callLimitsStore({ ...memory(), dynamodb: counting, now: () => now }));
  return sent;
}

describe('the budgets of calls, in DynamoDB', () => {
  specifyBudgets(lambda);
});

describe('the seats of calls, in DynamoDB', () => {
  specifySeats(lambda);

  test('a cap of 0 writes nothing', async () => {
    await take(lambda(), 'first', limits('closed', 0, 0));
    expect(await itemOf('closed')).toBeUndefined();
  });

  test.each<[string, OwnerLimits, number]>([
    ['a cap of 7', limits('crowd-7', 7), 7],
    ['a rate of 5', limits('crowd-5', 24, 5), 5],
    ['both', limits('crowd-3', 3, 9), 3],
  ])('24 calls at once on as many Lambdas, %s', async (_what, crowd, most) => {
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, call) => persistent(() => take(lambda(), `call-${call}`, crowd))),
    );
    expect(answers.filter((lease) => lease === 'acquired')).toHaveLength(most);
    expect(await leasesOf(crowd.owner.username)).toEqual({ leases: most, taken: most });
  });

  test('24 calls at once on both sides of a minute: the rate for each of the two, and no more', async () => {
    const rate = limits('midnight', undefined, 3);
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, call) =>
        persistent(() => take(lambda(NOON - (call % 2)), `call-${call}`, rate)),
      ),
    );
    const taken = answers.filter((lease) => lease === 'acquired').length;
    expect(taken).toBeGreaterThanOrEqual(3);
    expect(taken).toBeLessThanOrEqual(6);
  });

  test('calls that come and go at once never exceed the cap, and leave every seat free', async () => {
    const cap = limits('coming-and-going', 3);
    let active = 0;
    let most = 0;
    const line = async (name: string) => {
      for (let call = 0; call < 6; call++) {
        if ((await persistent(() => take(lambda(), `${name}-${call}`, cap))) !== 'acquired') continue;
        most = Math.max(most, ++active);
        await new Promise((resolve) => setTimeout(resolve, 3));
        active--;
        await persistent(() => end(lambda(), `${name}-${call}`, cap.owner));
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, at) => line(`line-${at}`)));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(3);
    expect(await leasesOf('coming-and-going')).toEqual({ leases: 0, taken: 0 });
  });

  test('the item ends by itself, well after the last lease', async () => {
    await take(lambda(), 'a', limits('ending', 1));
    expect(await itemOf('ending')).toMatchObject({ endsAt: NOON / 1000 + 3 * 24 * 3600 });
  });

  describe('a seat that is free costs one write and no read, under a rate two at the most', () => {
    const takes = (call: string, of: OwnerLimits) => (callLimits: CallLimits) => callLimits.acquire(call, of);
    const ends = (call: string, of: OwnerLimits) => (callLimits: CallLimits) =>
      end(callLimits, call, of.owner);

    test.each([
      ['a cap', limits('cheap-cap', 5), ['UpdateItem']],
      ['a rate', limits('cheap-rate', undefined, 5), ['UpdateItem', 'UpdateItem']],
      ['both', limits('cheap', 5, 5), ['UpdateItem', 'UpdateItem']],
    ])(
      'for the first call of its owner; for the next, at another Lambda, under %s',
      async (_what, cheap, next) => {
        expect(await requestsOf(takes('first', cheap))).toEqual(['UpdateItem']);
        expect(await requestsOf(takes('next', cheap))).toEqual(next);
      },
    );

    test('for the first call of a minute, and the second', async () => {
      const cheap = limits('cheap-minutes', 9, 5);
      const one = (callLimits: CallLimits) => callLimits.acquire('one', cheap);
      const two = async (callLimits: CallLimits) => [
        await take(callLimits, 'first', cheap),
        await take(callLimits, 'second', cheap),
      ];
      expect(await requestsOf(one)).toEqual(['UpdateItem']);
      expect(await requestsOf(two, NOON + MINUTE)).toEqual(['UpdateItem', 'UpdateItem']);
    });

    test('for a call that comes hours later', async () => {
      const cheap = limits('cheap-hours', 9, 5);
      for (const minute of [0, 1, 61, 63, 1440, 2880]) {
        const sent = await requestsOf(takes(`call-${minute}`, cheap), NOON + minute * MINUTE);
        expect([minute, ...sent]).toEqual([minute, 'UpdateItem']);
      }
    });

    test('and one more for its end', async () => {
      const cheap = limits('cheap-end', 5, 5);
      await take(lambda(), 'only', cheap);
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
    const callLimits = lambda();
    const one = limits('foreign', 1, 2);
    expect(await take(callLimits, 'x', one)).toBe('acquired');
    expect(await take(callLimits, 'y', one)).toBe('too-many-calls');
    expect(await end(callLimits, 'x', one.owner)).toBe('ended');
    expect(await take(callLimits, 'y', one)).toBe('acquired');
  });

  test('a table that cannot be reached is unknown, and the log says so', async () => {
    const degradations: string[] = [];
    const onDegraded: MemoryTable['onDegraded'] = ({ what }) => degradations.push(what);
    const callLimits = callLimitsStore({ ...memory(), tableName: 'no-such-table', onDegraded });
    expect(await take(callLimits, 'a', limits('x', 1))).toBe('unknown');
    await callLimits.extend('a', { owner: owner('x'), seconds: 600 });
    expect(await end(callLimits, 'a', owner('x'))).toBe('unknown');
    expect(degradations).toEqual(['limits-not-checked', 'limits-not-checked', 'end-of-call-not-noted']);
  });

  test.each([
    ['a counted call', owner('lost-answer')],
    ['a call of nobody', undefined],
  ])('the end of %s whose first answer was lost is unknown, not ended before', async (_, whose) => {
    await lambda().acquire('lost', limits('lost-answer', 1));
    let requests = 0;
    /** Does what it is asked; the first answer never arrives. */
    const losing: DynamoDB = async (...request) => {
      requests++;
      const answer = await dynamodb(...request);
      if (requests === 1) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      return answer;
    };
    expect(await end(callLimitsStore({ ...memory(), dynamodb: losing }), 'lost', whose)).toBe('unknown');
    expect(requests).toBe(2);
    expect(await end(lambda(), 'lost', whose)).toBe('ended-before');
  });

  test('where only others get a write through, the call is undecided: letting it go on would break the cap', async () => {
    const refusing: DynamoDB = (operation, ...rest) =>
      operation === 'GetItem'
        ? dynamodb(operation, ...rest)
        : Promise.reject(Object.assign(new Error(), { name: 'ConditionalCheckFailedException' }));
    const callLimits = callLimitsStore({ ...memory(), dynamodb: refusing });
    await expect(callLimits.acquire('a', limits('crowded', 1))).rejects.toBeInstanceOf(Undecided);
  });

  test('a write that lands after we gave up leaves the cap whole after two minutes, 100 times out of 100', async () => {
    for (let run = 0; run < 100; run++) {
      const one = limits(`late-${run}`, 1);
      const landings: (() => Promise<unknown>)[] = [];
      /** A store that does what it is asked, and only when nobody waits any more. */
      const stalling: DynamoDB = (...request) => {
        landings.push(() => dynamodb(...request));
        return Promise.reject(Object.assign(new Error(), { name: 'AccessDeniedException' }));
      };
      expect(await callLimitsStore({ ...memory(), dynamodb: stalling }).acquire('gone', one)).toEqual({
        result: 'unknown',
      });
      for (const land of landings) await land().catch(() => {});
      expect(await take(lambda(NOON + 119_000), 'next', one)).toBe('too-many-calls');
      expect(await take(lambda(NOON + 120_000), 'next', one)).toBe('acquired');
      expect(await take(lambda(NOON + 120_000), 'third', one)).toBe('too-many-calls');
    }
  });
});
