import { callHook, callStatus, dialAction } from '../../lambdas/call-hook';
import { Undecided } from '../../lib/hooks/errors';
import { reportOf } from '../../lib/hooks/telemetry';
import {
  callHookPayload,
  callStatusPayload,
  dialActionPayload,
  type LegChange,
} from '../../lib/local/jambonz-simulator';
import { invite } from '../../lib/local/sip-phone';
import { inWords } from '../contract/verbs-in-words';
import { contextWith, NOW, send, type TestContext } from '../hook-context';

const REALM = 'sip.example.com';
const ACME = {
  realm: REALM,
  username: 'acme',
  callerId: '+18005550100',
  trunks: [
    { name: 'first', host: 'a.example' },
    { name: 'second', host: 'b.example' },
  ],
  emergency: { numbers: ['112'] },
};
const PHONES = ['one', 'two'].map((username) => ({ realm: REALM, username, customer: 'acme' }));
const worldOf = (limits: object, more: object = {}) => contextWith([{ ...ACME, limits, ...more }, ...PHONES]);

const TO_SAUDI = 'sip:966501234567@a.example as +18005550100';

async function call(context: TestContext, callId: string, dialled = '966501234567', username = 'one') {
  const request = invite({ aor: { username, realm: REALM }, password: 'x' }, dialled, NOW);
  const { body } = await send(callHook, callHookPayload({ invite: request, dialled, callId }), context);
  return body;
}

const dataOf = (verbs: unknown) => (verbs as readonly { data?: unknown }[])[0]?.data;

async function end(
  context: TestContext,
  verbs: unknown,
  change: Pick<LegChange, 'callId'> & Partial<LegChange>,
) {
  const reported = { status: 'completed', sipStatus: 200, customerData: dataOf(verbs), ...change };
  await send(callStatus, callStatusPayload(reported), context);
}

const lineOfLast = ({ decisions: outcomes }: TestContext) =>
  reportOf(outcomes.at(-1) ?? { hook: 'call-hook', refused: 'not-json' }).line;

