import fc from 'fast-check';
import { callHook, callStatus, dialAction, refer } from '../../lambdas/call-hook';
import {
  callHookPayload,
  callStatusPayload,
  carrierCallPayload,
  dialActionPayload,
  type LegChange,
  referPayload,
} from '../../lib/local/jambonz-simulator';
import { invite } from '../../lib/local/sip-phone';
import { callLimitsInMemory, contextWith, NOW, send, type TestContext } from '../hook-context';

const REALM = 'sip.example.com';
const CAP = 3;
const TALK_S = 300;
const DID = '966112223300';
const FORWARD_TO = '442079460000';
const RECORDS = [
  {
    realm: REALM,
    username: 'acme',
    callerId: '+18005550100',
    internalCalls: true,
    limits: { maxConcurrentCalls: CAP, maxCallSeconds: TALK_S },
    trunks: [
      { name: 'first', host: 'a.example', ringTimeout: 20 },
      { name: 'second', host: 'b.example', ringTimeout: 20 },
    ],
  },
  { realm: REALM, username: 'ann', customer: 'acme', shortDial: '2001' },
  { realm: REALM, username: 'bob', customer: 'acme', shortDial: '2002', forwardTo: FORWARD_TO },
  // These two forward to each other.
  { realm: REALM, username: 'cat', customer: 'acme', shortDial: '2003', forwardTo: '2004' },
  { realm: REALM, username: 'dan', customer: 'acme', shortDial: '2004', forwardTo: '2003' },
  {
    realm: 'numbers',
    username: DID,
    ring: [`ann@${REALM}`, [`bob@${REALM}`, `cat@${REALM}`]],
    then: { dial: FORWARD_TO, as: `acme@${REALM}` },
  },
];
const PHONES = ['ann', 'bob', 'cat', 'dan'];
const OUTSIDE = '966501234567';
const DIALLED = [OUTSIDE, '2001', '2002', '2003'];

/** What may become of a notice, or of an answer, on its way. */
type Delivery = 'once' | 'twice' | 'lost';

type Event =
  | { readonly kind: 'dial'; readonly phone: string; readonly dialled: string }
  | { readonly kind: 'carrier-calls' }
  | {
      readonly kind: 'fail' | 'refer';
      readonly pick: number;
      readonly what: number;
      readonly delivery: Delivery;
    }
  | { readonly kind: 'answer' | 'hang-up'; readonly pick: number; readonly delivery: Delivery }
  | { readonly kind: 'stranger-refers'; readonly pick: number; readonly by: 'called' | 'carrier' }
  | { readonly kind: 'old-news'; readonly pick: number }
  | { readonly kind: 'wait'; readonly seconds: number };

const pick = fc.nat(20);
const delivery = fc.constantFrom<Delivery>('once', 'once', 'twice', 'lost');
const constant = <const T>(it: T) => fc.constant(it);
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    arbitrary: fc.record({
      kind: constant('dial'),
      phone: fc.constantFrom(...PHONES),
      dialled: fc.constantFrom(...DIALLED),
    }),
    weight: 3,
  },
  { arbitrary: fc.record({ kind: constant('carrier-calls') }), weight: 2 },
  { arbitrary: fc.record({ kind: constant('answer'), pick, delivery }), weight: 3 },
  { arbitrary: fc.record({ kind: constant('refer'), pick, what: fc.nat(3), delivery }), weight: 3 },
  { arbitrary: fc.record({ kind: constant('fail'), pick, what: fc.nat(5), delivery }), weight: 3 },
  { arbitrary: fc.record({ kind: constant('hang-up'), pick, delivery }), weight: 2 },
  fc.record({
    kind: constant('stranger-refers'),
    pick,
    by: fc.constantFrom('called' as const, 'carrier' as const),
  }),
  fc.record({ kind: constant('old-news'), pick }),
  fc.record({ kind: constant('wait'), seconds: fc.integer({ min: 1, max: 100 }) }),
);

type Verbs = readonly Record<string, unknown>[];

interface Dial {
  readonly timeout?: number;
  readonly timeLimit?: number;
  readonly target: readonly { readonly type: string; readonly sipUri?: string; readonly name?: string }[];
  readonly referHook?: string;
  readonly tag?: unknown;
}

