import fc from 'fast-check';
import { callHook, callStatus, dialAction } from '../../lambdas/call-hook';
import { callHookPayload, callStatusPayload, dialActionPayload } from '../../lib/local/jambonz-simulator';
import { invite } from '../../lib/local/sip-phone';
import { callLimitsInMemory, contextWith, NOW, send, type TestContext } from '../hook-context';

const REALM = 'sip.example.com';
const CAP = 2;
const PHONES = ['one', 'two', 'three'];
const RECORDS = [
  {
    realm: REALM,
    username: 'acme',
    callerId: '+18005550100',
    limits: { maxConcurrentCalls: CAP, maxCallSeconds: 300 },
    trunks: [
      { name: 'first', host: 'a.example', ringTimeout: 20 },
      { name: 'second', host: 'b.example' },
    ],
  },
  ...PHONES.map((username) => ({ realm: REALM, username, customer: 'acme' })),
];

/** What may become of a notice on its way. */
type Delivery = 'once' | 'twice' | 'lost';
const delivery = fc.constantFrom<Delivery>('once', 'twice', 'lost');

type Event =
  | { readonly kind: 'dial'; readonly phone: string }
  | { readonly kind: 'fail'; readonly pick: number; readonly code: number; readonly delivery: Delivery }
  | { readonly kind: 'answer'; readonly pick: number; readonly delivery: Delivery }
  | { readonly kind: 'hang-up'; readonly pick: number; readonly delivery: Delivery }
  | { readonly kind: 'dial-and-cancel'; readonly phone: string }
  | { readonly kind: 'old-news'; readonly pick: number }
  | { readonly kind: 'wait'; readonly seconds: number };

const pick = fc.nat(20);
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    arbitrary: fc.record({ kind: fc.constant('dial' as const), phone: fc.constantFrom(...PHONES) }),
    weight: 4,
  },
  fc.record({
    kind: fc.constant('fail' as const),
    pick,
    code: fc.constantFrom(0, 404, 486, 487, 503, 603),
    delivery,
  }),
  fc.record({ kind: fc.constant('answer' as const), pick, delivery }),
  { arbitrary: fc.record({ kind: fc.constant('hang-up' as const), pick, delivery }), weight: 2 },
  fc.record({ kind: fc.constant('dial-and-cancel' as const), phone: fc.constantFrom(...PHONES) }),
  fc.record({ kind: fc.constant('old-news' as const), pick }),
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 120 }) }),
);

interface Dial {
  readonly timeout?: number;
  readonly timeLimit?: number;
  readonly target: readonly { readonly sipUri: string }[];
}

interface LiveCall {
  readonly id: string;
  verbs: readonly Record<string, unknown>[];
  talking: boolean;
  isKnown: boolean;
  /** When jambonz itself ends the ringing, or the talking. */
  until: number;
  answeredAt: number;
}

/** A jambonz that keeps its own truth about calls, whatever the hooks are told. */
class Jambonz {
  now = NOW;
  readonly calls: LiveCall[] = [];
  readonly reported: object[] = [];
  readonly dialled = new Map<string, string[]>();
  private started = 0;
  private talkedBefore = 0;
  readonly context: TestContext;

  constructor(records: readonly object[] = RECORDS) {
    const clock = () => this.now;
    this.context = { ...contextWith(records), now: clock, callLimits: callLimitsInMemory(clock) };
  }

  /** Seconds that all calls have talked so far. */
  get talked(): number {
    const now = this.calls.filter(({ talking }) => talking).map((it) => this.secondsOf(it));
    return now.reduce((sum, seconds) => sum + seconds, this.talkedBefore);
  }

  async dial(username: string): Promise<boolean> {
    const id = `leg-${++this.started}`;
    const request = invite({ aor: { username, realm: REALM }, password: 'x' }, '966501234567', this.now);
    const payload = callHookPayload({ invite: request, dialled: '966501234567', callId: id });
    const { body } = await send(callHook, payload, this.context);
    const call: LiveCall = { id, verbs: [], talking: false, isKnown: true, until: 0, answeredAt: 0 };
    return this.obey(call, body as LiveCall['verbs'], 'once');
  }

