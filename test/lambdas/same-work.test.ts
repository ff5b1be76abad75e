import { invite, jambonzNonce, type Phone, register } from '../../lib/local/sip-phone';
import { type FaultyDynamoDB, startFaultyDynamoDB } from '../aws/faulty-dynamodb';
import {
  type Clock,
  type LambdaProcess,
  outcome,
  startLambda,
  startTables,
  type TestTables,
} from '../aws/lambda-process';
import { NOW } from '../hook-context';

// Who measures how long a refusal takes must not learn from it whether the account exists.

const REALM = 'sip.example.com';
const SECOND = 1000;
const HA1 = '1920ed0005786b17b3a95e189db6eee2';

let tables: TestTables;
let dynamodb: FaultyDynamoDB;
let clock: Clock;
let nonces = 0;

beforeAll(async () => {
  tables = await startTables([
    { realm: REALM, username: 'known', password: 'wonderland' },
    { realm: REALM, username: 'hash', ha1: HA1 },
    { realm: REALM, username: 'acme', emergency: { numbers: ['112'] } },
    { realm: REALM, username: 'member', password: 'wonderland', customer: 'acme' },
    {
      realm: REALM,
      username: 'office',
      password: 'wonderland',
      registration: { allowedAddresses: ['192.0.2.0/24'] },
    },
    { realm: REALM, username: 'nothing' },
    { realm: REALM, username: 'gone', password: 'wonderland', enabled: false },
  ]);
  dynamodb = await startFaultyDynamoDB(tables.endpoint);
});
afterAll(async () => {
  await dynamodb.stop();
  await tables.stop();
});
beforeEach(() => {
  clock = { now: NOW };
});

const ACCOUNTS = ['known', 'member', 'office', 'nothing', 'gone', 'nobody'];
const phone = (username: string, address: string, password = 'guess'): Phone => ({
  aor: { username, realm: REALM },
  password,
  address,
});

type Ask = (who: Phone) => Parameters<LambdaProcess['auth']>[0];
const said = () => ({ nonce: jambonzNonce(clock.now - 60_000 + nonces++ / 100) });
const KINDS: Record<string, Ask> = {
  REGISTER: (who) => register(who, clock.now, 3600, said()),
  INVITE: (who) => invite(who, '0501234567', clock.now, said()),
  'INVITE to 112': (who) => invite(who, '112', clock.now, said()),
  'INVITE with X-Forwarded-For': (who) =>
    invite(who, '1', clock.now, { ...said(), headers: { 'X-Forwarded-For': who.address ?? '' } }),
};

let addresses = 0;
const newAddress = () => `198.18.7.${++addresses}`;

/** What one wrong answer asks of which table, in order. */
async function workOf(process: LambdaProcess, request: ReturnType<Ask>): Promise<string> {
  dynamodb.requests.length = 0;
  expect(outcome(await process.auth(request))).toBe('fail');
  return dynamodb.requests.map(({ table, operation }) => `${operation} ${table}`).join(', ');
}

const WORK = 'BatchGetItem Customers+Memory, PutItem Memory';

describe.each(Object.entries(KINDS))(
  'a wrong answer on %s costs one read of both tables and one write',
  (_kind, ask) => {
    test('at a Lambda that has just started', async () => {
      for (const username of ACCOUNTS) {
        const process = startLambda(dynamodb.endpoint, clock);
        expect([username, await workOf(process, ask(phone(username, newAddress())))]).toEqual([
          username,
          WORK,
        ]);
      }
    });

    test.each([0, 1, 4, 6, 61])('again after %d s', async (seconds) => {
      const process = startLambda(dynamodb.endpoint, clock);
      for (const username of ACCOUNTS) {
        const address = newAddress();
        await process.auth(ask(phone(username, address)));
        clock.now += seconds * SECOND;
        expect([username, await workOf(process, ask(phone(username, address)))]).toEqual([username, WORK]);
      }
    });

    test('where a phone of the account has just logged in', async () => {
      const process = startLambda(dynamodb.endpoint, clock);
      for (const username of ACCOUNTS) {
        await process.auth(register(phone(username, '192.0.2.7', 'wonderland'), clock.now, 3600, said()));
        expect([username, await workOf(process, ask(phone(username, newAddress())))]).toEqual([
          username,
          WORK,
        ]);
      }
    });
  },
);

// Nothing is counted against a phone that logged in there, so nothing is looked up. That it is never limited tells as much.
test.each([0, 61])(
  'from the very address where a phone of the account logged in %d s ago it is one read and one write as well',
  async (seconds) => {
    const process = startLambda(dynamodb.endpoint, clock);
    const work: Record<string, string> = {};
    for (const username of ['known', 'member', 'nobody']) {
      const address = newAddress();
      await process.auth(register(phone(username, address, 'wonderland'), clock.now, 3600, said()));
      clock.now += seconds * SECOND;
      work[username] = await workOf(process, register(phone(username, address), clock.now, 3600, said()));
    }
    expect(work).toEqual({
      known: 'GetItem Customers, PutItem Memory',
      member: 'GetItem Customers, PutItem Memory',
      nobody: WORK,
    });
  },
);

test.each([
  ['a digest of another algorithm', { algorithm: 'XYZ' }],
  ['a quality of protection that nobody has', { qop: 'auth-int' }],
  ['a count that is none', { nc: '1' }],
])('%s reveals no more, either', async (_what, change) => {
  const work: Record<string, string> = {};
  for (const username of ACCOUNTS) {
    const request = register(phone(username, newAddress()), clock.now, 3600, said());
    const { authorization, ...headers } = request.headers;
    const process = startLambda(dynamodb.endpoint, clock);
    work[username] = await workOf(process, { ...request, headers, digest: { ...request.digest, ...change } });
  }
  expect(new Set(Object.values(work)).size).toBe(1);
});

test('where it is limited nothing is asked for anybody', async () => {
  const process = startLambda(dynamodb.endpoint, clock);
  for (const username of ACCOUNTS) {
    const who = phone(username, newAddress());
    for (let n = 0; n < 31; n++) await process.auth(register(who, clock.now, 3600, said()));
    expect([username, await workOf(process, register(who, clock.now, 3600, said()))]).toEqual([username, '']);
    // A call may be one to an emergency number: once in 2 s it is looked at, whose ever it is.
    const call = () => invite(who, '112', clock.now, said());
    expect([username, await workOf(process, call())]).toEqual([username, 'GetItem Customers']);
    expect([username, await workOf(process, call())]).toEqual([username, '']);
  }
});
