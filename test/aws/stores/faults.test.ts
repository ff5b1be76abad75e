import { invite, type Phone, register } from '../../../lib/local/sip-phone';
import { NOW } from '../../hook-context';
import { type Fault, type FaultyDynamoDB, startFaultyDynamoDB } from '../faulty-dynamodb';
import {
  type Clock,
  type LambdaProcess,
  outcome,
  type Reply,
  startLambda,
  startTables,
  type TestTables,
} from '../lambda-process';
import { virtualTimers } from '../virtual-timers';

const REALM = 'sip.example.com';
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The door's deadline, by the clock of the scene. */
const IN_TIME_MS = 2000;

const PASSING: readonly Fault[] = [
  'throttled',
  'throttled by request limit',
  'internal error',
  'unavailable',
  'reset',
  'hangs',
  'stalls in the body',
  'drips',
  'truncated JSON',
  'not JSON',
  'an error of no known class',
];
const OPERATORS: readonly Fault[] = [
  'access denied',
  'no table',
  'a bad token',
  'expired credentials',
  'a bad signature',
  'our request is wrong',
];

let tables: TestTables;
const started: FaultyDynamoDB[] = [];

beforeAll(async () => {
  tables = await startTables([
    { realm: REALM, username: 'alice', password: 'wonderland', techPrefix: '1#', callerId: '+18009992222' },
    { realm: REALM, username: 'gone', password: 'wonderland', enabled: false },
    { realm: REALM, username: 'strict', password: 'wonderland', registration: { replay: 'enforce' } },
    { realm: REALM, username: 'number', password: 12345 },
    { realm: REALM, username: 'nothing' },
    { realm: REALM, username: 'shape', password: 'wonderland', enabled: 'no', trunks: 'none', limits: [1] },
    { realm: REALM, username: 'null', password: null },
  ]);
});
afterAll(async () => {
  await Promise.all(started.map((it) => it.stop()));
  await tables.stop();
});

/** A Lambda with a DynamoDB of its own to go wrong, a clock, and timers that wait for nothing. */
interface Scene {
  readonly dynamodb: FaultyDynamoDB;
  readonly clock: Clock;
  readonly lambda: LambdaProcess;
  readonly ask: (who?: Phone) => Promise<Reply>;
  readonly reported: () => unknown[];
  readonly reads: () => number;
}

async function scene(settings: Record<string, string> = {}): Promise<Scene> {
  const timers = virtualTimers();
  const dynamodb = await startFaultyDynamoDB(tables.endpoint, timers.expireNext);
  started.push(dynamodb);
  const clock = { now: NOW };
  const env = { STALE_IF_ERROR_SECONDS: '900', ...settings };
  const lambda = startLambda(dynamodb.endpoint, clock, env, timers);
  return {
    dynamodb,
    clock,
    lambda,
    ask: (who = phone()) => lambda.auth(register(who, clock.now)),
    reported: () =>
      lambda.lines.map(
        ({ answer, because, undecided, trouble: degradation }) =>
          undecided ?? degradation ?? because ?? answer,
      ),
    reads: () => dynamodb.requests.filter(({ table }) => table.includes('Customers')).length,
  };
}

const phone = (username = 'alice', password = 'wonderland'): Phone => ({
  aor: { username, realm: REALM },
  password,
});
const inTime = (reply: Reply) => `${outcome(reply)}${reply.ms <= IN_TIME_MS ? '' : ` after ${reply.ms} ms`}`;

/** Each fault by itself, all at the same time: most of this is waiting. */
async function underEach<T>(faults: readonly Fault[], act: (fault: Fault) => Promise<T>): Promise<object> {
  return Object.fromEntries(await Promise.all(faults.map(async (fault) => [fault, await act(fault)])));
}

const forEach = (faults: readonly Fault[], expected: unknown) =>
  Object.fromEntries(faults.map((fault) => [fault, expected]));

