import { dynamodbAt } from '../../../lib/aws/client/dynamodb';
import { callGrantsStore } from '../../../lib/aws/stores/call-grants-store';
import { LOCAL_TABLES } from '../../../lib/local/embedded-dynamodb';
import { invite, type Phone } from '../../../lib/local/sip-phone';
import { NOON, specifyCallGrants } from '../../call-grants-spec';
import { NOW } from '../../hook-context';
import { type Clock, type LambdaProcess, startLambda, startTables, type TestTables } from '../lambda-process';
import { virtualTimers } from '../virtual-timers';

const REALM = 'sip.example.com';
const trunk = {
  techPrefix: '1#',
  outboundAuth: { username: 't', password: 'trunk-pass' },
  callerId: '+18009992222',
  emergency: { numbers: ['112'] },
};

let tables: TestTables;
let clock: Clock;
let seconds = 0;
beforeAll(async () => {
  const account = { realm: REALM, password: 'wonderland', ...trunk };
  tables = await startTables([
    { ...account, username: 'alice' },
    { ...account, username: 'bob' },
    { ...account, username: 'capped', limits: { maxConcurrentCalls: 5, callsPerMinute: 5 } },
  ]);
});
afterAll(() => tables.stop());
beforeEach(() => {
  // Each test has challenges of its own.
  clock = { now: NOW + seconds++ * 1000 };
});

const phone = (username: string): Phone => ({ aor: { username, realm: REALM }, password: 'wonderland' });
const lambda = (callGrant: string) => startLambda(tables.endpoint, clock, { CALL_GRANT: callGrant });
const reported = (process: LambdaProcess) => process.lines.findLast(({ hook }) => hook === 'call-hook');

/** Dials, and gives back the verb that counts, with the status of a decline. */
async function dial(process: LambdaProcess, ...call: Parameters<LambdaProcess['call']>): Promise<string> {
  const { body } = await process.call(...call);
  const verbs = body as readonly { verb: string; status?: number }[];
  const { verb, status } = verbs.find((it) => it.verb !== 'tag') ?? { verb: 'none' };
  return status === undefined ? verb : `${verb} ${status}`;
}

describe('call grants, in DynamoDB', () => {
  const timers = virtualTimers();
  specifyCallGrants((now = NOON) =>
    callGrantsStore({
      dynamodb: dynamodbAt(tables.endpoint),
      tableName: LOCAL_TABLES.memory,
      now: () => now,
      onDegraded: () => {},
      timers,
    }),
  );
});

test('enforce is the default', async () => {
  const process = startLambda(tables.endpoint, clock);
  expect(await dial(process, invite(phone('alice'), '1', clock.now), '966501234567')).toBe('sip:decline 403');
});

describe('under enforce, a call', () => {
  test('that was authenticated goes on, at another Lambda than the one that accepted its INVITE', async () => {
    const request = invite(phone('alice'), '966501234567', clock.now);
    await lambda('enforce').auth(request);
    const process = lambda('enforce');
    expect(await dial(process, request, '966501234567')).toBe('dial');
    expect(reported(process)).toMatchObject({ answer: 'dial', grant: 'granted' });
  });

  test('goes on once; jambonz may repeat its own hook', async () => {
    const process = lambda('enforce');
    const request = invite(phone('alice'), '966501234567', clock.now);
    await process.auth(request);
    expect([
      await dial(process, request, '966501234567', 'leg-of-the-sbc'),
      await dial(process, request, '966501234567', 'leg-of-the-sbc'),
      await dial(process, request, '966501234567', 'another-leg'),
    ]).toEqual(['dial', 'dial', 'sip:decline 403']);
    expect(reported(process)).toMatchObject({ answer: 'refuse', because: 'no-grant', grant: 'missing' });
  });

  test('gets no second grant from the same INVITE sent again', async () => {
    const process = lambda('enforce');
    const request = invite(phone('alice'), '966501234567', clock.now);
    await process.auth(request);
    expect(await dial(process, request, '966501234567', 'first-leg')).toBe('dial');
    clock.now += 10_000;
    expect((await process.auth(request)).body).toEqual({ status: 'ok' });
    expect(await dial(process, request, '966501234567', 'second-leg')).toBe('sip:decline 403');
  });

  test('to an emergency number goes on without one', async () => {
    const process = lambda('enforce');
    expect(await dial(process, invite(phone('alice'), '1', clock.now), '112')).toBe('dial');
    expect(reported(process)).toMatchObject({ answer: 'dial', emergency: true });
  });

  test('without an authenticated INVITE is declined', async () => {
    const process = lambda('enforce');
    expect(await dial(process, invite(phone('alice'), '1', clock.now), '966501234567')).toBe(
      'sip:decline 403',
    );
  });

  test('that nobody authenticated neither takes a seat nor uses up the rate of the account', async () => {
    const process = lambda('enforce');
    const seats = async () =>
      (await tables.items('memory')).filter(({ key }) => String(key).startsWith('calls '));
    const request = invite(phone('capped'), '966501234567', clock.now);
    expect(await dial(process, request, '966501234567')).toBe('sip:decline 403');
    expect(await seats()).toEqual([]);
    await process.auth(request);
    expect(await dial(process, request, '966501234567')).toBe('dial');
    expect(await seats()).toMatchObject([{ taken: 1, started: 1 }]);
  });

  test('to another number than the one that was authenticated is declined', async () => {
    const process = lambda('enforce');
    const request = invite(phone('alice'), '966501234567', clock.now);
    await process.auth(request);
    expect(await dial(process, request, '900000000')).toBe('sip:decline 403');
    expect(await dial(process, request, '966501234567')).toBe('dial');
  });

  test('of another account with the same Call-ID is declined', async () => {
    const process = lambda('enforce');
    const request = invite(phone('alice'), '966501234567', clock.now);
    await process.auth(request);
    const posing = { ...request, digest: { ...request.digest, username: 'bob' } };
    expect(await dial(process, posing, '966501234567')).toBe('sip:decline 403');
  });

  test('whose INVITE was refused is declined', async () => {
    const process = lambda('enforce');
    const request = invite({ ...phone('alice'), password: 'guess' }, '966501234567', clock.now);
    await process.auth(request);
    expect(await dial(process, request, '966501234567')).toBe('sip:decline 403');
  });

  test.each([
    [59_000, 'dial'],
    [61_000, 'sip:decline 403'],
  ])('%d ms after its INVITE: %s', async (later, verb) => {
    const process = lambda('enforce');
    const request = invite(phone('alice'), '966501234567', clock.now);
    await process.auth(request);
    clock.now += later;
    expect(await dial(process, request, '966501234567')).toBe(verb);
  });

  test('whose number the phone escaped is the same call', async () => {
    const process = lambda('enforce');
    const request = invite(phone('alice'), '%2B966501234567', clock.now);
    await process.auth(request);
    expect(await dial(process, request, '+966501234567')).toBe('dial');
  });

  test('taken by twenty hooks at once is taken once', async () => {
    const request = invite(phone('alice'), '966501234567', clock.now);
    await lambda('enforce').auth(request);
    const verbs = await Promise.all(
      Array.from({ length: 20 }, (_, n) => dial(lambda('enforce'), request, '966501234567', `leg-${n}`)),
    );
    expect(verbs.filter((verb) => verb === 'dial')).toHaveLength(1);
  });
});