/** One call as jambonz knows it: a leg that waits or talks, and the leg that it was connected to. */
interface LiveCall {
  readonly number: number;
  /** Of the leg in the caller's place: the caller's own, or the called one once the call was handed on. */
  readonly callId: string;
  readonly handedOn: { readonly callSid: string; readonly parentCallSid: string } | undefined;
  readonly fromCarrier: boolean;
  /** The leg in the caller's place was itself dialled over a trunk. */
  readonly isFirstLegPaid: boolean;
  verbs: Verbs;
  talking: boolean;
  /** Every report that its lease depends on arrived. */
  isKnown: boolean;
  until: number;
}

/** A jambonz that keeps its own truth about calls, whatever the hooks are told. */
class Jambonz {
  now = NOW;
  readonly calls: LiveCall[] = [];
  readonly told: object[] = [];
  /** Every target that was ever dialled, of each call. */
  readonly dialled = new Map<number, string[]>();
  readonly context: TestContext;
  private started = 0;

  constructor() {
    const clock = () => this.now;
    this.context = { ...contextWith(RECORDS), now: clock, callLimits: callLimitsInMemory(clock) };
  }

  async dial(username: string, dialled: string): Promise<boolean> {
    const callId = `leg-${++this.started}`;
    const request = invite({ aor: { username, realm: REALM }, password: 'x' }, dialled, this.now);
    return this.begin(callId, callHookPayload({ invite: request, dialled, callId }), false);
  }

  async carrierCalls(): Promise<boolean> {
    const callId = `leg-${++this.started}`;
    return this.begin(callId, carrierCallPayload({ called: DID, from: '+33142685300', callId }), true);
  }

  private async begin(callId: string, payload: object, fromCarrier: boolean): Promise<boolean> {
    const { body } = await send(callHook, payload, this.context);
    const leg = { number: this.started, callId, handedOn: undefined, fromCarrier, isFirstLegPaid: false };
    const call = { ...leg, verbs: [], talking: false, isKnown: true, until: 0 };
    return this.obey(call, body as Verbs, 'once');
  }

  /** A lost action hook leaves the rest of the list: the decline. */
  async fail(call: LiveCall, code: number, how: Delivery): Promise<void> {
    const dialStatus = code === 180 ? 'ringing' : code === 486 ? 'busy' : 'failed';
    const end = { callId: call.callId, customerData: this.dataOf(call), dialStatus, dialSipStatus: code };
    const payload = dialActionPayload({ ...end, ...(call.handedOn && { handedOn: call.handedOn }) });
    const replies = how === 'lost' ? [] : [await send(dialAction, payload, this.context)];
    if (how === 'twice') replies.push(await send(dialAction, payload, this.context));
    const reply = (replies.at(-1)?.body ?? []) as Verbs;
    await this.obey(call, reply.length > 0 ? reply : call.verbs.slice(2), how);
  }

  async answer(call: LiveCall, how: Delivery): Promise<void> {
    call.talking = true;
    call.isKnown = call.isKnown && how !== 'lost';
    call.until = this.now + 1000 * (this.dialOf(call).timeLimit ?? Number.POSITIVE_INFINITY);
    // The caller's own leg reports the answer; once it is gone the new leg does.
    await this.report(call, { ...this.newLegOf(call), status: 'in-progress', sipStatus: 200 }, how);
  }

  /** The caller hands its call on: its own leg ends, the called one waits for the new dial. */
  async refer(call: LiveCall, to: string, how: Delivery): Promise<void> {
    if (!this.dialOf(call).referHook || call.handedOn) return;
    const calledLeg = `sid-of-${call.callId}`;
    const customerData = this.dataOf(call);
    const payload = referPayload({
      callId: call.callId,
      customerData,
      referTo: `<sip:${to}@${REALM}>`,
      calledLeg,
    });
    const { status, body } = await send(refer, payload, this.context);
    if (how === 'twice') await send(refer, payload, this.context);
    if (status !== 200) return;
    // jambonz never saw the answer: to it nothing has changed, and to us the caller is gone.
    if (how === 'lost') {
      call.isKnown = false;
      return;
    }
    this.calls.splice(this.calls.indexOf(call), 1);
    const isFirstLegPaid = this.isPaid(call);
    const handedOn = { callSid: calledLeg, parentCallSid: `sid-of-callers-${call.callId}` };
    const callId = `called-${call.callId}`;
    const next = { number: call.number, callId, handedOn, fromCarrier: false, isFirstLegPaid };
    const ended = { callId: call.callId, status: 'completed', sipStatus: 200, duration: 1, customerData };
    await this.notify(ended, how);
    await this.obey(
      { ...next, verbs: [], talking: false, isKnown: call.isKnown, until: 0 },
      body as Verbs,
      how,
    );
  }

