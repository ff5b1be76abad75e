import { dynamodbAt } from '../../../lib/aws/client/dynamodb';
import { replayStore } from '../../../lib/aws/stores/replay-store';
import { LOCAL_TABLES } from '../../../lib/local/embedded-dynamodb';
import { invite, jambonzNonce, type Phone, register, type SipRequest } from '../../../lib/local/sip-phone';
import { NOW } from '../../hook-context';
import { NOON, specifyReplay } from '../../replay-spec';
import {
  type Clock,
  type LambdaProcess,
  outcome,
  startLambda,
  startTables,
  type TestTables,
} from '../lambda-process';
import { virtualTimers } from '../virtual-timers';

const REALM = 'sip.example.com';
const HOUR = 3600_000;
const DAY = 24 * HOUR;

let tables: TestTables;
let clock: Clock;
let sbc: LambdaProcess;
let nonces = 0;

beforeAll(async () => {
  tables = await startTables([
    { realm: REALM, username: 'alice', password: 'wonderland' },
    { realm: REALM, username: 'hash', ha1: '1920ed0005786b17b3a95e189db6eee2' },
    { realm: REALM, username: 'strict', password: 'wonderland', registration: { replay: 'enforce' } },
    { realm: REALM, username: 'loose', password: 'wonderland', registration: { replay: 'off' } },
  ]);
});
afterAll(() => tables.stop());
beforeEach(() => {
  clock = { now: NOW };
  sbc = startLambda(tables.endpoint, clock);
});

function phone(username: string, changes: Partial<Phone> = {}): Phone {
  return { aor: { username, realm: REALM }, password: 'wonderland', ...changes };
}

/** A challenge of its own for each test. */
function challenge(at = clock.now): string {
  return jambonzNonce(at + nonces++ / 100);
}

const ALICE = phone('alice');
const reason = () => sbc.lines.findLast(({ hook }) => hook === 'register-auth');
const ask = async (request: SipRequest) => outcome(await sbc.auth(request));

describe('used digests, in DynamoDB', () => {
  const timers = virtualTimers();
  specifyReplay((now = NOON) =>
    replayStore({
      dynamodb: dynamodbAt(tables.endpoint),
      tableName: LOCAL_TABLES.memory,
      now: () => now,
      onDegraded: () => {},
      timers,
    }),
  );
});

