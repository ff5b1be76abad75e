import { callHook, callStatus, dialAction } from '../../lambdas/call-hook';
import { callHookPayload, callStatusPayload, dialActionPayload } from '../../lib/local/jambonz-simulator';
import { invite } from '../../lib/local/sip-phone';
import { expectValid, inWords } from '../contract/verbs-in-words';
import { contextWith, NOW, SECRET, send, type TestContext } from '../hook-context';

const REALM = 'sip.example.com';
const ALICE = {
  realm: REALM,
  username: 'alice',
  callerId: '+18005550100',
  dialPlan: { countryCode: '966' },
  trunks: [
    { name: 'first', host: 'a.example', techPrefix: '11#', outboundAuth: { username: 'u', password: 'v' } },
    { name: 'second', host: 'b.example', numberFormat: '+e164', ringTimeout: 30 },
    { name: 'third', host: 'c.example' },
  ],
  emergency: { numbers: ['112'] },
};
const FIRST = 'sip:11#966501234567@a.example auth u:v as +18005550100';
const SECOND = 'sip:+966501234567@b.example as +18005550100 ring 30';
const THIRD = 'sip:966501234567@c.example as +18005550100';

/** The reply to the call hook, and the world it was given in. */
async function call(record: object = ALICE, dialled = '966501234567') {
  const context = contextWith([record]);
  const request = invite({ aor: { username: 'alice', realm: REALM }, password: 'x' }, dialled, NOW);
  const payload = callHookPayload({ invite: request, dialled, callId: 'leg-1' });
  const { body } = await send(callHook, payload, context);
  return { context, verbs: body };
}

/** What the tag verb of a reply leaves behind. */
function dataOf(verbs: unknown): { call: string; mac: string } {
  return (verbs as readonly { data: { call: string; mac: string } }[])[0]?.data ?? { call: '', mac: '' };
}

async function ended(context: TestContext, verbs: unknown, dialStatus?: string, dialSipStatus?: number) {
  const payload = dialActionPayload({
    callId: 'leg-1',
    customerData: dataOf(verbs),
    ...(dialStatus !== undefined && { dialStatus }),
    ...(dialSipStatus !== undefined && { dialSipStatus }),
  });
  const { status, body } = await send(dialAction, payload, context);
  expect(status).toBe(200);
  return body;
}

describe('the lease of a call with several attempts', () => {
  const LIMITED = { ...ALICE, customer: 'old', limits: undefined };
  const owner = (username: string) => ({
    realm: REALM,
    username,
    callerId: '+1',
    limits: { maxConcurrentCalls: 1, maxCallSeconds: 600 },
  });

  /** A world whose records and clock change, with what was asked of its seats. */
  async function changingWorld() {
    const asked: unknown[] = [];
    const clock = { now: NOW };
    const record = (customer: string) => JSON.parse(JSON.stringify({ ...LIMITED, customer }));
    const before = contextWith([record('old'), owner('old'), owner('new')]);
    const after = contextWith([record('new'), owner('old'), owner('new')]);
    const callLimits: TestContext['callLimits'] = {
      ...before.callLimits,
      extend: async (callId, lease) => {
        asked.push(['extend', callId, lease]);
      },
      release: async (callId, whose) => {
        asked.push(['end', callId, whose]);
        return 'ended';
      },
    };
    const shared = { callLimits, now: () => clock.now };
    const request = invite({ aor: { username: 'alice', realm: REALM }, password: 'x' }, '966501234567', NOW);
    const payload = callHookPayload({ invite: request, dialled: '966501234567', callId: 'leg-1' });
    const { body } = await send(callHook, payload, { ...before, ...shared });
    return { context: { ...after, ...shared }, verbs: body, asked };
  }

  const OLD = { realm: REALM, username: 'old' };
  const report = (verbs: unknown, status: string) =>
    callStatusPayload({ callId: 'leg-1', customerData: dataOf(verbs), status, sipStatus: 200 });

  test('stays that of the customer that the first attempt was counted for', async () => {
    const { context, verbs, asked } = await changingWorld();
    const second = await ended(context, verbs, 'failed', 503);
    expect(inWords(second)).toContain('@b.example');
    await send(callStatus, report(second, 'completed'), context);
    expect(asked).toEqual([
      ['extend', 'leg-1', { owner: OLD, seconds: 120 }],
      ['end', 'leg-1', { owner: OLD, seconds: 660 }],
    ]);
  });

  test('is kept for maxCallSeconds and a minute once the call is answered', async () => {
    const { context, verbs, asked } = await changingWorld();
    await send(callStatus, report(verbs, 'in-progress'), context);
    expect(asked).toEqual([['extend', 'leg-1', { owner: OLD, seconds: 660 }]]);
  });
});

