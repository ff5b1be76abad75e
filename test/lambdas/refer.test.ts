import { callHook, callStatus, dialAction, refer } from '../../lambdas/call-hook';
import { reportOf } from '../../lib/hooks/telemetry';
import {
  callHookPayload,
  callStatusPayload,
  dialActionPayload,
  type LegChange,
  type Refer,
  referPayload,
} from '../../lib/local/jambonz-simulator';
import { invite } from '../../lib/local/sip-phone';
import type { Lease } from '../../lib/registrar/calls/call-limits';
import { inWords } from '../contract/verbs-in-words';
import { contextWith, NOW, SECRET, send, type TestContext } from '../hook-context';

const REALM = 'sip.example.com';
const OWNER = { realm: REALM, username: 'acme' };
const ACME = {
  ...OWNER,
  callerId: '+18005550100',
  internalCalls: true,
  limits: { maxConcurrentCalls: 3, maxCallSeconds: 600 },
  trunks: [
    { name: 'a', host: 'a.example' },
    { name: 'b', host: 'b.example' },
  ],
};
const RECORDS = [ACME, ...['ann', 'bob'].map((username) => ({ realm: REALM, username, customer: 'acme' }))];

/** What was asked of the call limits, in order. */
type Asked = readonly unknown[];

function watched(context: TestContext): { context: TestContext; asked: Asked[] } {
  const asked: Asked[] = [];
  const { callLimits } = context;
  const watchedLimits: TestContext['callLimits'] = {
    acquire: (id, limits) => {
      asked.push(['acquire', id]);
      return callLimits.acquire(id, limits);
    },
    extend: (id, lease) => {
      asked.push(['extend', id, lease.seconds]);
      return callLimits.extend(id, lease);
    },
    handOn: (id, lease) => {
      asked.push(['handOn', id, lease?.owner.username]);
      return callLimits.handOn(id, lease);
    },
    release: (id, lease, used) => {
      asked.push(['release', id, lease?.owner.username]);
      return callLimits.release(id, lease, used);
    },
    undo: (id, owner, taken) => {
      asked.push(['release', id, owner.username]);
      return callLimits.undo(id, owner, taken);
    },
  };
  return { context: { ...context, callLimits: watchedLimits }, asked };
}

const dataOf = (verbs: unknown) => (verbs as readonly { data?: unknown }[])[0]?.data;

async function call(context: TestContext, dialled = '966501234567', callId = 'leg-a') {
  const request = invite({ aor: { username: 'ann', realm: REALM }, password: 'x' }, dialled, NOW);
  const { body } = await send(callHook, callHookPayload({ invite: request, dialled, callId }), context);
  return dataOf(body);
}

const ask = (context: TestContext, customerData: unknown, change: Partial<Refer> = {}) =>
  send(
    refer,
    referPayload({
      callId: 'leg-a',
      customerData,
      referTo: '<sip:0044207946000@sip.example.com>',
      calledLeg: 'sid-b',
      ...change,
    }),
    context,
  );

const status = (context: TestContext, change: Partial<LegChange>) =>
  send(
    callStatus,
    callStatusPayload({ callId: 'x', status: 'completed', sipStatus: 200, duration: 1, ...change }),
    context,
  );
const CALLERS_LEG = { callId: 'leg-a', duration: 10, endedBy: 'jambonz' } as const;
const CALLED_LEG = { outbound: true, callSid: 'sid-b', parentCallSid: 'sid-a', duration: 50 } as const;
const NEW_LEG = { outbound: true, callSid: 'sid-c', parentCallSid: 'sid-b', duration: 30 } as const;
const HANDED_ON = { callId: 'leg-b', handedOn: { callSid: 'sid-b', parentCallSid: 'sid-a' } } as const;

/** A call that ann handed on. */
async function transferred() {
  const { context, asked } = watched(contextWith(RECORDS));
  const first = await call(context);
  const { body } = await ask(context, first);
  asked.length = 0;
  context.decisions.length = 0;
  return { context, asked, first, second: dataOf(body) };
}

const recordsIn = ({ decisions }: TestContext) =>
  decisions.filter((it) => 'record' in it).map((it) => reportOf(it).line);
const FIRST = { to: '966501234567', transferredTo: '44207946000', duration: 50, because: 'completed' };
const SECOND = { to: '44207946000', duration: 30, because: 'completed' };

