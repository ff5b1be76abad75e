import type { DynamoDB } from '../../../lib/aws/client/dynamodb';
import { callLimitsStore, countsKey, readCounts } from '../../../lib/aws/stores/call-limits-store';
import type { MemoryTable } from '../../../lib/aws/stores/memory-table';
import { dayIn } from '../../../lib/registrar/calls/calendar-day';
import type { CallLimits } from '../../../lib/registrar/calls/call-limits';
import {
  type Lease,
  type LeaseAcquired,
  leaseOf,
  type OwnerLimits,
} from '../../../lib/registrar/calls/call-limits';
import { memoryDynamoDB } from '../memory-dynamodb';
import { virtualTimers } from '../virtual-timers';

const RUNS = 10_000;
const LAMBDAS = 3;
/** A little before midnight, so that some calls go on into the next day. */
const EVENING = Date.parse('2026-11-23T23:40:00Z');

/** Numbers that a seed repeats (mulberry32). */
function randomOf(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (most: number) => Math.floor(next() * most);
  return {
    next,
    below,
    chance: (part: number) => next() < part,
    pick: <T>(list: readonly T[]) => list[below(list.length)] as T,
  };
}
type Random = ReturnType<typeof randomOf>;

/** Which troubles a run has. `tidy`: reports are doubled, late and out of order, but none is lost, and DynamoDB works. */
type Kind = 'tidy' | 'lossy';

/** A call as jambonz knows it, whatever the Lambdas are told. */
interface TrueCall {
  readonly id: string;
  readonly caps: OwnerLimits;
  /** The answer that jambonz obeys: what was reserved, and for which day. */
  lease: Lease | undefined;
  day: string;
  /** Seconds, with parts. */
  talked: number;
}

/** Something that a Lambda is told, at a time. */
interface Delivery {
  readonly at: number;
  readonly tell: (callLimits: CallLimits) => Promise<unknown>;
}

/** One customer, some calls, and three Lambdas that share a table. */
class Run {
  now: number;
  readonly calls: TrueCall[] = [];
  private readonly random: Random;
  private readonly db = memoryDynamoDB();
  private readonly landings: (() => void)[] = [];
  private readonly lambdas: CallLimits[];
  private deliveries: Delivery[] = [];
  private readonly caps: OwnerLimits;

  constructor(
    seed: number,
    private readonly kind: Kind,
  ) {
    this.random = randomOf(seed);
    const { below, chance, pick } = this.random;
    this.now = EVENING + below(30 * 60_000);
    const callSeconds = pick([60, 120, 300, 600]);
    this.caps = {
      owner: { username: 'acme', realm: 'a.example' },
      maxConcurrentCalls: chance(0.5) ? 1 + below(4) : undefined,
      callsPerMinute: chance(0.3) ? 1 + below(4) : undefined,
      callSeconds,
      budgets: [{ name: '*', seconds: 60 * (1 + below(20)) }],
      timeZone: pick(['UTC', 'UTC', 'UTC', 'UTC', 'Asia/Kathmandu']),
      observed: [],
    };
    const table: MemoryTable = {
      dynamodb: this.unreliable(this.db.dynamodb),
      tableName: 'Memory',
      now: () => this.now,
      onDegraded: () => {},
      timers: virtualTimers(),
    };
    this.lambdas = Array.from({ length: LAMBDAS }, () => callLimitsStore(table));
  }

  /** Waves of calls and reports that happen at once, until everything is told. */
  async play(): Promise<void> {
    const { below, chance } = this.random;
    for (let wave = 0; wave < 4; wave++) {
      const callers = Array.from({ length: 1 + below(3) }, () => this.call());
      await Promise.all([...callers, ...this.due()]);
      if (chance(0.3)) this.landLate();
      this.now += below(240_000);
    }
    while (this.deliveries.length > 0) {
      this.now = Math.max(this.now, Math.min(...this.deliveries.map(({ at }) => at)));
      await Promise.all(this.due());
    }
    this.landLate();
  }