  /** Anybody but the caller's own account. */
  async strangerRefers(call: LiveCall, by: 'called' | 'carrier'): Promise<number> {
    const { callId, handedOn } = call;
    const refused = {
      callId,
      customerData: this.dataOf(call),
      referTo: '<sip:881612345678@x.example>',
      calledLeg: 'y',
    };
    const whose = call.fromCarrier || handedOn ? by : 'called';
    return (await send(refer, referPayload({ ...refused, by: whose }), this.context)).status;
  }

  async end(call: LiveCall, how: Delivery): Promise<void> {
    this.calls.splice(this.calls.indexOf(call), 1);
    const { callId, handedOn } = call;
    const completed = { status: 'completed', sipStatus: 200, duration: 1 } as const;
    const legs: Partial<LegChange>[] = handedOn
      ? [
          { ...completed, ...handedOn, outbound: true },
          ...(call.talking ? [{ ...completed, ...this.newLegOf(call) }] : []),
        ]
      : [call.talking ? completed : { status: 'failed', sipStatus: 480 }];
    for (const leg of legs) await this.report(call, { ...leg, callId }, how);
  }

  async wait(seconds: number): Promise<void> {
    const target = this.now + seconds * 1000;
    for (let next = this.soonest(); next && next.until <= target; next = this.soonest()) {
      this.now = Math.max(this.now, next.until);
      await (next.talking ? this.end(next, 'lost') : this.fail(next, 180, 'once'));
    }
    this.now = target;
  }

  /** How many legs the carriers bill at this moment, of calls that are known to go on. */
  get paidLegs(): number {
    return this.calls
      .filter(({ isKnown }) => isKnown)
      .reduce((sum, call) => sum + Number(call.isFirstLegPaid) + Number(this.isPaid(call)), 0);
  }

  private async obey(call: LiveCall, verbs: Verbs, how: Delivery): Promise<boolean> {
    if (!verbs.some(({ verb }) => verb === 'dial')) {
      if (this.calls.includes(call) || call.handedOn) await this.end(this.keep(call), how);
      return false;
    }
    call.verbs = verbs;
    const { timeout = 60, target } = this.dialOf(call);
    call.until = this.now + timeout * 1000;
    const names = target.map(({ sipUri, name }) => sipUri ?? name ?? '').join('+');
    this.dialled.set(call.number, [...(this.dialled.get(call.number) ?? []), names]);
    this.keep(call);
    return true;
  }

  private keep(call: LiveCall): LiveCall {
    if (!this.calls.includes(call)) this.calls.push(call);
    return call;
  }

  private newLegOf({ callId, handedOn }: LiveCall): Partial<LegChange> & { callId: string } {
    if (!handedOn) return { callId };
    return {
      callId: `new-${callId}`,
      outbound: true,
      callSid: `new-sid-${callId}`,
      parentCallSid: handedOn.callSid,
    };
  }

  private report(call: LiveCall, change: Partial<LegChange>, how: Delivery): Promise<void> {
    const customerData = this.dataOf(call);
    const leg = { callId: call.callId, status: '', sipStatus: 0, ...change };
    return this.notify({ ...leg, ...(customerData !== undefined && { customerData }) }, how);
  }

  private async notify(change: LegChange, how: Delivery): Promise<void> {
    const payload = callStatusPayload(change);
    this.told.push(payload);
    for (let times = { lost: 0, once: 1, twice: 2 }[how]; times > 0; times--)
      await send(callStatus, payload, this.context);
  }

  private isPaid(call: LiveCall): boolean {
    return this.dialOf(call).target[0]?.type === 'sip';
  }