  /** CANCEL before the verbs are there: jambonz tells of it without call data. */
  async dialAndCancel(username: string): Promise<void> {
    if (!(await this.dial(username))) return;
    const call = this.calls.pop();
    if (!call) return;
    const payload = callStatusPayload({ callId: call.id, status: 'no-answer', sipStatus: 487 });
    this.reported.push(payload);
    await send(callStatus, payload, this.context);
  }

  async fail(call: LiveCall, code: number, how: Delivery): Promise<void> {
    const before = this.dialled.get(call.id)?.length;
    const dialStatus = code === 0 ? 'ringing' : code === 486 ? 'busy' : 'failed';
    const payload = dialActionPayload({
      callId: call.id,
      customerData: this.dataOf(call),
      dialStatus,
      dialSipStatus: code || 180,
    });
    // a lost action hook leaves the rest of the list: the decline
    const replies = how === 'lost' ? [] : [await send(dialAction, payload, this.context)];
    if (how === 'twice') replies.push(await send(dialAction, payload, this.context));
    const reply = (replies.at(-1)?.body ?? []) as LiveCall['verbs'];
    await this.obey(call, reply.length > 0 ? reply : call.verbs.slice(2), how);
    if (code === 486 || code === 603) expect(this.dialled.get(call.id)?.length).toBe(before);
  }

  /** Nobody learns of an answer whose report is lost: that call is not known to go on. */
  async answer(call: LiveCall, how: Delivery): Promise<void> {
    call.talking = true;
    call.answeredAt = this.now;
    call.isKnown = how !== 'lost';
    call.until = this.now + 1000 * (this.dialOf(call).timeLimit ?? Number.POSITIVE_INFINITY);
    const customerData = this.dataOf(call);
    const payload = callStatusPayload({
      callId: call.id,
      customerData,
      status: 'in-progress',
      sipStatus: 200,
    });
    this.reported.push(payload);
    if (how !== 'lost') await send(callStatus, payload, this.context);
    if (how === 'twice') await send(callStatus, payload, this.context);
  }

  async end(call: LiveCall, how: Delivery): Promise<void> {
    this.calls.splice(this.calls.indexOf(call), 1);
    const duration = call.talking ? this.secondsOf(call) : 0;
    this.talkedBefore += duration;
    const payload = callStatusPayload({
      callId: call.id,
      customerData: this.dataOf(call),
      ...(call.talking
        ? { status: 'completed', sipStatus: 200, duration: Math.floor(duration) }
        : { status: 'failed', sipStatus: 503 }),
    });
    this.reported.push(payload);
    if (how !== 'lost') await send(callStatus, payload, this.context);
    if (how === 'twice') await send(callStatus, payload, this.context);
  }

  async wait(seconds: number): Promise<void> {
    const target = this.now + seconds * 1000;
    for (let next = this.soonest(); next && next.until <= target; next = this.soonest()) {
      this.now = Math.max(this.now, next.until);
      await (next.talking ? this.end(next, 'lost') : this.fail(next, 0, 'once'));
    }
    this.now = target;
  }

  /** Does what the verbs say; false: the call is declined. */
  private async obey(call: LiveCall, verbs: LiveCall['verbs'], how: Delivery): Promise<boolean> {
    const dials = verbs.some(({ verb }) => verb === 'dial');
    if (!dials) {
      if (this.calls.includes(call)) await this.end(call, how);
      return false;
    }
    call.verbs = verbs;
    const { timeout = 60, target } = this.dialOf(call);
    call.until = this.now + timeout * 1000;
    this.dialled.set(call.id, [...(this.dialled.get(call.id) ?? []), target[0]?.sipUri ?? '']);
    if (!this.calls.includes(call)) this.calls.push(call);
    return true;
  }