describe('while the customers table fails', () => {
  test('a cold Lambda answers 504 in time, says nothing of a password, and is well at once afterwards', async () => {
    const seen = await underEach(PASSING, async (kind) => {
      const { dynamodb, ask, reported } = await scene();
      dynamodb.fault = { kind, table: 'Customers' };
      const during = inTime(await ask());
      dynamodb.fault = undefined;
      return [during, outcome(await ask()), ...reported()];
    });
    expect(seen).toEqual(forEach(PASSING, ['504', 'ok', 'Undecided', 'ok']));
  });

  test('a warm Lambda uses its cached record: the right password is accepted, a wrong one refused; then it reads again', async () => {
    const seen = await underEach(PASSING, async (kind) => {
      const { dynamodb, clock, ask, reported, reads } = await scene();
      await ask();
      clock.now += 61 * SECOND;
      dynamodb.fault = { kind, table: 'Customers' };
      const during = [inTime(await ask()), inTime(await ask(phone('alice', 'guess')))];
      dynamodb.fault = undefined;
      const before = reads();
      return [...during, outcome(await ask()), reads() - before, reported().includes('stale-record-served')];
    });
    expect(seen).toEqual(forEach(PASSING, ['ok', 'fail', 'ok', 1, true]));
  });

  // A stranger's first read is one of both tables: only the second one is about the customers alone.
  test('an error that an operator must fix is 504 with its own line, cold and warm, without a retry', async () => {
    const seen = await underEach(OPERATORS, async (kind) => {
      const { dynamodb, clock, ask, reported, reads } = await scene();
      dynamodb.fault = { kind, table: 'Customers' };
      const cold = [inTime(await ask()), reads(), reported()];
      dynamodb.fault = undefined;
      await ask();
      clock.now += 61 * SECOND;
      dynamodb.fault = { kind, table: 'Customers' };
      const before = reads();
      return [...cold, inTime(await ask()), reads() - before, reported().at(-1)];
    });
    expect(seen).toEqual(forEach(OPERATORS, ['504', 2, ['Misconfigured'], '504', 1, 'Misconfigured']));
  });

  test.each<[Fault, number, string]>([
    ['throttled', 2, 'ok'],
    ['reset', 2, 'ok'],
    ['internal error', 2, 'ok'],
    ['hangs', 1, 'ok'],
    ['truncated JSON', 2, 'ok'],
    ['truncated JSON', 3, '504'],
    ['throttled', 4, '504'],
  ])('%s %d times in a row, then healthy: %s', async (kind, times, then) => {
    const { dynamodb, ask } = await scene();
    dynamodb.fault = { kind, table: 'Customers', times };
    expect(outcome(await ask())).toBe(then);
  });
});

describe('the remembered record', () => {
  test.each([
    [59 * SECOND, 'ok'],
    [15 * MINUTE - SECOND, 'ok'],
    [15 * MINUTE + SECOND, '504'],
  ])('serves for 15 minutes while the table fails: after %d ms %s', async (later, then) => {
    const { dynamodb, clock, ask } = await scene();
    await ask();
    clock.now += later;
    dynamodb.fault = { kind: 'throttled', table: 'Customers' };
    expect(outcome(await ask())).toBe(then);
  });

  test('is read once in 60 s', async () => {
    const { clock, ask, reads } = await scene();
    for (let n = 0; n < 5; n++) await ask();
    clock.now += 59 * SECOND;
    await ask();
    expect(reads()).toBe(1);
    clock.now += 2 * SECOND;
    await ask();
    expect(reads()).toBe(2);
  });

  test('of a disabled account does not serve while the table fails', async () => {
    const { dynamodb, clock, ask } = await scene();
    await ask(phone('gone'));
    clock.now += 61 * SECOND;
    dynamodb.fault = { kind: 'throttled', table: 'Customers' };
    expect(outcome(await ask(phone('gone')))).toBe('504');
  });

  test('of a new account is there within 5 s of the first try with it', async () => {
    const { clock, ask } = await scene();
    expect(outcome(await ask(phone('late')))).toBe('fail');
    await tables.put('customers', { realm: REALM, username: 'late', password: 'wonderland' });
    clock.now += 5 * SECOND;
    expect(outcome(await ask(phone('late')))).toBe('ok');
  });

  test('is not replaced within its 60 s by an answer that there is none', async () => {
    const { dynamodb, clock, ask } = await scene();
    await ask();
    dynamodb.fault = { kind: 'no such item', table: 'Customers' };
    clock.now += 59 * SECOND;
    expect(outcome(await ask())).toBe('ok');
    clock.now += 2 * SECOND;
    expect(outcome(await ask())).toBe('fail');
  });

  test('is read once for forty phones that ask at the same time', async () => {
    const { ask, reads } = await scene();
    await Promise.all(Array.from({ length: 40 }, () => ask()));
    expect(reads()).toBe(1);
  });
});