  private dialOf(call: LiveCall): Dial {
    return call.verbs.find(({ verb }) => verb === 'dial') as unknown as Dial;
  }

  private dataOf(call: LiveCall): unknown {
    return call.verbs.find(({ verb }) => verb === 'tag')?.data;
  }

  private soonest(): LiveCall | undefined {
    return [...this.calls].sort((a, b) => a.until - b.until)[0];
  }
}

const CODES = [180, 404, 480, 486, 503, 603];
const REFERRED_TO = [OUTSIDE, '2002', '2003', '112'];

async function happen(jambonz: Jambonz, it: Event): Promise<void> {
  if (it.kind === 'dial') await jambonz.dial(it.phone, it.dialled);
  else if (it.kind === 'carrier-calls') await jambonz.carrierCalls();
  else if (it.kind === 'wait') await jambonz.wait(it.seconds);
  else if (it.kind === 'old-news') {
    const news = jambonz.told[it.pick % Math.max(jambonz.told.length, 1)];
    if (news) await send(callStatus, news, jambonz.context);
  } else {
    const wanted = it.kind !== 'fail' && it.kind !== 'answer';
    const some = jambonz.calls.filter(({ talking }) => talking === wanted);
    const call = some[it.pick % Math.max(some.length, 1)];
    if (!call) return;
    if (it.kind === 'fail') await jambonz.fail(call, CODES[it.what] ?? 180, it.delivery);
    else if (it.kind === 'answer') await jambonz.answer(call, it.delivery);
    else if (it.kind === 'refer') await jambonz.refer(call, REFERRED_TO[it.what] ?? OUTSIDE, it.delivery);
    else if (it.kind === 'stranger-refers') expect(await jambonz.strangerRefers(call, it.by)).toBe(403);
    else await jambonz.end(call, it.delivery);
  }
}

const events = fc.array(event, { minLength: 20, maxLength: 80 });

async function playAll(all: readonly Event[], each: (jambonz: Jambonz) => void = () => {}): Promise<Jambonz> {
  const jambonz = new Jambonz();
  for (const it of all) {
    await happen(jambonz, it);
    each(jambonz);
  }
  return jambonz;
}

describe('calls that come in, go round and are handed on, in any order, with notices lost and doubled', () => {
  test('never more legs at carriers than the cap; every lease heals; loops end', async () => {
    let transfers = 0;
    let forwards = 0;
    await fc.assert(
      fc.asyncProperty(events, async (all) => {
        const jambonz = await playAll(all, ({ paidLegs }) => expect(paidLegs).toBeLessThanOrEqual(CAP));
        transfers += jambonz.context.decisions.filter((it) => it.hook === 'refer' && 'plan' in it).length;
        forwards += jambonz.context.decisions.filter((it) => 'forward' in it && it.forward).length;
        // Two steps of a number, then two trunks; a transfer adds a colleague, its forward and two trunks.
        for (const targets of jambonz.dialled.values()) expect(targets.length).toBeLessThanOrEqual(8);
        for (const call of [...jambonz.calls]) await jambonz.end(call, 'once');
        await jambonz.wait(TALK_S + 200);
        for (let free = 0; free < CAP; free++) expect(await jambonz.dial('ann', OUTSIDE)).toBe(true);
        expect(await jambonz.dial('bob', OUTSIDE)).toBe(false);
      }),
      { numRuns: 300 },
    );
    expect(transfers).toBeGreaterThan(200);
    expect(forwards).toBeGreaterThan(100);
  }, 60_000);

  test('one record per call, however often its end is told', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (all) => {
        const jambonz = await playAll(all);
        const recorded = jambonz.context.decisions.flatMap((it) =>
          'record' in it ? [it.record.callId] : [],
        );
        expect(new Set(recorded).size).toBe(recorded.length);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  test('a call from outside reaches no other number than that of `then`', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (all) => {
        const jambonz = await playAll(all);
        for (const { tag } of jambonz.context.decisions.flatMap((it) =>
          'tag' in it && it.tag ? [it] : [],
        )) {
          const fromOutside = tag?.call.origin.kind === 'forward' && tag.call.origin.of === 'inbound';
          if (fromOutside) expect(tag?.number).toBe(FORWARD_TO);
        }
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});
