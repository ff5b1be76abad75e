import { createHash } from 'node:crypto';
import type { DynamoDB, Output } from '../../../lib/aws/client/dynamodb';
import { bruteForceStore } from '../../../lib/aws/stores/brute-force-store';
import type { Degradation } from '../../../lib/hooks/telemetry';
import { invite, jambonzNonce, type Phone, register } from '../../../lib/local/sip-phone';
import { NOW } from '../../hook-context';
import { type FaultyDynamoDB, startFaultyDynamoDB } from '../faulty-dynamodb';
import {
  type Clock,
  type LambdaProcess,
  outcome,
  startLambda,
  startTables,
  type TestTables,
} from '../lambda-process';

const REALM = 'sip.example.com';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let tables: TestTables;
let clock: Clock;
let addresses = 0;

beforeAll(async () => {
  const names = ['alice', 'bob', ...Array.from({ length: 200 }, (_, n) => `desk${n}`)];
  tables = await startTables(names.map((username) => ({ realm: REALM, username, password: 'wonderland' })));
});
afterAll(() => tables.stop());
beforeEach(() => {
  clock = { now: NOW };
});

let nonces = 0;
/** A challenge of its own for each request, so that no answer is refused as used. */
const challenge = () => jambonzNonce(clock.now - 60_000 + nonces++ / 100);
const newAddress = () => `198.18.${Math.floor(++addresses / 250)}.${(addresses % 250) + 1}`;
const phone = (username: string, address: string, password = 'wonderland'): Phone => ({
  aor: { username, realm: REALM },
  password,
  address,
});
const lambda = () => startLambda(tables.endpoint, clock);
const reason = (process: LambdaProcess) =>
  process.lines.findLast(({ hook }) => hook === 'register-auth')?.because;

async function attempts(process: LambdaProcess, who: Phone, count: number): Promise<string[]> {
  const outcomes: string[] = [];
  for (let n = 0; n < count; n++) outcomes.push(outcome(await process.auth(register(who, clock.now))));
  return outcomes;
}

describe('a pair of address and user', () => {
  test('after 30 failures the right password still opens, after 31 it does not', async () => {
    const [process, address] = [lambda(), newAddress()];
    await attempts(process, phone('alice', address, 'guess'), 31);
    expect(await attempts(process, phone('alice', address), 1)).toEqual(['fail']);
    expect(reason(process)).toBe('limited');
    const other = newAddress();
    await attempts(process, phone('alice', other, 'guess'), 30);
    expect(await attempts(process, phone('alice', other), 1)).toEqual(['ok']);
  });

  test('a window that one Lambda closed is closed at every other one, right password or not', async () => {
    const address = newAddress();
    await attempts(lambda(), phone('alice', address, 'guess'), 31);
    const other = lambda();
    expect(await attempts(other, phone('alice', address), 1)).toEqual(['fail']);
    expect(reason(other)).toBe('limited');
  });

  test('failures at different Lambdas add up', async () => {
    const address = newAddress();
    for (let n = 0; n < 31; n++) await attempts(lambda(), phone('alice', address, 'guess'), 1);
    expect(await attempts(lambda(), phone('alice', address), 1)).toEqual(['fail']);
  });

  test('a window ends after a minute, and trying inside it does not lengthen it', async () => {
    const [process, address] = [lambda(), newAddress()];
    await attempts(process, phone('alice', address, 'guess'), 40);
    clock.now += MINUTE - 1;
    expect(await attempts(process, phone('alice', address), 1)).toEqual(['fail']);
    clock.now += 1;
    expect(await attempts(process, phone('alice', address), 1)).toEqual(['ok']);
  });

  test('a success sets it free for 24 hours, at every Lambda', async () => {
    const address = newAddress();
    await attempts(lambda(), phone('alice', address), 1);
    await attempts(lambda(), phone('alice', address, 'guess'), 100);
    clock.now += 23 * HOUR;
    const process = lambda();
    await attempts(process, phone('alice', address, 'guess'), 40);
    expect(await attempts(process, phone('alice', address), 1)).toEqual(['ok']);
  });

  test('the day after, it is as unknown as any other', async () => {
    const address = newAddress();
    await attempts(lambda(), phone('alice', address), 1);
    clock.now += 24 * HOUR;
    const process = lambda();
    await attempts(process, phone('alice', address, 'guess'), 31);
    expect(await attempts(process, phone('alice', address), 1)).toEqual(['fail']);
  });

  test('an account that does not exist is limited like one that does', async () => {
    const [process, address] = [lambda(), newAddress()];
    await attempts(process, phone('nobody', address, 'guess'), 31);
    await attempts(process, phone('nobody', address), 1);
    expect(reason(process)).toBe('limited');
  });

  test('a phone that retries an old password once a minute for 40 minutes is in as soon as it has the new one', async () => {
    const [process, address] = [lambda(), newAddress()];
    for (let n = 0; n < 40; n++) {
      await attempts(process, phone('alice', address, 'old'), 1);
      clock.now += MINUTE;
    }
    expect(await attempts(process, phone('alice', address), 1)).toEqual(['ok']);
  });
});

