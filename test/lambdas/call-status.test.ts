import { callHook, callStatus } from '../../lambdas/call-hook';
import { reportOf } from '../../lib/hooks/telemetry';
import { callHookPayload, callStatusPayload, type LegChange } from '../../lib/local/jambonz-simulator';
import { invite } from '../../lib/local/sip-phone';
import { inWords } from '../contract/verbs-in-words';
import { contextWith, NOW, send, type TestContext } from '../hook-context';

const REALM = 'sip.example.com';
const ALICE = { realm: REALM, username: 'alice', techPrefix: '77#', callerId: '+18005550100' };

async function call(context: TestContext, callId: string, username = 'alice', dialled = '966501234567') {
  const request = invite({ aor: { username, realm: REALM }, password: 'x' }, dialled, NOW);
  const { body } = await send(callHook, callHookPayload({ invite: request, dialled, callId }), context);
  return body;
}

async function status(context: TestContext, verbs: unknown, change: LegChange) {
  const customerData = (verbs as readonly { data?: unknown }[])[0]?.data;
  const reported = context.decisions.length;
  expect(await send(callStatus, callStatusPayload({ customerData, ...change }), context)).toEqual({
    status: 200,
    body: {},
  });
  return context.decisions.slice(reported).map((it) => reportOf(it).line);
}

const COMPLETED = {
  callId: 'leg-1',
  status: 'completed',
  sipStatus: 200,
  duration: 42,
  endedBy: 'caller',
} as const;
const RECORD = {
  hook: 'call-status',
  aor: 'alice@sip.example.com',
  call: expect.stringMatching(/^[\w-]{12}$/),
  to: '966501234567',
  trunk: 'default',
  attempt: 1,
  callerId: '+18005550100',
  answer: 'ended',
  because: 'completed',
  status: 200,
  started: 1795423886,
  duration: 42,
  endedBy: 'caller',
};