  /** What was talked on a budget by the calls of a day. */
  talked(name: string, day: string): number {
    return this.calls
      .filter((it) => it.day === day && it.caps.budgets.some((budget) => budget.name === name))
      .reduce((sum, { talked }) => sum + talked, 0);
  }

  budgets(): { name: string; seconds: number }[] {
    return [
      ...new Map(
        this.calls.flatMap(({ caps: limits }) => limits.budgets).map((it) => [it.name, it]),
      ).values(),
    ];
  }

  /** The counts as the table has them. */
  counts() {
    return readCounts(this.db.items.get(countsKey(this.caps.owner).key));
  }

  /** All that a call of any length would reserve now. */
  async left(): Promise<number> {
    const limits = {
      ...this.caps,
      maxConcurrentCalls: undefined,
      callsPerMinute: undefined,
      callSeconds: 86_400,
    };
    const answer = await this.lambda().acquire('the last', limits);
    return answer.result === 'acquired' ? (answer.reserved?.seconds ?? 0) : 0;
  }

  /** A call from its hook to its end: whatever jambonz reports of it is put on its way. */
  private async call(): Promise<void> {
    const { chance, below, pick } = this.random;
    const id = `call-${this.calls.length}`;
    const toCuba = chance(0.3);
    const limits = toCuba
      ? { ...this.caps, budgets: [...this.caps.budgets, { name: '53', seconds: 240 }] }
      : this.caps;
    const call: TrueCall = { id, caps: limits, lease: undefined, day: '', talked: 0 };
    this.calls.push(call);
    const taken = await this.ask(call);
    if (!taken) return;
    const lease = leaseOf(limits, taken, taken.reserved?.seconds);
    call.lease = lease;
    const limit = taken.reserved?.seconds ?? 0;
    const ends = pick([
      'talks',
      'talks',
      'talks',
      'talks to the limit',
      'is not answered',
      'hangs up at once',
    ] as const);
    const rings = below(90_000);
    if (ends === 'hangs up at once') {
      this.report(this.now + below(2000), (callLimits) => callLimits.release(id, undefined, 0));
      return;
    }
    if (ends === 'is not answered') {
      this.report(this.now + rings, (callLimits) => callLimits.release(id, lease, 0));
      return;
    }
    call.talked = ends === 'talks' ? Math.min(limit, this.random.next() * limit * 1.2) : limit;
    const used = Math.floor(call.talked) + 1;
    const answered = this.now + rings;
    this.report(answered, (callLimits) => callLimits.extend(id, lease));
    this.report(answered + call.talked * 1000, (callLimits) => callLimits.release(id, lease, used));
  }

  /**
   * Asks for a call: usually once. Sometimes the first Lambda is too slow: jambonz has 504 from it and asks another one
   * meanwhile, and the slow one takes back what it took.
   * @returns the answer that jambonz obeys; undefined: there is none, or the call is declined
   */
  private async ask(call: TrueCall): Promise<LeaseAcquired | undefined> {
    const ask = async (callLimits: CallLimits): Promise<LeaseAcquired | undefined> => {
      const answer = await callLimits.acquire(call.id, call.caps).catch(() => undefined);
      if (answer?.result !== 'acquired') return undefined;
      call.day = this.counts().day;
      return answer;
    };
    if (this.random.chance(0.75)) return ask(this.lambda());
    const slow = this.lambda();
    const late = ask(slow).then((answer) => answer && slow.undo(call.id, call.caps.owner, answer));
    const again = this.random.chance(0.7) ? ask(this.lambda()) : undefined;
    await late;
    return again;
  }

  /** A report may be late by minutes, come twice, or be lost. */
  private report(at: number, tell: Delivery['tell']): void {
    const { chance, below } = this.random;
    if (this.kind === 'lossy' && chance(0.2)) return;
    const times = chance(0.2) ? 2 : 1;
    for (let time = 0; time < times; time++)
      this.deliveries.push({ at: at + (chance(0.3) ? below(400_000) : 0), tell });
  }