describe('dial-action: a dial of ours ended', () => {
  test('completed: nothing follows', async () => {
    const { context, verbs } = await call();
    expect(inWords(verbs)).toBe(FIRST);
    expect(await ended(context, verbs, 'completed', 200)).toEqual([]);
  });

  test.each<[string, string | undefined, number | undefined]>([
    ['503 from the carrier', 'failed', 503],
    ['404 from the carrier', 'failed', 404],
    ['401: the trunk does not know us', 'failed', 401],
    ['487 after our ring timeout', 'no-answer', 487],
    ['still ringing when our timer ran out', 'ringing', 180],
    ['still early media', 'early-media', 183],
    ['nothing but 100', 'trying', 100],
    ['in-progress is no end', 'in-progress', 200],
    ['never left: no status at all', undefined, undefined],
  ])('%s: the next trunk, shaped for it', async (_what, dialStatus, sipStatus) => {
    const { context, verbs } = await call();
    const next = await ended(context, verbs, dialStatus, sipStatus);
    expect(inWords(next)).toBe(SECOND);
    expectValid(next);
    expect(context.decisions.at(-1)).toMatchObject({ step: { kind: 'dial', attempt: 2 } });
  });

  test.each([
    [486, 'busy'],
    [600, 'busy'],
    [603, 'failed'],
    [604, 'failed'],
  ])("%d stops: the caller gets it, and the next trunk doesn't ring", async (code, dialStatus) => {
    const { context, verbs } = await call();
    expect(await ended(context, verbs, dialStatus, code)).toEqual([{ verb: 'sip:decline', status: code }]);
    expect(context.decisions.at(-1)).toMatchObject({ step: { kind: 'give-up', because: 'stop-code' } });
  });

  test('busy without a code is 486', async () => {
    const { context, verbs } = await call();
    expect(inWords(await ended(context, verbs, 'busy'))).toBe('decline 486');
  });

  test('stop codes are what the record says', async () => {
    const { context, verbs } = await call({ ...ALICE, failover: { stopCodes: [404] } });
    expect(inWords(await ended(context, verbs, 'busy', 486))).toBe(SECOND);
    expect(inWords(await ended(context, verbs, 'failed', 404))).toBe('decline 404');
  });

  test('one trunk after the other, then the last code', async () => {
    const { context, verbs } = await call();
    const second = await ended(context, verbs, 'failed', 503);
    const third = await ended(context, second, 'failed', 500);
    expect([inWords(verbs), inWords(second), inWords(third)]).toEqual([FIRST, SECOND, THIRD]);
    expect(await ended(context, third, 'failed', 404)).toEqual([{ verb: 'sip:decline', status: 404 }]);
    expect(context.decisions.at(-1)).toMatchObject({ step: { because: 'last-trunk', status: 404 } });
  });

  test.each([
    [404, 404],
    [503, 503],
    [302, 480],
    [401, 503],
    [407, 503],
    [487, 480],
    [425, 400],
    [555, 500],
    [607, 600],
    [699, 600],
  ])('the last trunk says %d: the phone sees %d', async (code, status) => {
    const { context, verbs } = await call({ ...ALICE, trunks: [ALICE.trunks[0]] });
    expect(await ended(context, verbs, 'failed', code)).toEqual([{ verb: 'sip:decline', status }]);
  });

  test('the last trunk rings out: 480', async () => {
    const { context, verbs } = await call({ ...ALICE, trunks: [ALICE.trunks[0]] });
    expect(inWords(await ended(context, verbs, 'ringing', 180))).toBe('decline 480');
  });

  test('asked twice, it answers the same twice', async () => {
    const { context, verbs } = await call();
    expect(await ended(context, verbs, 'failed', 503)).toEqual(await ended(context, verbs, 'failed', 503));
  });

  test('an emergency call goes on to the next trunk even after 486 and 603', async () => {
    const { context, verbs } = await call(ALICE, '112');
    const second = await ended(context, verbs, 'busy', 486);
    expect(inWords(second)).toBe('sip:112@b.example as +18005550100 ring 30');
    expect(inWords(await ended(context, second, 'failed', 603))).toBe('sip:112@c.example as +18005550100');
  });
});