describe('call-status: one record per ended call', () => {
  test('a completed call', async () => {
    const context = contextWith([ALICE]);
    const verbs = await call(context, 'leg-1');
    expect(await status(context, verbs, COMPLETED)).toEqual([RECORD]);
  });

  test.each<[string, Partial<LegChange>, object]>([
    ['failed', { status: 'failed', sipStatus: 404 }, { because: 'failed', status: 404, duration: 0 }],
    ['no-answer', { status: 'no-answer', sipStatus: 487, endedBy: 'caller' }, { because: 'no-answer' }],
    ['hung up by the callee', { ...COMPLETED, endedBy: 'jambonz' }, { endedBy: 'jambonz', duration: 42 }],
  ])('%s', async (_what, change, line) => {
    const context = contextWith([ALICE]);
    const verbs = await call(context, 'leg-1');
    const reported = { callId: 'leg-1', status: 'failed', sipStatus: 0, ...change };
    expect(await status(context, verbs, reported)).toMatchObject([line]);
  });

  test('reported twice, recorded once', async () => {
    for (const limits of [{}, { maxConcurrentCalls: 3 }]) {
      const context = contextWith([{ ...ALICE, limits }]);
      const verbs = await call(context, 'leg-1');
      expect(await status(context, verbs, COMPLETED)).toHaveLength(1);
      expect(await status(context, verbs, COMPLETED)).toEqual([]);
    }
  });

  test('intermediate states and legs to carriers are not ends', async () => {
    const context = contextWith([ALICE]);
    const verbs = await call(context, 'leg-1');
    for (const change of [
      { callId: 'leg-1', status: 'trying', sipStatus: 100 },
      { callId: 'leg-1', status: 'ringing', sipStatus: 180 },
      { callId: 'leg-1', status: 'in-progress', sipStatus: 200 },
      { callId: 'leg-2', status: 'completed', sipStatus: 200, duration: 3, outbound: true },
      { callId: 'leg-2', status: 'busy', sipStatus: 486, outbound: true },
    ])
      expect(await status(context, verbs, change)).toEqual([]);
  });

  test('an end before its beginning is harmless', async () => {
    const context = contextWith([{ ...ALICE, limits: { maxConcurrentCalls: 1 } }]);
    const verbs = await call(context, 'leg-1');
    expect(await status(context, verbs, COMPLETED)).toHaveLength(1);
    expect(await status(context, verbs, { callId: 'leg-1', status: 'in-progress', sipStatus: 200 })).toEqual(
      [],
    );
    expect(inWords(await call(context, 'leg-2'))).not.toBe('decline 480');
  });

  test('a caller who hangs up before the tag verb ran leaves no lease', async () => {
    const context = contextWith([{ ...ALICE, limits: { maxConcurrentCalls: 1 } }]);
    await call(context, 'leg-1');
    expect(await status(context, [], { callId: 'leg-1', status: 'no-answer', sipStatus: 487 })).toEqual([]);
    expect(inWords(await call(context, 'leg-2'))).not.toBe('decline 480');
    expect(inWords(await call(context, 'leg-3'))).toBe('decline 480');
  });

  test('a hidden number is not in the record', async () => {
    const context = contextWith([{ ...ALICE, callerId: { default: '+18005550100', privacy: 'honour' } }]);
    const request = invite({ aor: { username: 'alice', realm: REALM }, password: 'x' }, '96650', NOW);
    const payload = callHookPayload({
      invite: request,
      dialled: '96650',
      from: 'anonymous',
      callId: 'leg-1',
    });
    const { body } = await send(callHook, payload, context);
    expect(await status(context, body, COMPLETED)).toMatchObject([{ callerId: 'anonymous' }]);
  });

  test('forged call data releases no lease and writes no record', async () => {
    const context = contextWith([{ ...ALICE, limits: { maxConcurrentCalls: 1 } }]);
    const verbs = await call(context, 'leg-1');
    const { data } = (verbs as readonly { data: { call: string; mac: string } }[])[0] ?? { data: undefined };
    const forged = { call: data?.call.replace('alice', 'bob'), mac: data?.mac };
    expect(await status(context, verbs, { ...COMPLETED, customerData: forged })).toEqual([
      { hook: 'call-status', answer: 'refused', because: 'forged-call-data' },
    ]);
    expect(inWords(await call(context, 'leg-2'))).toBe('decline 480');
  });

  test('a refused call leaves nothing to report', async () => {
    const context = contextWith([{ ...ALICE, enabled: false }]);
    const verbs = await call(context, 'leg-1');
    expect(await status(context, verbs, { callId: 'leg-1', status: 'failed', sipStatus: 403 })).toEqual([]);
  });

  test.each([[{}], [{ call_sid: 'c' }], [{ call_status: 'completed' }]])('%j: 400', async (payload) => {
    expect(await send(callStatus, payload, contextWith([]))).toMatchObject({ status: 400 });
  });
});