describe('an INVITE opens one call', () => {
  test('heard on the wire and sent again under another Call-ID: refused', async () => {
    const call = invite(ALICE, '0501234567', clock.now, { nonce: challenge() });
    const again = { ...call, headers: { ...call.headers, 'call-id': 'of-the-listener' } };
    expect([await ask(call), await ask(again)]).toEqual(['ok', 'fail']);
    expect(reason()).toMatchObject({ answer: 'fail', because: 'replayed', aor: 'alice@sip.example.com' });
  });

  test('heard by another Lambda: refused there, too', async () => {
    const call = invite(ALICE, '0501234567', clock.now, { nonce: challenge() });
    const again = { ...call, headers: { ...call.headers, 'call-id': 'of-the-listener' } };
    await ask(call);
    expect(outcome(await startLambda(tables.endpoint, clock).auth(again))).toBe('fail');
  });

  test.each([
    [32_000, 'ok'],
    [32_001, 'fail'],
  ])('the very same request %d ms later, as to a second SBC: %s', async (later, then) => {
    const call = invite(ALICE, '0501234567', clock.now, { nonce: challenge() });
    await ask(call);
    clock.now += later;
    expect(await ask(call)).toBe(then);
  });

  test('the same Call-ID and response with another To is another request', async () => {
    const call = invite(ALICE, '0501234567', clock.now, { nonce: challenge(), uri: 'sip:127.0.0.1:5060' });
    const again = { ...call, headers: { ...call.headers, to: `<sip:0900000000@${REALM}>` } };
    expect([await ask(call), await ask(again)]).toEqual(['ok', 'fail']);
  });

  test('the next count of the same nonce is a new request', async () => {
    const nonce = challenge();
    const calls = [1, 2, 3].map((nonceCount) =>
      invite(ALICE, '0501234567', clock.now, { nonce, nonceCount }),
    );
    expect([
      await ask(calls[0] as SipRequest),
      await ask(calls[1] as SipRequest),
      await ask(calls[2] as SipRequest),
    ]).toEqual(['ok', 'ok', 'ok']);
  });

  test('counts that UDP turned round pass once each', async () => {
    const nonce = challenge();
    const outcomes: string[] = [];
    for (const nonceCount of [1, 3, 2, 3, 2, 10, 4, 9, 4])
      outcomes.push(await ask(invite(ALICE, '0501234567', clock.now, { nonce, nonceCount })));
    expect(outcomes).toEqual(['ok', 'ok', 'ok', 'fail', 'fail', 'ok', 'ok', 'ok', 'fail']);
  });

  test('an unused count that is eight or more behind is refused', async () => {
    const nonce = challenge();
    const outcomes: string[] = [];
    for (const nonceCount of [21, 12, 13, 14])
      outcomes.push(await ask(invite(ALICE, '1', clock.now, { nonce, nonceCount })));
    expect(outcomes).toEqual(['ok', 'fail', 'fail', 'ok']);
  });

  test('counts that a listener adds to a digest without qop make it no newer', async () => {
    const call = invite(phone('alice', { qop: false }), '0501234567', clock.now, { nonce: challenge() });
    const again = {
      ...call,
      digest: { ...call.digest, nc: '00000002' },
      headers: { to: call.headers.to ?? '' },
    };
    expect([await ask(call), await ask(again)]).toEqual(['ok', 'fail']);
    expect(reason()).toMatchObject({ because: 'replayed' });
  });

  test('letters of the realm that a listener changes, which an HA1 does not hold, make it no newer', async () => {
    const call = invite(phone('hash'), '0501234567', clock.now, { nonce: challenge(), uri: 'sip:10.0.0.1' });
    const again = {
      ...call,
      digest: { ...call.digest, realm: 'SIP.example.com' },
      headers: { to: call.headers.to ?? '', 'call-id': 'of-the-listener' },
    };
    expect([await ask(call), await ask(again)]).toEqual(['ok', 'fail']);
    expect(reason()).toMatchObject({ because: 'replayed' });
  });

  test('a phone without qop: the identical response is refused, that to another number is new', async () => {
    const nonce = challenge();
    const old = phone('alice', { qop: false });
    expect([
      await ask(invite(old, '0501234567', clock.now, { nonce })),
      await ask(invite(old, '0501234567', clock.now, { nonce })),
      await ask(invite(old, '0507654321', clock.now, { nonce })),
    ]).toEqual(['ok', 'fail', 'ok']);
  });

  test.each<[string, () => string, string, string | undefined]>([
    ['of last Monday', () => challenge(clock.now - 7 * DAY), 'ok', undefined],
    ['29 days old', () => challenge(clock.now - 29 * DAY), 'ok', undefined],
    ['31 days old', () => challenge(clock.now - 31 * DAY), 'fail', 'nonce-too-old'],
    ['59 s ahead', () => challenge(clock.now + 59_000), 'ok', undefined],
    ['61 s ahead', () => challenge(clock.now + 61_000), 'fail', 'nonce-from-future'],
    ['b1', () => 'b1', 'fail', 'not-our-nonce'],
    ['of 14 digits', () => '17954238866230', 'fail', 'not-our-nonce'],
    ['with a letter in it', () => '17954238866230x', 'fail', 'not-our-nonce'],
  ])('a nonce %s', async (_what, nonce, answer, because) => {
    expect(await ask(invite(ALICE, '0501234567', clock.now, { nonce: nonce() }))).toBe(answer);
    expect(reason()?.because).toBe(because);
  });

  test.each<[string, Partial<SipRequest>]>([
    ['from another address', { sourceAddress: '198.51.100.66' }],
    ['that claims an address', { headers: { 'X-Forwarded-For': '127.0.0.1' } }],
    ['with another Contact', { headers: { contact: '<sip:alice@198.51.100.66:5060>' } }],
  ])('a copy of an INVITE within 32 s %s is a replay', async (_what, changes) => {
    const call = invite(ALICE, '0501234567', clock.now, { nonce: challenge() });
    const copy = { ...call, ...changes, headers: { ...call.headers, ...changes.headers } };
    expect([await ask(call), await ask(copy)]).toEqual(['ok', 'fail']);
    expect(reason()).toMatchObject({ because: 'replayed' });
  });

  test('thirty copies on ten Lambdas at once: exactly one is accepted', async () => {
    const nonce = challenge();
    const copies = Array.from({ length: 30 }, () => invite(ALICE, '0501234567', clock.now, { nonce }));
    const lambdas = Array.from({ length: 10 }, () =>
      startLambda(tables.endpoint, clock, { CALLS_WITHOUT_MEMORY: 'refuse' }),
    );
    const replies = await Promise.all(copies.map((copy, at) => lambdas[at % 10]?.auth(copy)));
    expect(replies.filter((reply) => reply && outcome(reply) === 'ok')).toHaveLength(1);
  });

  test('a wrong digest uses nothing up', async () => {
    const nonce = challenge();
    expect(await ask(invite(phone('alice', { password: 'guess' }), '1', clock.now, { nonce }))).toBe('fail');
    expect(await ask(invite(ALICE, '1', clock.now, { nonce }))).toBe('ok');
  });
});

