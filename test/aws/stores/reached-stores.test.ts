import { type DynamoDB, dynamodbAt, type Input } from '../../../lib/aws/client/dynamodb';
import { accountDirectoryStore } from '../../../lib/aws/stores/account-directory-store';
import { numbersStore } from '../../../lib/aws/stores/numbers-store';
import { LOCAL_TABLES } from '../../../lib/local/embedded-dynamodb';
import { startTables, type TestTables } from '../lambda-process';
import { virtualTimers } from '../virtual-timers';

const REALM = 'sip.example.com';
const NUMBER = { realm: 'numbers', username: '966112223300', ring: ['ann@sip.example.com'] };
const RECORDS = [
  NUMBER,
  { realm: REALM, username: 'acme', internalCalls: true },
  { realm: REALM, username: 'ann', customer: 'acme', shortDial: '2001', password: 'a secret of ann' },
  { realm: REALM, username: 'dect', customer: 'acme', registration: { users: ['101'] } },
  { realm: REALM, username: 'gone', customer: 'acme', enabled: false },
  { realm: REALM, username: 'eve', customer: 'other', shortDial: '2009' },
  { realm: 'b.example.com', username: 'zoe', customer: 'acme', shortDial: '2010' },
];

let tables: TestTables;
beforeAll(async () => {
  tables = await startTables(RECORDS);
});
afterAll(() => tables.stop());

/** The stores, what they ask, and a clock; `fails`: what DynamoDB throws instead of an answer. */
function stores() {
  const asked: (Input & { operation: string })[] = [];
  const clock = { now: 1_000_000 };
  const state: { fails?: string } = {};
  const problems: unknown[] = [];
  const degraded: string[] = [];
  const real = dynamodbAt(tables.endpoint);
  const dynamodb: DynamoDB = async (operation, input, signal) => {
    asked.push({ operation, ...input });
    if (state.fails) throw Object.assign(new Error('of the test'), { name: state.fails });
    return real(operation, input, signal);
  };
  const table = {
    dynamodb,
    tableName: LOCAL_TABLES.customers,
    now: () => clock.now,
    staleIfErrorMs: 900_000,
    onProblems: (aor: unknown, found: unknown) => problems.push({ aor, found }),
    onRead: () => {},
    onDegraded: ({ what }: { what: string }) => degraded.push(what),
    timers: virtualTimers(),
  };
  return {
    numbers: numbersStore(table),
    directory: accountDirectoryStore(table),
    asked,
    clock,
    state,
    problems,
    degraded,
  };
}

describe('numbers', () => {
  test('one GetItem by the digits, once a minute', async () => {
    const { numbers, asked, clock } = stores();
    expect(await numbers.find('966112223300')).toEqual({
      username: '966112223300',
      ring: [[{ username: 'ann', realm: REALM }]],
    });
    await numbers.find('966112223300');
    expect(asked).toMatchObject([
      { operation: 'GetItem', Key: { realm: 'numbers', username: '966112223300' } },
    ]);
    clock.now += 60_000;
    await numbers.find('966112223300');
    expect(asked).toHaveLength(2);
  });

  test('an unknown number is asked for again after 5 s', async () => {
    const { numbers, asked, clock } = stores();
    for (const later of [0, 4_999, 1]) {
      clock.now += later;
      expect(await numbers.find('1')).toBeUndefined();
    }
    expect(asked).toHaveLength(2);
  });

  test('while the table cannot be read the record of before serves, and nobody else', async () => {
    const { numbers, clock, state, degraded } = stores();
    await numbers.find('966112223300');
    state.fails = 'ThrottlingException';
    clock.now += 61_000;
    expect(await numbers.find('966112223300')).toMatchObject({ username: '966112223300' });
    expect(degraded).toEqual(['stale-record-served']);
    await expect(numbers.find('1')).rejects.toThrow('the customers table');
  });

  test('an admin hears of what is wrong in it', async () => {
    await tables.put('customers', { ...NUMBER, username: '5', ring: ['ann'] });
    const { numbers, problems } = stores();
    expect(await numbers.find('5')).toMatchObject({ ring: [] });
    expect(problems).toMatchObject([
      { aor: { username: '5', realm: 'numbers' }, found: [{ path: 'ring[0]' }] },
    ]);
  });
});

describe("a customer's accounts", () => {
  const ACME = { username: 'acme', realm: REALM };

  test('those that name it, of its realm, by name only', async () => {
    const { directory } = stores();
    const accounts = [...(await directory.accountsOf(ACME))].sort((a, b) =>
      a.username < b.username ? -1 : 1,
    );
    expect(accounts).toEqual([
      { username: 'ann', shortDial: '2001', users: [], enabled: true },
      { username: 'dect', shortDial: undefined, users: ['101'], enabled: true },
      { username: 'gone', shortDial: undefined, users: [], enabled: false },
    ]);
  });

  test('one query a minute, of an index that holds no secret', async () => {
    const { directory, asked, clock } = stores();
    await directory.accountsOf(ACME);
    await directory.accountsOf({ ...ACME, realm: 'SIP.example.com' });
    expect(asked).toMatchObject([{ operation: 'Query', IndexName: 'accounts-of-customer' }]);
    const { Items } = await dynamodbAt(tables.endpoint)('Query', {
      ...asked[0],
      operation: undefined,
    } as Input);
    expect(JSON.stringify(Items)).not.toContain('a secret of ann');
    clock.now += 60_000;
    await directory.accountsOf(ACME);
    expect(asked).toHaveLength(2);
  });

  test('a customer without accounts has none, and that is remembered as long', async () => {
    const { directory, asked, clock } = stores();
    const nobody = { username: 'nobody', realm: REALM };
    expect(await directory.accountsOf(nobody)).toEqual([]);
    clock.now += 30_000;
    expect(await directory.accountsOf(nobody)).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  test('all pages are read', async () => {
    const { asked } = stores();
    const pages = [
      {
        Items: [{ realm: REALM, username: 'a', customer: 'x' }],
        LastEvaluatedKey: { realm: REALM, username: 'a' },
      },
      { Items: [{ realm: REALM, username: 'b', customer: 'x' }] },
    ];
    const dynamodb: DynamoDB = async (operation, input) => {
      asked.push({ operation, ...input });
      return pages[asked.length - 1] ?? {};
    };
    const directory = accountDirectoryStore({
      dynamodb,
      tableName: 'Customers',
      now: () => 0,
      staleIfErrorMs: 0,
      onProblems: () => {},
      onRead: () => {},
      onDegraded: () => {},
      timers: virtualTimers(),
    });
    const accounts = await directory.accountsOf({ username: 'x', realm: REALM });
    expect(accounts.map(({ username }) => username)).toEqual(['a', 'b']);
    expect(asked[1]).toMatchObject({ ExclusiveStartKey: { realm: REALM, username: 'a' } });
  });

  test('while the table cannot be read those of before serve; a missing index is for an operator', async () => {
    const { directory, clock, state } = stores();
    await directory.accountsOf(ACME);
    clock.now += 61_000;
    state.fails = 'ThrottlingException';
    expect(await directory.accountsOf(ACME)).toHaveLength(3);
    state.fails = 'ValidationException';
    await expect(directory.accountsOf(ACME)).rejects.toMatchObject({ name: 'Misconfigured' });
  });

  test.each([
    ['a b', REALM],
    ['acme', 'numbers'],
    ['acme', ''],
  ])('%j at %j, which nobody can be called, is not asked for', async (username, realm) => {
    const { directory, asked } = stores();
    expect(await directory.accountsOf({ username, realm })).toEqual([]);
    expect(asked).toEqual([]);
  });
});