describe('an address', () => {
  test('where 51 usernames failed is closed to newcomers, and open to who was there today', async () => {
    const [process, address] = [lambda(), newAddress()];
    await attempts(process, phone('alice', address), 1);
    for (let n = 0; n < 51; n++) await attempts(process, phone(`made-up-${n}`, address, 'guess'), 1);
    expect(await attempts(process, phone('bob', address), 1)).toEqual(['fail']);
    expect(reason(process)).toBe('limited-address');
    expect(await attempts(process, phone('alice', address), 1)).toEqual(['ok']);
    expect(await attempts(lambda(), phone('alice', address), 1)).toEqual(['ok']);
    expect(await attempts(process, phone('bob', newAddress()), 1)).toEqual(['ok']);
  });

  test('where an admin changed the passwords of sixty phones at once stays open to a new one', async () => {
    const [process, address] = [lambda(), newAddress()];
    for (let n = 0; n < 60; n++) await attempts(process, phone(`desk${n}`, address), 1);
    for (let n = 0; n < 60; n++) await attempts(process, phone(`desk${n}`, address, 'old'), 1);
    expect(await attempts(process, phone('bob', address), 1)).toEqual(['ok']);
  });

  test('keeps no word of failures of those who are known there, and what it keeps ends', async () => {
    const [process, address] = [lambda(), newAddress()];
    await attempts(process, phone('alice', address), 1);
    await attempts(process, phone('alice', address, 'old'), 3);
    const items = (await tables.items('memory')).filter(({ key }) => String(key).endsWith(address));
    expect(items).toEqual([
      {
        key: `guesses known:${address}`,
        record: { users: {} },
        version: expect.any(Number),
        endsAt: Math.ceil(clock.now / 1000) + 60,
      },
    ]);
  });

  test('of IPv6 is its /64', async () => {
    const process = lambda();
    for (let n = 0; n < 31; n++)
      await attempts(process, phone('alice', `2001:db8:7:7::${n.toString(16)}`, 'guess'), 1);
    expect(await attempts(process, phone('alice', '2001:db8:7:7:ffff::1'), 1)).toEqual(['fail']);
    expect(await attempts(process, phone('alice', '2001:db8:7:8::1'), 1)).toEqual(['ok']);
  });

  test.each(['X-Forwarded-For', 'x-forwarded-for', 'X-Subspace-Forwarded-For'])(
    'that a device wrote itself (%s) is not blamed for its failures',
    async (header) => {
      const [process, victim] = [lambda(), newAddress()];
      for (let n = 0; n < 32; n++)
        await process.auth(
          invite(phone('bob', victim, 'guess'), '1', clock.now, { headers: { [header]: victim } }),
        );
      expect(await attempts(process, phone('bob', victim), 1)).toEqual(['ok']);
    },
  );

  test('that a device wrote itself is not blamed for many usernames either', async () => {
    const [process, victim] = [lambda(), newAddress()];
    for (let n = 0; n < 52; n++)
      await process.auth(
        invite(phone(`x${n}`, victim, 'guess'), '1', clock.now, { headers: { 'X-Forwarded-For': victim } }),
      );
    expect(await attempts(process, phone('bob', victim), 1)).toEqual(['ok']);
  });
});