/** One INVITE was accepted; a call is announced. What becomes of it, by the setting? */
describe('a digest is good for the number that was signed', () => {
  const SIGNED = '+12125550123';
  const uri = (user: string) => `sip:${user}@${REALM}`;

  test.each<[string, { uri?: string; to?: string }, string, string]>([
    ['the usual phone', {}, SIGNED, 'dial'],
    ['To differs from the Request-URI', { to: `<${uri('0012125550123')}>` }, SIGNED, 'dial'],
    [
      'To differs, and To is dialled',
      { to: `<${uri('0012125550123')}>` },
      '0012125550123',
      'sip:decline 403',
    ],
    ['another number, To kept', {}, '900000000', 'sip:decline 403'],
    ['digest uri without a user', { uri: `sip:${REALM}` }, SIGNED, 'dial'],
    ['digest uri without a user, another number', { uri: `sip:${REALM}` }, '900000000', 'sip:decline 403'],
    [
      'digest uri without a user, To differs',
      { uri: `sip:${REALM}`, to: `<${uri('0012125550123')}>` },
      SIGNED,
      'sip:decline 403',
    ],
    ['an escaped digest uri', { uri: uri('%2B12125550123') }, SIGNED, 'dial'],
    ['separators in the digest uri', { uri: uri('+1-212-555-0123') }, SIGNED, 'dial'],
    ['escaped spaces in what was dialled', {}, '+1%20212%205550123', 'dial'],
    ['user=phone', { uri: `${uri(SIGNED)};user=phone` }, SIGNED, 'dial'],
    ['a parameter of the user part', { uri: uri(`${SIGNED};cpc=ordinary`) }, SIGNED, 'dial'],
    ['a tel URI', { uri: `tel:${SIGNED}` }, SIGNED, 'dial'],
    ['+ is part of the number', { uri: uri('12125550123') }, SIGNED, 'sip:decline 403'],
  ])('%s', async (_what, said, dialled, enforced) => {
    const answers: string[] = [];
    for (const mode of ['off', 'observe', 'enforce']) {
      clock.now += 1;
      const process = lambda(mode);
      const request = invite(phone('alice'), SIGNED, clock.now, said);
      expect((await process.auth(request)).body).toEqual({ status: 'ok' });
      answers.push(await dial(process, request, dialled));
      const grant = enforced === 'dial' ? 'granted' : 'missing';
      expect(reported(process)?.grant).toBe(mode === 'off' ? undefined : grant);
    }
    expect(answers).toEqual(['dial', 'dial', enforced]);
  });

  test.each(['off', 'observe', 'enforce'])(
    'under %s a copy from elsewhere is refused by itself',
    async (mode) => {
      clock.now += 1;
      const process = lambda(mode);
      const request = invite(phone('alice'), SIGNED, clock.now);
      await process.auth(request);
      const copy = { ...request, sourceAddress: '198.51.100.66' };
      expect((await process.auth(copy)).body).toEqual({ status: 'fail' });
    },
  );
});

test('under observe a call without a grant goes on, and the log says so', async () => {
  const process = lambda('observe');
  expect(await dial(process, invite(phone('alice'), '1', clock.now), '966501234567')).toBe('dial');
  expect(reported(process)).toMatchObject({ answer: 'dial', grant: 'missing' });
});

test('off neither stores nor checks grants', async () => {
  const grants = async () =>
    (await tables.items('memory')).filter(({ key }) => /^grant /.test(String(key))).length;
  const before = await grants();
  const process = lambda('off');
  const request = invite(phone('alice'), '966501234567', clock.now);
  await process.auth(request);
  expect(await grants()).toBe(before);
  expect(await dial(process, request, '966501234567')).toBe('dial');
  expect(reported(process)?.grant).toBeUndefined();
});

test.each([
  ['CALL_GRANT', 'on'],
  ['CALLS_WITHOUT_MEMORY', 'maybe'],
  ['STALE_IF_ERROR_SECONDS', '15m'],
])('%s=%s is refused at the start, by name', (name, value) => {
  expect(() => startLambda(tables.endpoint, clock, { [name]: value })).toThrow(
    `${name} is "${value}": write`,
  );
});