  private due(): Promise<unknown>[] {
    const due = this.deliveries.filter(({ at }) => at <= this.now);
    this.deliveries = this.deliveries.filter(({ at }) => at > this.now);
    return due.map(({ tell }) => tell(this.lambda()));
  }

  private lambda(): CallLimits {
    return this.random.pick(this.lambdas);
  }

  private landLate(): void {
    for (const land of this.landings.splice(0)) land();
  }

  /** Requests take their time, so that Lambdas overtake each other. Some fail, lose their answer, or land much later. */
  private unreliable(dynamodb: DynamoDB): DynamoDB {
    const { below, chance } = this.random;
    const turns = async () => {
      for (let turn = below(5); turn > 0; turn--) await undefined;
    };
    return async (operation, input) => {
      await turns();
      const isBad = this.kind === 'lossy' && chance(0.06);
      const how = isBad ? this.random.pick(['fails', 'answer lost', 'lands later'] as const) : 'works';
      if (how === 'fails') throw named('ThrottlingException');
      if (how === 'lands later') {
        this.landings.push(() => void dynamodb(operation, input).catch(() => {}));
        throw named('TimeoutError');
      }
      const output = await dynamodb(operation, input);
      await turns();
      if (how === 'answer lost') throw named('TimeoutError');
      return output;
    };
  }
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

describe(`${RUNS} times: parallel Lambdas, reports that are doubled, late and out of order`, () => {
  test('the minutes talked never exceed a budget, also where reports, answers and writes are lost or land late', async () => {
    const seen = { calls: 0, talked: 0, full: 0 };
    for (let seed = 1; seed <= RUNS / 2; seed++) {
      const run = new Run(seed, 'lossy');
      await run.play();
      for (const { name, seconds } of run.budgets())
        for (const day of new Set(run.calls.map((it) => it.day))) {
          const talked = run.talked(name, day);
          if (talked > seconds)
            throw new Error(`seed ${seed}: ${talked} s of ${seconds} s on ${name}, ${day}`);
          if (talked > 0.95 * seconds) seen.full++;
        }
      seen.calls += run.calls.length;
      seen.talked += run.calls.filter(({ talked }) => talked > 0).length;
    }
    // A check of the check: calls come about, and budgets are reached.
    expect(seen.talked).toBeGreaterThan(RUNS);
    expect(seen.full).toBeGreaterThan(RUNS / 20);
  }, 120_000);

  test('nothing stays reserved when all ends were told, and what was used is counted to the second', async () => {
    let days = 0;
    for (let seed = 1; seed <= RUNS / 2; seed++) {
      const run = new Run(seed, 'tidy');
      await run.play();
      for (const { name, seconds } of run.budgets())
        for (const day of new Set(run.calls.map((it) => it.day))) {
          const talked = run.talked(name, day);
          if (talked > seconds)
            throw new Error(`seed ${seed}: ${talked} s of ${seconds} s on ${name}, ${day}`);
        }
      const { day } = run.counts();
      if (day !== dayIn(run.calls[0]?.caps.timeZone ?? 'UTC', run.now)) continue;
      days++;
      const used = run.calls
        .filter((it) => it.day === day && it.talked > 0)
        .reduce((sum, { talked }) => sum + Math.floor(talked) + 1, 0);
      const whole = run.calls[0]?.caps.budgets[0]?.seconds ?? 0;
      expect({ seed, left: await run.left() }).toEqual({ seed, left: Math.max(0, whole - used) });
      expect(Object.keys(run.counts().reserved).filter((call) => call !== hashOfLast(run))).toEqual([]);
    }
    expect(days).toBeGreaterThan(RUNS / 4);
  }, 120_000);
});

/** The call that asked what is left holds it now. */
function hashOfLast(run: Run): string | undefined {
  return Object.entries(run.counts().leases).at(-1)?.[0];
}