describe('limits.maxMinutesPerDay', () => {
  test('a call may last as long as what is left of the day, and at most maxCallSeconds', async () => {
    const context = worldOf({ maxMinutesPerDay: 25, maxCallSeconds: 600 });
    expect(inWords(await call(context, 'leg-1'))).toBe(`${TO_SAUDI} limit 600`);
    expect(inWords(await call(context, 'leg-2', '966501234567', 'two'))).toBe(`${TO_SAUDI} limit 600`);
    expect(inWords(await call(context, 'leg-3'))).toBe(`${TO_SAUDI} limit 300`);
    expect(lineOfLast(context)).toMatchObject({ answer: 'dial', reserved: 300 });
    expect(inWords(await call(context, 'leg-4'))).toBe('decline 480');
    expect(lineOfLast(context)).toMatchObject({ answer: 'refuse', because: 'budget-spent', status: 480 });
  });

  test('without maxCallSeconds a call reserves four hours', async () => {
    const context = worldOf({ maxMinutesPerDay: 500 });
    expect(inWords(await call(context, 'leg-1'))).toBe(`${TO_SAUDI} limit 14400`);
    expect(inWords(await call(context, 'leg-2'))).toBe(`${TO_SAUDI} limit 14400`);
    expect(inWords(await call(context, 'leg-3'))).toBe(`${TO_SAUDI} limit 1200`);
  });

  test('the end gives back what was not talked; the second that jambonz cuts off counts', async () => {
    const context = worldOf({ maxMinutesPerDay: 10 });
    await end(context, await call(context, 'leg-1'), { callId: 'leg-1', duration: 89 });
    expect(inWords(await call(context, 'leg-2'))).toBe(`${TO_SAUDI} limit 510`);
  });

  test.each<[string, Partial<LegChange>, number]>([
    ['that nobody answered', { status: 'no-answer', sipStatus: 487 }, 600],
    ['that failed', { status: 'failed', sipStatus: 503 }, 600],
    ['that was answered and ended at once', { duration: 0 }, 599],
    ['of which jambonz does not say how long it was', {}, 0],
    ['of a length that is none', { duration: Number.NaN }, 0],
    ['of a negative length: a clock was set', { duration: -5 }, 0],
  ])('a call %s', async (_what, change, left) => {
    const context = worldOf({ maxMinutesPerDay: 10 });
    await end(context, await call(context, 'leg-1'), { callId: 'leg-1', ...change });
    expect(inWords(await call(context, 'leg-2'))).toBe(
      left > 0 ? `${TO_SAUDI} limit ${left}` : 'decline 480',
    );
  });

  test('the next trunk gets the same time: ringing uses none of it', async () => {
    const context = worldOf({ maxMinutesPerDay: 10 });
    const first = await call(context, 'leg-1');
    const failed = { callId: 'leg-1', customerData: dataOf(first), dialStatus: 'failed', dialSipStatus: 503 };
    const { body: second } = await send(dialAction, dialActionPayload(failed), context);
    expect(inWords(second)).toBe('sip:966501234567@b.example as +18005550100 limit 600');
    await end(context, second, { callId: 'leg-1', duration: 59 });
    expect(inWords(await call(context, 'leg-2'))).toBe(`${TO_SAUDI} limit 540`);
  });

  test('a call that began before the record had a budget goes on as it began', async () => {
    const before = worldOf({});
    const verbs = await call(before, 'leg-1');
    const context = worldOf({ maxMinutesPerDay: 1 });
    const failed = { callId: 'leg-1', customerData: dataOf(verbs), dialStatus: 'failed', dialSipStatus: 503 };
    const { body } = await send(dialAction, dialActionPayload(failed), context);
    expect(inWords(body)).toContain('@b.example');
  });

  test('an emergency call is not counted, and never refused', async () => {
    const context = worldOf({ maxMinutesPerDay: 0 });
    expect(inWords(await call(context, 'leg-1', '112'))).toBe('sip:112@a.example as +18005550100');
    expect(inWords(await call(context, 'leg-2'))).toBe('decline 480');
  });
});

describe('limits.budgets', () => {
  const LIMITS = {
    maxMinutesPerDay: 60,
    maxCallSeconds: 600,
    budgets: [
      { prefixes: ['881', '53'], minutesPerDay: 4 },
      { prefixes: ['96650'], minutesPerDay: 1 },
    ],
  };
  const OPEN = { destinations: { allow: ['53', '881'] } };
  const to = (number: string, limit: number) => `sip:${number}@a.example as +18005550100 limit ${limit}`;

  test('a part of the world has minutes of its own', async () => {
    const context = worldOf(LIMITS, OPEN);
    expect(inWords(await call(context, 'leg-1', '5351234567'))).toBe(to('5351234567', 240));
    expect(inWords(await call(context, 'leg-2', '881612345678'))).toBe('decline 480');
    expect(inWords(await call(context, 'leg-3', '00966501234567'))).toBe(to('966501234567', 60));
    expect(inWords(await call(context, 'leg-4', '442079460000'))).toBe(to('442079460000', 600));
  });

  test('the whole counts what the parts use', async () => {
    const context = worldOf({ ...LIMITS, maxMinutesPerDay: 5 }, OPEN);
    expect(inWords(await call(context, 'leg-1', '5351234567'))).toBe(to('5351234567', 240));
    expect(inWords(await call(context, 'leg-2', '442079460000'))).toBe(to('442079460000', 60));
  });

  test('a number inside a service code counts too', async () => {
    const dialPlan = { serviceCodes: true };
    const trunks = [{ name: 'first', host: 'a.example', techPrefix: '7#' }];
    const context = worldOf(LIMITS, { ...OPEN, dialPlan, trunks });
    expect(inWords(await call(context, 'leg-1', '*31#005351234567'))).toContain('limit 240');
  });

  test('other numbers are not counted where there is no budget for all', async () => {
    const context = worldOf({ budgets: LIMITS.budgets });
    expect(inWords(await call(context, 'leg-1', '442079460000'))).toBe(
      'sip:442079460000@a.example as +18005550100',
    );
    expect(lineOfLast(context)).not.toHaveProperty('reserved', expect.anything());
  });

  test('of two budgets for the same prefixes the smaller one holds', async () => {
    const budgets = [
      { prefixes: ['96650'], minutesPerDay: 9 },
      { prefixes: ['96650'], minutesPerDay: 2 },
    ];
    expect(inWords(await call(worldOf({ budgets }), 'leg-1'))).toBe(`${TO_SAUDI} limit 120`);
  });
});