describe('a transfer takes a lease of its own, and hands the first one on', () => {
  test('in this order, before jambonz is answered', async () => {
    const { context, asked } = watched(contextWith(RECORDS));
    const first = await call(context);
    asked.length = 0;
    expect(await ask(context, first)).toMatchObject({ status: 200 });
    expect(asked).toEqual([
      ['acquire', 'sid-b'],
      ['handOn', 'leg-a', 'acme'],
    ]);
  });

  test("the end of the caller's leg ends nothing, and nothing is recorded", async () => {
    const { context, first } = await transferred();
    await status(context, { ...CALLERS_LEG, customerData: first });
    expect(recordsIn(context)).toEqual([]);
  });

  test('the answer of the new leg keeps both leases for as long as the call may last', async () => {
    const { context, asked, second } = await transferred();
    await status(context, { ...NEW_LEG, status: 'in-progress', customerData: second });
    expect(asked).toEqual([
      ['extend', 'sid-b', 660],
      ['extend', 'leg-a handed on', 660],
    ]);
  });

  test.each([
    ['the new leg first', [NEW_LEG, CALLED_LEG]],
    ['the called leg first', [CALLED_LEG, NEW_LEG]],
    ['each twice', [NEW_LEG, CALLED_LEG, NEW_LEG, CALLED_LEG]],
  ])('each leg ends its own call, once: %s', async (_what, legs) => {
    const { context, second } = await transferred();
    for (const leg of legs) await status(context, { ...leg, customerData: second });
    const records = recordsIn(context);
    expect(records).toHaveLength(2);
    expect(records).toEqual(
      expect.arrayContaining([expect.objectContaining(FIRST), expect.objectContaining(SECOND)]),
    );
  });

  test('then all three calls of the customer are free again', async () => {
    const { context, second } = await transferred();
    for (const leg of [NEW_LEG, CALLED_LEG]) await status(context, { ...leg, customerData: second });
    for (const id of ['1', '2', '3']) expect(await call(context, '966501234567', id)).toBeDefined();
    expect(await call(context, '966501234567', '4')).toBeUndefined();
  });

  test('while both legs talk, two of three calls are taken', async () => {
    const { context } = await transferred();
    expect(await call(context, '966501234567', '1')).toBeDefined();
    expect(await call(context, '966501234567', '2')).toBeUndefined();
  });

  test('of a call between phones nothing is counted, and each leg is recorded once', async () => {
    const { context, asked } = watched(contextWith(RECORDS));
    const first = await call(context, 'bob');
    const { body } = await ask(context, first);
    expect(asked).toEqual([
      ['acquire', 'sid-b'],
      ['handOn', 'leg-a', undefined],
    ]);
    await status(context, { ...CALLERS_LEG, customerData: first });
    for (const leg of [CALLED_LEG, CALLED_LEG, NEW_LEG])
      await status(context, { ...leg, customerData: dataOf(body) });
    expect(recordsIn(context)).toMatchObject([
      { direction: 'internal', phones: 'bob@sip.example.com', transferredTo: '44207946000' },
      { to: '44207946000', trunk: 'a' },
    ]);
  });

  test('asked twice it is the same call', async () => {
    const { context, first } = await transferred();
    expect(await ask(context, first)).toMatchObject({ status: 200 });
    expect(await call(context, '966501234567', '1')).toBeDefined();
    expect(await call(context, '966501234567', '2')).toBeUndefined();
  });
});

describe('the new leg is not answered', () => {
  const ended = (context: TestContext, customerData: unknown, code: number, callStatusNow?: string) =>
    send(
      dialAction,
      dialActionPayload({
        ...HANDED_ON,
        customerData,
        dialStatus: 'failed',
        dialSipStatus: code,
        ...(callStatusNow && { callStatus: callStatusNow }),
      }),
      context,
    );

  test('the next trunk: both calls get two minutes again', async () => {
    const { context, asked, second } = await transferred();
    const { body } = await ended(context, second, 503);
    expect(inWords(body)).toContain('@b.example');
    expect(asked).toEqual([
      ['extend', 'sid-b', 120],
      ['extend', 'leg-a handed on', 120],
    ]);
    expect(recordsIn(context)).toEqual([]);
  });

  test('no trunk is left: the new call is recorded as failed, the first goes on until its leg ends', async () => {
    const { context, second } = await transferred();
    const { body } = await ended(context, second, 503);
    await ended(context, dataOf(body), 404);
    expect(recordsIn(context)).toMatchObject([
      { to: '44207946000', because: 'failed', status: 404, duration: 0 },
    ]);
    await status(context, { ...CALLED_LEG, customerData: dataOf(body) });
    expect(recordsIn(context)).toMatchObject([{}, FIRST]);
  });

  test('the called leg hung up meanwhile: no next trunk is dialled', async () => {
    const { context, second } = await transferred();
    const { body } = await ended(context, second, 180, 'completed');
    expect(body).toEqual([]);
    expect(recordsIn(context)).toMatchObject([{ to: '44207946000', because: 'no-answer', duration: 0 }]);
  });

  test('a trunk that fails ends nothing: a next one may follow', async () => {
    const { context, second } = await transferred();
    await status(context, { ...NEW_LEG, status: 'failed', sipStatus: 503, customerData: second });
    expect(recordsIn(context)).toEqual([]);
  });
});