  private dialOf(call: LiveCall): Dial {
    return call.verbs.find(({ verb }) => verb === 'dial') as unknown as Dial;
  }

  private dataOf(call: LiveCall): unknown {
    return call.verbs.find(({ verb }) => verb === 'tag')?.data;
  }

  private secondsOf({ answeredAt }: LiveCall): number {
    return (this.now - answeredAt) / 1000;
  }

  private soonest(): LiveCall | undefined {
    return [...this.calls].sort((a, b) => a.until - b.until)[0];
  }
}

async function happen(jambonz: Jambonz, it: Event): Promise<void> {
  if (it.kind === 'dial') await jambonz.dial(it.phone);
  else if (it.kind === 'dial-and-cancel') await jambonz.dialAndCancel(it.phone);
  else if (it.kind === 'wait') await jambonz.wait(it.seconds);
  else if (it.kind === 'old-news') {
    const news = jambonz.reported[it.pick % Math.max(jambonz.reported.length, 1)];
    if (news) await send(callStatus, news, jambonz.context);
  } else {
    const ringing = jambonz.calls.filter(({ talking }) => talking === (it.kind === 'hang-up'));
    const call = ringing[it.pick % Math.max(ringing.length, 1)];
    if (!call) return;
    if (it.kind === 'fail') await jambonz.fail(call, it.code, it.delivery);
    else if (it.kind === 'answer') await jambonz.answer(call, it.delivery);
    else await jambonz.end(call, it.delivery);
  }
}

describe('whole calls, in any order, with notices lost and doubled', () => {
  test('never more calls that are known to go on than the cap; 486 and 603 reach no second trunk; every lease heals', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 10, maxLength: 60 }), async (events) => {
        const jambonz = new Jambonz();
        for (const it of events) {
          await happen(jambonz, it);
          expect(jambonz.calls.filter(({ isKnown }) => isKnown).length).toBeLessThanOrEqual(CAP);
        }
        for (const trunks of jambonz.dialled.values())
          expect(
            ['sip:966501234567@a.example', 'sip:966501234567@b.example'].slice(0, trunks.length),
          ).toEqual(trunks);
        accepted += jambonz.dialled.size;
        await jambonz.wait(3600);
        expect(jambonz.calls).toEqual([]);
        for (let free = 0; free < CAP; free++) expect(await jambonz.dial('one')).toBe(true);
        expect(await jambonz.dial('two')).toBe(false);
      }),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(600);
  });

  test('one record per call, however often its end is told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 10, maxLength: 40 }), async (events) => {
        const jambonz = new Jambonz();
        for (const it of events) await happen(jambonz, it);
        const recorded = jambonz.context.decisions.flatMap((it) =>
          'record' in it ? [it.record.callId] : [],
        );
        expect(new Set(recorded).size).toBe(recorded.length);
      }),
      { numRuns: 150 },
    );
  });

  test('the minutes of the day are never exceeded', async () => {
    const MINUTES = 12;
    const limits = { maxMinutesPerDay: MINUTES, maxCallSeconds: 300 };
    const [acme, ...phones] = RECORDS;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 20, maxLength: 60 }), async (events) => {
        const jambonz = new Jambonz([{ ...acme, limits }, ...phones]);
        for (const it of events) {
          await happen(jambonz, it);
          expect(jambonz.talked).toBeLessThanOrEqual(60 * MINUTES);
        }
        const plans = jambonz.context.decisions.flatMap((it) => ('plan' in it ? [it.plan] : []));
        refused += plans.filter((it) => it.kind === 'refuse' && it.because === 'budget-spent').length;
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(300);
  });

  test('parallel calls take no seat twice', async () => {
    const jambonz = new Jambonz();
    const answers = await Promise.all(PHONES.flatMap((phone) => [jambonz.dial(phone), jambonz.dial(phone)]));
    expect(answers.filter(Boolean)).toHaveLength(CAP);
  });
});