describe('a REGISTER that was used before', () => {
  test.each<[string, string, object]>([
    ['alice', 'ok', { answer: 'ok', observed: 'replayed' }],
    ['strict', 'fail', { because: 'replayed' }],
    ['loose', 'ok', { answer: 'ok', observed: undefined }],
  ])('by %s: %s', async (username, answer, reported) => {
    const nonce = challenge();
    const twice = () => register(phone(username), clock.now, 3600, { nonce });
    expect(await ask(twice())).toBe('ok');
    expect(await ask(twice())).toBe(answer);
    expect(reason()).toMatchObject(reported);
  });

  test.each<[string, number, Partial<SipRequest>, string]>([
    ['from the same phone', 3600, {}, 'ok'],
    ['from another address', 3600, { sourceAddress: '198.51.100.66' }, 'fail'],
    ['with another Contact', 3600, { headers: { contact: '<sip:strict@198.51.100.66>' } }, 'fail'],
    ['with another expires', 3600, { expires: 0 }, 'fail'],
    ['of an un-REGISTER', 0, {}, 'ok'],
    ['of an un-REGISTER from another address', 0, { sourceAddress: '198.51.100.66' }, 'fail'],
  ])('under enforce, a copy within 32 s %s: %#', async (_what, expires, changes, answer) => {
    const request = register(phone('strict'), clock.now, expires, { nonce: challenge() });
    const copy = { ...request, ...changes, headers: { ...request.headers, ...changes.headers } };
    expect([await ask(request), await ask(copy)]).toEqual(['ok', answer]);
  });

  test.each([
    ['b1', 'not-our-nonce'],
    ['999999999999999', 'nonce-from-future'],
    ['100000000000000', 'nonce-too-old'],
  ])('with the nonce %s is accepted and counted', async (nonce, observed) => {
    expect(await ask(register(ALICE, clock.now, 3600, { nonce }))).toBe('ok');
    expect(reason()).toMatchObject({ answer: 'ok', observed });
  });

  test('the un-REGISTER that follows on the same nonce is nothing to observe', async () => {
    const nonce = challenge();
    await ask(register(phone('strict'), clock.now, 3600, { nonce, nonceCount: 1 }));
    expect(await ask(register(phone('strict'), clock.now, 0, { nonce, nonceCount: 2 }))).toBe('ok');
  });

  test('a week on one nonce, one refresh each 33 s: the last of 18,000 is as good as the first, in an item as small', async () => {
    const nonce = challenge();
    const step = Math.floor((7 * DAY) / 18_000);
    // The ends and each power of two between them: those are where a counter would break.
    const counts = [1, 2, 3, 15, 16, 17, 255, 256, 257, 4095, 4096, 9999, 10_000, 17_999, 18_000];
    for (const nonceCount of counts) {
      clock.now = NOW + nonceCount * step;
      const request = register(phone('strict'), clock.now, 3600, { nonce, nonceCount });
      expect([nonceCount, await ask(request)]).toEqual([nonceCount, 'ok']);
    }
    expect(await ask(register(phone('strict'), clock.now, 3600, { nonce, nonceCount: 18_000 }))).toBe('fail');
    const item = (await tables.items('memory')).find(({ key }) => String(key).endsWith(nonce));
    expect(Object.keys(item ?? {}).length).toBeLessThanOrEqual(2 + 3 * 8);
  });
});