describe('a record that cannot be used', () => {
  test.each(['number', 'nothing', 'shape', 'null'])(
    'denies its own user, with the empty password too, and is no outage: %s',
    async (username) => {
      const { ask } = await scene();
      expect(outcome(await ask(phone(username)))).toBe('fail');
      expect(outcome(await ask(phone(username, '')))).toBe('fail');
      expect(outcome(await ask())).toBe('ok');
    },
  );

  test('is reported by key and field, without its value', async () => {
    const { ask, lambda } = await scene();
    await ask(phone('number'));
    expect(lambda.lines).toContainEqual({
      badRecord: 'number@sip.example.com',
      path: 'password',
      fix: 'write it as text, in quotes',
    });
  });
});

describe('while the memory table fails', () => {
  const EITHER = [...PASSING, 'access denied', 'no table'] as const;

  test('phones register, even where replays are refused; a wrong password is refused; and it is reported', async () => {
    const seen = await underEach(EITHER, async (kind) => {
      const { dynamodb, ask, reported, lambda } = await scene();
      dynamodb.fault = { kind, table: 'Memory' };
      const right = [inTime(await ask()), inTime(await ask(phone('strict')))];
      const { observed } = lambda.lines.at(-1) ?? {};
      const wrong = inTime(await ask(phone('alice', 'guess')));
      return [...right, wrong, observed, reported().includes('guessing-not-checked')];
    });
    expect(seen).toEqual(forEach(EITHER, ['ok', 'ok', 'fail', 'not-checked', true]));
  });

  test('calls go on, or get 504 where the stack says so', async () => {
    const seen = await underEach(EITHER, async (kind) => {
      const outcomes: string[] = [];
      for (const policy of ['allow', 'refuse']) {
        const { dynamodb, lambda, clock } = await scene({ CALLS_WITHOUT_MEMORY: policy });
        dynamodb.fault = { kind, table: 'Memory' };
        outcomes.push(inTime(await lambda.auth(invite(phone(), '0501234567', clock.now))));
      }
      return outcomes;
    });
    expect(seen).toEqual(forEach(EITHER, ['ok', '504']));
  });

  test.each([
    ['allow', 'ok', 200],
    ['refuse', '504', 504],
  ])('under %s, a call whose grant can neither be left nor found: %s', async (policy, auth, call) => {
    const { dynamodb, lambda, clock } = await scene({ CALLS_WITHOUT_MEMORY: policy });
    dynamodb.fault = { kind: 'throttled', table: 'Memory' };
    const request = invite(phone(), '0501234567', clock.now);
    expect(outcome(await lambda.auth(request))).toBe(auth);
    const reply = await lambda.call(request, '0501234567');
    expect(reply.status).toBe(call);
    if (call === 200)
      expect(reply.body).toMatchObject([{ verb: 'tag' }, { verb: 'dial' }, { verb: 'sip:decline' }]);
  });

  test('a count that was written though its answer was lost does not refuse the phone', async () => {
    const { dynamodb, lambda, clock } = await scene({ CALLS_WITHOUT_MEMORY: 'refuse' });
    const request = invite(phone(), '0501234567', clock.now - SECOND);
    dynamodb.fault = { kind: 'written, then lost', table: 'Memory', operation: 'UpdateItem', times: 1 };
    expect(outcome(await lambda.auth(request))).toBe('ok');
  });
});

test('while both tables hang, the answer is 504 in time', async () => {
  const { dynamodb, ask } = await scene();
  dynamodb.fault = { kind: 'hangs' };
  expect(inTime(await ask())).toBe('504');
});