describe('an address that a device claims for itself (X-Forwarded-For on INVITE)', () => {
  /** Calls under a claim; each answers a challenge of its own. */
  async function calls(
    process: LambdaProcess,
    who: Phone,
    count = 1,
    claim = who.address ?? '',
  ): Promise<string[]> {
    const outcomes: string[] = [];
    for (let n = 0; n < count; n++) {
      const said = { nonce: challenge(), headers: { 'X-Forwarded-For': claim } };
      outcomes.push(outcome(await process.auth(invite(who, '0501234567', clock.now, said))));
    }
    return outcomes;
  }
  const lookedAt = ({ lines }: LambdaProcess) =>
    lines.filter(({ because }) => because === 'wrong-digest').length;

  test('is never known: after a good call, 40 wrong passwords with it are checked in a minute, and no more', async () => {
    const [process, phoneOf] = [lambda(), (password?: string) => phone('desk20', '192.0.2.20', password)];
    expect(await calls(process, phoneOf())).toEqual(['ok']);
    expect(new Set(await calls(process, phoneOf('guess'), 2000))).toEqual(new Set(['fail']));
    expect(lookedAt(process)).toBe(40);
    expect(await calls(process, phoneOf())).toEqual(['fail']);
    expect(reason(process)).toBe('limited');
    clock.now += MINUTE;
    expect(await calls(process, phoneOf())).toEqual(['ok']);
  });

  test('that changes with every guess gives no fresh start, at whatever Lambda', async () => {
    const process = lambda();
    for (let n = 0; n < 60; n++) await calls(process, phone('desk21', newAddress(), 'guess'));
    expect(lookedAt(process)).toBe(40);
    const other = lambda();
    await calls(other, phone('desk21', newAddress(), 'guess'), 10);
    expect(lookedAt(other)).toBe(0);
  });

  test('lets no address that sends packets go free', async () => {
    const address = newAddress();
    await calls(lambda(), phone('desk22', address));
    const process = lambda();
    await attempts(process, phone('desk22', address, 'guess'), 31);
    expect(await attempts(process, phone('desk22', address), 1)).toEqual(['fail']);
  });

  test('of 31 wrong calls, and then one a minute, shuts no phone of the customer out that sends the header too', async () => {
    const [process, stranger, customer] = [
      lambda(),
      phone('desk23', '198.51.100.66', 'guess'),
      phone('desk23', '192.0.2.23'),
    ];
    await calls(process, stranger, 31);
    expect(await calls(process, customer)).toEqual(['ok']);
    for (let minute = 0; minute < 30; minute++) {
      clock.now += MINUTE;
      await calls(process, stranger);
      expect(await calls(process, customer)).toEqual(['ok']);
    }
  });

  test('that floods under other claims does not reach the phones that called within a day, at any Lambda', async () => {
    const [process, customer] = [lambda(), phone('desk24', '192.0.2.24')];
    await calls(lambda(), customer);
    clock.now += 23 * HOUR;
    for (let n = 0; n < 500; n++) await calls(process, phone('desk24', newAddress(), 'guess'));
    expect(await calls(process, customer)).toEqual(['ok']);
    expect(await calls(lambda(), customer)).toEqual(['ok']);
  });

  test('that floods keeps a phone out that never called under its claim, until the minute is over', async () => {
    const [process, customer] = [lambda(), phone('desk25', '192.0.2.25')];
    await calls(process, phone('desk25', '198.51.100.66', 'guess'), 100);
    expect(await calls(process, customer)).toEqual(['fail']);
    clock.now += MINUTE;
    expect(await calls(process, customer)).toEqual(['ok']);
  });

  test('counts at every Lambda, also where the user called under it', async () => {
    const customer = phone('desk28', '192.0.2.28');
    await calls(lambda(), customer);
    await calls(lambda(), { ...customer, password: 'guess' }, 40);
    expect(await calls(lambda(), customer)).toEqual(['fail']);
    expect(await calls(lambda(), phone('desk28', newAddress()))).toEqual(['ok']);
  });

  test('is counted apart also by a Lambda that was flooded before the user first called under it', async () => {
    const [flooded, customer] = [lambda(), phone('desk29', '192.0.2.29')];
    await calls(flooded, phone('desk29', newAddress(), 'guess'), 20);
    expect(await calls(lambda(), customer)).toEqual(['ok']);
    await calls(flooded, phone('desk29', newAddress(), 'guess'), 100);
    expect(await calls(flooded, customer)).toEqual(['ok']);
  });

  test('is nothing that REGISTER can bring: its address is that of the packet', async () => {
    const [process, address] = [lambda(), newAddress()];
    const forwarded = { nonce: challenge(), headers: { 'X-Forwarded-For': '192.0.2.1' } };
    for (let n = 0; n < 31; n++)
      await process.auth(register(phone('desk26', address, 'guess'), clock.now, 3600, forwarded));
    expect(await attempts(process, phone('desk26', address), 1)).toEqual(['fail']);
  });

  test('that was noted as known by an earlier version is not', async () => {
    await tables.put('memory', {
      key: `successes ${REALM} desk27`,
      'known forwarded': clock.now + 24 * HOUR,
      'used password': clock.now,
      endsAt: Math.ceil(clock.now / 1000) + 86_400,
    });
    const process = lambda();
    await calls(process, phone('desk27', '192.0.2.27', 'guess'), 100);
    expect(lookedAt(process)).toBe(40);
  });
});