describe('while the memory table cannot be asked', () => {
  const deaf = async (context: TestContext) => {
    const callLimits = { ...context.callLimits, acquire: async () => ({ result: 'unknown' as const }) };
    return call({ ...context, callLimits }, 'leg-1');
  };

  test('a call under a budget is undecided, also where others go on: it must not go uncounted', async () => {
    await expect(deaf(worldOf({ maxMinutesPerDay: 10 }))).rejects.toBeInstanceOf(Undecided);
  });

  test('a call under an observed budget goes on', async () => {
    expect(inWords(await deaf(worldOf({ maxMinutesPerDay: 10 }, { observe: ['budgets'] })))).toBe(TO_SAUDI);
  });

  test('an emergency call does not ask', async () => {
    const context = worldOf({ maxMinutesPerDay: 10 });
    const callLimits = { ...context.callLimits, acquire: () => Promise.reject(new Error('asked')) };
    expect(inWords(await call({ ...context, callLimits }, 'leg-1', '112'))).toContain('sip:112@');
  });
});

describe('a call that was decided too late', () => {
  test('gives its minutes back', async () => {
    const context = worldOf({ maxMinutesPerDay: 10 });
    await expect(call({ ...context, isOverdue: () => true }, 'leg-1')).rejects.toThrow('too late');
    expect(inWords(await call(context, 'leg-2'))).toBe(`${TO_SAUDI} limit 600`);
  });

  test('keeps them where jambonz asked again and got an answer in time', async () => {
    const context = worldOf({ maxMinutesPerDay: 10 });
    await call(context, 'leg-1');
    await expect(call({ ...context, isOverdue: () => true }, 'leg-1')).rejects.toThrow('too late');
    expect(inWords(await call(context, 'leg-2'))).toBe('decline 480');
  });
});

describe('a budget that gets low', () => {
  test('is a line of its own, and a metric, when four fifths are gone', async () => {
    const context = worldOf({ maxMinutesPerDay: 50, maxCallSeconds: 600 });
    const lines = [];
    for (const leg of ['leg-1', 'leg-2', 'leg-3', 'leg-4', 'leg-5']) {
      await call(context, leg);
      lines.push(context.decisions.slice(-1).flatMap((it) => reportOf(it).more ?? []));
    }
    expect(lines).toEqual([
      [],
      [],
      [],
      [{ budgetLow: 'acme@sip.example.com', budget: '*', minutes: 50, spent: 40 }],
      [],
    ]);
    const metrics = context.decisions.map(
      (it) => reportOf(it).counts.filter(({ metric }) => metric === 'budgetLow').length,
    );
    expect(metrics).toEqual([0, 0, 0, 1, 0]);
  });
});

test("an account's own limits are its own budget", async () => {
  const [one, two] = PHONES;
  const context = contextWith([
    { ...ACME, limits: { maxMinutesPerDay: 10 } },
    { ...one, limits: { maxMinutesPerDay: 3 } },
    two as object,
  ]);
  expect(inWords(await call(context, 'leg-1'))).toBe(`${TO_SAUDI} limit 180`);
  expect(inWords(await call(context, 'leg-2', '966501234567', 'two'))).toBe(`${TO_SAUDI} limit 600`);
});