describe('dial-action checks the call against the record again', () => {
  test('an account that was disabled meanwhile gets no other trunk', async () => {
    const { verbs } = await call();
    const context = contextWith([{ ...ALICE, enabled: false }]);
    expect(inWords(await ended(context, verbs, 'failed', 503))).toBe('decline 403');
  });

  test('a trunk that moved in the list is found by its name', async () => {
    const { verbs } = await call();
    const [first, second, third] = ALICE.trunks;
    const context = contextWith([{ ...ALICE, trunks: [third, first, second] }]);
    expect(inWords(await ended(context, verbs, 'failed', 503))).toBe(SECOND);
  });

  test('under callGrant enforce the next trunk needs no second grant', async () => {
    const { verbs } = await call();
    const context = contextWith([ALICE], { settings: { callGrant: 'enforce' } });
    expect(inWords(await ended(context, verbs, 'failed', 503))).toBe(SECOND);
  });

  test("a trunk that is gone is the last: the carrier's code", async () => {
    const { verbs } = await call();
    const context = contextWith([{ ...ALICE, trunks: ALICE.trunks.slice(1) }]);
    expect(inWords(await ended(context, verbs, 'failed', 503))).toBe('decline 503');
  });

  test('an outage throws, and the decline behind the dial ends the call', async () => {
    const { verbs } = await call();
    await expect(ended(contextWith('out of order'), verbs, 'failed', 503)).rejects.toThrow('out of order');
  });
});

describe('dial-action: call data that is not ours gets nothing', () => {
  const payloadOf = (customerData: unknown, callId = 'leg-1') =>
    dialActionPayload({ callId, customerData, dialStatus: 'failed', dialSipStatus: 503 });

  test.each<[string, (data: { call: string; mac: string }) => unknown]>([
    ['none', () => undefined],
    ['a text', () => 'x'],
    ['another caller', ({ call: it, mac }) => ({ call: it.replace('alice', 'bob'), mac })],
    ['another number', ({ call: it, mac }) => ({ call: it.replace('966501234567', '881612345678'), mac })],
    ['another attempt', ({ call: it, mac }) => ({ call: it.replace('"attempt":1', '"attempt":2'), mac })],
    ['no signature', ({ call: it }) => ({ call: it })],
    ['an empty signature', ({ call: it }) => ({ call: it, mac: '' })],
    ['a signature that is no text', ({ call: it }) => ({ call: it, mac: 5 })],
  ])('%s', async (_what, forge) => {
    const { context, verbs } = await call();
    const { body } = await send(dialAction, payloadOf(forge(dataOf(verbs))), context);
    expect(body).toEqual([]);
    expect(context.decisions.at(-1)).toEqual({ hook: 'dial-action', refused: 'forged-call-data' });
  });

  test("another call's", async () => {
    const { context, verbs } = await call();
    expect((await send(dialAction, payloadOf(dataOf(verbs), 'leg-2'), context)).body).toEqual([]);
  });

  test('made with another secret', async () => {
    const { verbs } = await call();
    const other = 'wh_secret_of_somebody_else';
    const context = contextWith([ALICE], { secret: other });
    expect((await send(dialAction, payloadOf(dataOf(verbs)), context, other)).body).toEqual([]);
  });

  test("made with the secret of another realm's account, which may speak for that realm only", async () => {
    const { verbs } = await call();
    const other = { secret: SECRET, realms: ['other.example.com'] };
    const own = { secret: 'wh_secret_of_this_realm', realms: [REALM] };
    const context = { ...contextWith([ALICE]), secrets: async () => [other, own] };
    expect((await send(dialAction, payloadOf(dataOf(verbs)), context)).body).toEqual([]);
  });

  test('made before a rotation of the secret, it is still ours', async () => {
    const { verbs } = await call();
    const next = 'wh_secret_after_rotation';
    const context = { ...contextWith([ALICE]), secrets: async () => [{ secret: next }, { secret: SECRET }] };
    expect(inWords((await send(dialAction, payloadOf(dataOf(verbs)), context, next)).body)).toBe(SECOND);
  });

  test.each([[{}], [{ dial_call_status: 'completed' }], [{ call_id: 5, call_sid: 5 }]])(
    '%j: 400',
    async (payload) => {
      expect(await send(dialAction, payload, contextWith([]))).toMatchObject({ status: 400 });
    },
  );

  test('the data holds no password', async () => {
    const { verbs } = await call();
    expect(dataOf(verbs).call).not.toMatch(/"u"|"v"|auth/);
  });
});