test('a phone behind a NAT that fails each 5 s is accepted one window after its password is corrected, and 200 others are not affected', async () => {
  const [process, address] = [lambda(), newAddress()];
  const healthy = Array.from({ length: 200 }, (_, n) => phone(`desk${n}`, address));
  const inside = async () => {
    const outcomes: string[] = [];
    for (const it of healthy) outcomes.push(...(await attempts(process, it, 1)));
    return outcomes;
  };
  expect(new Set(await inside())).toEqual(new Set(['ok']));
  for (let n = 0; n < 720; n++) {
    await attempts(process, phone('alice', address, 'fat-fingered'), 1);
    clock.now += 5_000;
  }
  expect(new Set(await inside())).toEqual(new Set(['ok']));
  let waited = 0;
  while ((await attempts(process, phone('alice', address), 1))[0] !== 'ok') {
    waited += 5_000;
    clock.now += 5_000;
  }
  expect(waited).toBeGreaterThan(0);
  expect(waited).toBeLessThanOrEqual(15 * MINUTE);
});

describe('what guessing costs', () => {
  let dynamodb: FaultyDynamoDB;
  beforeEach(async () => {
    dynamodb = await startFaultyDynamoDB(tables.endpoint);
  });
  afterEach(() => dynamodb.stop());
  const writes = () =>
    dynamodb.requests.filter(({ operation }) => operation !== 'GetItem' && operation !== 'BatchGetItem')
      .length;

  test('10,000 wrong passwords from one address: about thirty are checked and written, and none is accepted', async () => {
    const process = startLambda(dynamodb.endpoint, clock);
    const address = newAddress();
    const guess = phone('bob', address, 'guess');
    const outcomes: string[] = [];
    for (let n = 0; n < 10_000; n += 20)
      outcomes.push(
        ...(
          await Promise.all(Array.from({ length: 20 }, () => process.auth(register(guess, clock.now))))
        ).map(outcome),
      );
    expect([outcomes.length, new Set(outcomes)]).toEqual([10_000, new Set(['fail'])]);
    const looked = process.lines.filter(({ because }) => because === 'wrong-digest').length;
    expect(looked).toBeLessThanOrEqual(31 + 20);
    // Each may take three tries.
    expect(writes()).toBeLessThanOrEqual(3 * (31 + 20));
    expect(await attempts(process, phone('bob', address), 1)).toEqual(['fail']);
  });

  test('a failure is one write at most', async () => {
    await attempts(startLambda(dynamodb.endpoint, clock), phone('bob', newAddress(), 'guess'), 1);
    expect(writes()).toBe(1);
  });

  test('wrong passwords for new names with claimed addresses are at most fifty writes a second', async () => {
    const process = startLambda(dynamodb.endpoint, clock);
    for (let n = 0; n < 120; n++)
      await process.auth(
        invite(phone(`x${n}`, newAddress(), 'guess'), '1', clock.now, {
          headers: { 'X-Forwarded-For': 'x' },
        }),
      );
    expect(writes()).toBe(50);
  });

  test('a phone that stays costs one read a minute, and one write for each digest', async () => {
    const process = startLambda(dynamodb.endpoint, clock);
    const desk = phone('desk1', newAddress());
    await attempts(process, desk, 1);
    dynamodb.requests.length = 0;
    for (let n = 0; n < 10; n++) {
      clock.now += 61_000;
      await attempts(process, desk, 1);
    }
    expect(dynamodb.requests.map(({ table, operation }) => `${operation} ${table}`)).toEqual(
      Array.from({ length: 10 }).flatMap(() => ['GetItem Customers', 'UpdateItem Memory']),
    );
  });
});