describe('a REFER of anybody else never dials', () => {
  const refused = async (
    customerData: unknown,
    change: Partial<Refer> = {},
    context = contextWith(RECORDS),
  ) => {
    const { status, body } = await ask(context, customerData, change);
    return { status, body };
  };

  test.each<[string, (data: { call: string; mac: string }) => unknown]>([
    ['no call data', () => undefined],
    ['a text', () => 'x'],
    ['another caller', ({ call: it, mac }) => ({ call: it.replace('ann', 'bob'), mac })],
    ['a carrier made an account', ({ call: it, mac }) => ({ call: `${it}`, mac: mac.replace(/./, 'x') })],
    ['no signature', ({ call: it }) => ({ call: it })],
  ])('%s', async (_what, forge) => {
    const data = (await call(contextWith(RECORDS))) as { call: string; mac: string };
    expect(await refused(forge(data))).toEqual({
      status: 403,
      body: { error: 'not transferred: not-an-accounts-call' },
    });
  });

  test("another call's data", async () => {
    const data = await call(contextWith(RECORDS));
    expect(await refused(data, { callId: 'leg-z' })).toMatchObject({ status: 403 });
  });

  test("data signed with another account's secret", async () => {
    const data = await call(contextWith(RECORDS));
    const other = { secret: SECRET, realms: ['other.example.com'] };
    const own = { secret: 'wh_secret_of_this_realm', realms: [REALM] };
    const context = { ...contextWith(RECORDS), secrets: async () => [other, own] };
    expect(await refused(data, {}, context)).toMatchObject({ status: 403 });
  });

  test('the new leg of a transferred call, which brings the data of that call', async () => {
    const { context, second } = await transferred();
    expect(await refused(second, { by: 'called', callId: 'leg-c' }, context)).toMatchObject({ status: 403 });
    expect(await refused(second, { callId: 'sid-b' }, context)).toMatchObject({ status: 403 });
  });
});

describe('what cannot be decided is 504, and the call goes on', () => {
  test('the records cannot be read', async () => {
    const data = await call(contextWith(RECORDS));
    await expect(ask(contextWith('out of order'), data)).rejects.toThrow('out of order');
  });

  test('nobody can look how many calls go on, where that refuses calls', async () => {
    const context = contextWith(RECORDS, { settings: { callsWithoutMemory: 'refuse' } as object });
    const data = await call(context);
    const callLimits = { ...context.callLimits, acquire: async () => ({ result: 'unknown' as const }) };
    await expect(ask({ ...context, callLimits }, data)).rejects.toThrow('how many calls');
  });

  test('the first lease cannot be kept, where that refuses calls: the new one is given back', async () => {
    const { context, asked } = watched(
      contextWith(RECORDS, { settings: { callsWithoutMemory: 'refuse' } as object }),
    );
    const data = await call(context);
    const callLimits = { ...context.callLimits, handOn: async () => false };
    await expect(ask({ ...context, callLimits }, data)).rejects.toThrow('could not be kept');
    expect(asked.at(-1)).toEqual(['release', 'sid-b', 'acme']);
  });

  test('where it does not, the call is handed on', async () => {
    const context = contextWith(RECORDS);
    const data = await call(context);
    const callLimits = {
      ...context.callLimits,
      handOn: async (_id: string, _lease: Lease | undefined) => false,
    };
    expect(await ask({ ...context, callLimits }, data)).toMatchObject({ status: 200 });
  });

  test('too late: the new lease is given back, and the first stays with the caller', async () => {
    const { context, asked } = watched(contextWith(RECORDS));
    const data = await call(context);
    await expect(ask({ ...context, isOverdue: () => true }, data)).rejects.toThrow('too late');
    expect(asked.slice(1)).toEqual([
      ['acquire', 'sid-b'],
      ['release', 'sid-b', 'acme'],
    ]);
  });
});

test.each([
  [{}],
  [{ call_id: 'x' }],
  [{ call_id: 'x', refer_details: {} }],
  [{ call_id: 'x', refer_details: { referred_call_sid: 5 } }],
])('%j is no REFER: 400', async (payload) => {
  expect(await send(refer, payload, contextWith(RECORDS))).toMatchObject({ status: 400 });
});

describe('registration.newSource, enforced', () => {
  const RULE = { mode: 'enforce', hours: 24, allow: ['966'] };
  const GUARDED = RECORDS.map((it) => ({ ...it, registration: { newSource: RULE } }));
  const ABROAD = '<sip:0044207946000@sip.example.com>';
  const SAUDI = '<sip:966507654321@sip.example.com>';
  const guarded = (grant: 'granted' | 'new-source'): TestContext => {
    const context = contextWith(GUARDED);
    return { ...context, callGrants: { ...context.callGrants, redeem: async () => grant } };
  };

  test.each(['966501234567', 'bob'])(
    'a call to %s from an address that the account has used may be transferred to any number',
    async (dialled) => {
      const context = guarded('granted');
      const first = await call(context, dialled);
      expect(await ask(context, first, { referTo: ABROAD })).toMatchObject({ status: 200 });
    },
  );

  test.each(['966501234567', 'bob'])(
    'a call to %s from a new address may be transferred only where it may call',
    async (dialled) => {
      const context = guarded('new-source');
      const first = await call(context, dialled);
      expect(await ask(context, first, { referTo: ABROAD })).toEqual({
        status: 403,
        body: { error: 'not transferred: new-source' },
      });
      expect(await ask(context, first, { referTo: SAUDI })).toMatchObject({ status: 200 });
    },
  );
});