describe('caps are per customer, shared by its accounts', () => {
  const PHONES = ['one', 'two'].map((username) => ({ realm: REALM, username, customer: 'alice' }));
  const limited = (limits: object) => [{ ...ALICE, limits }, ...PHONES];

  test('the second phone is refused, and accepted when the first hangs up', async () => {
    const context = contextWith(limited({ maxConcurrentCalls: 1 }));
    const verbs = await call(context, 'leg-1', 'one');
    expect(inWords(await call(context, 'leg-2', 'two'))).toBe('decline 480');
    await status(context, verbs, COMPLETED);
    expect(inWords(await call(context, 'leg-3', 'two'))).toMatch(/^sip:/);
  });

  test('an emergency call needs no lease and takes none', async () => {
    const [owner, ...phones] = limited({ maxConcurrentCalls: 1 });
    const context = contextWith([{ ...owner, emergency: { numbers: ['112'] } }, ...phones]);
    await call(context, 'leg-1', 'one');
    expect(inWords(await call(context, 'leg-2', 'two', '112'))).toMatch(/^sip:77#112@/);
    const other = contextWith([{ ...owner, emergency: { numbers: ['112'] } }, ...phones]);
    await call(other, 'leg-1', 'one', '112');
    expect(inWords(await call(other, 'leg-2', 'two'))).toMatch(/^sip:/);
  });

  test('the call hook, called twice for the same call, counts it once', async () => {
    const context = contextWith(limited({ maxConcurrentCalls: 1, callsPerMinute: 1 }));
    expect(inWords(await call(context, 'leg-1', 'one'))).toMatch(/^sip:/);
    expect(inWords(await call(context, 'leg-1', 'one'))).toMatch(/^sip:/);
  });

  test('a call that the rules refuse takes no lease', async () => {
    const context = contextWith(limited({ maxConcurrentCalls: 1 }));
    expect(inWords(await call(context, 'leg-1', 'one', '881612345678'))).toBe('decline 403');
    expect(inWords(await call(context, 'leg-2', 'one'))).toMatch(/^sip:/);
  });

  test("an account's own limits are counted for itself", async () => {
    const [owner, one, two] = limited({ maxConcurrentCalls: 1 });
    const context = contextWith([
      owner as object,
      { ...one, limits: { maxConcurrentCalls: 2 } },
      two as object,
    ]);
    await call(context, 'leg-1', 'two');
    expect(inWords(await call(context, 'leg-2', 'one'))).toMatch(/^sip:/);
    expect(inWords(await call(context, 'leg-3', 'one'))).toMatch(/^sip:/);
    expect(inWords(await call(context, 'leg-4', 'one'))).toBe('decline 480');
  });
});

test('a call that was decided too late dials nobody and keeps no lease', async () => {
  const context = contextWith([{ ...ALICE, limits: { maxConcurrentCalls: 1 } }]);
  await expect(call({ ...context, isOverdue: () => true }, 'leg-1')).rejects.toThrow('too late');
  expect(context.decisions).toEqual([]);
  expect(inWords(await call(context, 'leg-2'))).toContain('sip:77#966501234567');
});

test('a call whose end could not be noted is on record all the same', async () => {
  const context = contextWith([{ ...ALICE, limits: { maxConcurrentCalls: 1 } }]);
  const verbs = await call(context, 'leg-1');
  const forgetful = {
    ...context,
    callLimits: { ...context.callLimits, release: async () => 'unknown' as const },
  };
  expect(await status(forgetful, verbs, COMPLETED)).toHaveLength(1);
});

describe('while the memory table cannot be asked', () => {
  const deaf = { acquire: async () => ({ result: 'unknown' as const }) };

  test('a call of a customer with caps goes on, uncounted', async () => {
    const context = contextWith([{ ...ALICE, limits: { maxConcurrentCalls: 1 } }]);
    expect(
      inWords(await call({ ...context, callLimits: { ...context.callLimits, ...deaf } }, 'leg-1')),
    ).toMatch(/^sip:/);
  });

  test('it is undecided where the deployment says so', async () => {
    const context = contextWith([{ ...ALICE, limits: { maxConcurrentCalls: 1 } }]);
    const settings = { ...context.settings, callsWithoutMemory: 'refuse' as const };
    const refusing = { ...context, settings, callLimits: { ...context.callLimits, ...deaf } };
    await expect(call(refusing, 'leg-1')).rejects.toThrow('nobody could look');
  });
});

test('a caller who hangs up without our tag ends the call on no-answer only: other ends may be of calls that we never saw', async () => {
  const context = contextWith([{ ...ALICE, limits: { maxConcurrentCalls: 1 } }]);
  const ends: string[] = [];
  const end = async (id: string) => {
    ends.push(id);
    return 'ended' as const;
  };
  const callLimits = { ...context.callLimits, release: end };
  for (const state of ['failed', 'completed', 'busy', 'no-answer'])
    await send(callStatus, callStatusPayload({ callId: state, status: state, sipStatus: 487 }), {
      ...context,
      callLimits,
    });
  expect(ends).toEqual(['no-answer']);
});