test('300 addresses that guess at one user never lock that user out', async () => {
  const process = lambda();
  for (let n = 0; n < 300; n++) await attempts(process, phone('bob', newAddress(), 'guess'), 1);
  expect(await attempts(process, phone('bob', newAddress()), 1)).toEqual(['ok']);
  expect(await attempts(lambda(), phone('bob', newAddress()), 1)).toEqual(['ok']);
});

describe('a read of the memory', () => {
  const source = { address: '192.0.2.1', claimedByDevice: false };
  const ALICE = { username: 'alice', realm: REALM };
  /** A table that closed the pair, and answers so. */
  function guesserOver(answer: (keys: string[]) => Output) {
    const degradations: Degradation[] = [];
    const dynamodb: DynamoDB = async (_operation, { RequestItems }) =>
      answer((RequestItems?.Memory?.Keys ?? []).map(({ key }) => String(key)));
    const onDegraded = (degradation: Degradation) => degradations.push(degradation);
    const guard = bruteForceStore({ dynamodb, tableName: 'Memory', now: () => NOW, onDegraded })(
      ALICE,
      source,
    );
    return { guesser: guard, troubles: degradations };
  }
  const closed = (key: string) => ({
    key,
    version: NOW,
    record: { users: { [USER]: { since: NOW, failures: 31, last: NOW } } },
  });
  /** What alice is called in a record: 12 characters of the hash of her name. */
  const USER = `:${createHash('sha256').update(`${REALM} alice`).digest('base64url')}`.slice(0, 12);

  test('says who is limited', async () => {
    const { guesser: guard, troubles: degradations } = guesserOver((keys) => ({
      Responses: { Memory: keys.slice(1).map(closed) },
    }));
    expect(await guard.isBlocked()).toBe('limited');
    expect(degradations).toEqual([]);
  });

  test('that was answered in part is not used: no attempt is limited by it, and that is reported', async () => {
    const { guesser: guard, troubles: degradations } = guesserOver((keys) => ({
      Responses: { Memory: keys.slice(1).map(closed) },
      UnprocessedKeys: { Memory: { Keys: keys.slice(0, 1).map((key) => ({ key })) } },
    }));
    expect(await guard.isBlocked()).toBeUndefined();
    expect(degradations.map(({ what }) => what)).toEqual(['guessing-not-checked']);
  });
});

test('made-up names push no phone out that is known', async () => {
  let asked = 0;
  const dynamodb: DynamoDB = async () => {
    asked++;
    return {};
  };
  const guard = bruteForceStore({ dynamodb, tableName: 'Memory', now: () => NOW, onDegraded: () => {} });
  const source = { address: '192.0.2.1', claimedByDevice: false };
  await guard({ username: 'alice', realm: REALM }, source).recordSuccess('password');
  for (let n = 0; n < 20_001; n++)
    await guard({ username: `made-up-${n}`, realm: REALM }, source).isBlocked();
  asked = 0;
  await guard({ username: 'alice', realm: REALM }, source).isBlocked();
  expect(asked).toBe(0);
});
