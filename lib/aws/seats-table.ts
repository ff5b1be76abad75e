import { type Seats, Undecided } from '../jambonz/world';
import type { Aor } from '../registrar/aor';
import {
  type CallCounts,
  type Caps,
  FIRST_LEASE_S,
  type Lease,
  leaseEnd,
  minuteOf,
  NO_CALLS,
  type Seat,
  takeSeat,
  unconfirmed,
} from '../registrar/caps';
import type { Input, Item } from './dynamodb';
import { lru } from './lru';
import { aorParts, endsAt, hashed, type MemoryTable, memoryKey } from './memory-table';
import { MEMORY_ENDS } from './names';
import { type Budget, withTries, writtenIf } from './tries';

const WHAT = 'the seats of calls';
/** Of one reading or writing; a seat usually takes one. */
const BUDGET: Budget = { wholeMs: 900, tryMs: 300 };
/** A writer that loses has lost to another call that got in, so this is more than enough for a burst. */
const MOST_TRIES = 12;
/** Longer than any lease: neither counts nor ends may vanish under a call. */
const KEPT_MS = 3 * 24 * 3600 * 1000;
/** BatchGetItem takes so many keys at a time. */
const KEYS_PER_READ = 100;
/** Owners whose minute this process has counted in. */
const MOST_REMEMBERED = 10_000;

/**
 * The memory table as the counter of calls: one item per owner of caps. A call costs one write and no read as long as
 * there is room: DynamoDB checks the caps in the conditional write that takes the seat, so parallel Lambdas cannot
 * take the same one. Under a rate a process that has not counted in this minute yet may need a second one, because
 * the first call of a minute begins the count anew. Only when that is refused (a cap is reached, or the call has its seat already) the item is read,
 * judged by `takeSeat`, and replaced if nobody changed it meanwhile.
 *
 * Everything in the item is an attribute of its own, because a map would have to be there before the first call:
 * `:<hash of the Call-ID>` a lease, when it ends; `taken` how many leases there are; `minute` the latest in which a
 * call was counted and `started` how many were; `version` how often the item was written.
 */
export function seatsTable(table: MemoryTable): Seats {
  const { dynamodb, now } = table;
  const minutes = lru<number>(MOST_REMEMBERED);
  /** A minute that this process has not counted in yet has probably begun for nobody else. */
  const takeAtOnce = async (call: string, caps: Caps, time: number): Promise<boolean> => {
    const { key } = countsKey(caps.owner);
    const minute = minuteOf(time);
    const [likely, other] =
      minutes.get(key) === minute ? (['goes-on', 'begins'] as const) : (['begins', 'goes-on'] as const);
    minutes.set(key, minute);
    const take = (state: MinuteState) =>
      written((signal) => dynamodb('UpdateItem', takeOne(table.tableName, call, caps, time, state), signal));
    return (await take(likely)) || (caps.callsPerMinute !== undefined && (await take(other)));
  };
  const take = async (call: string, caps: Caps): Promise<Seat> => {
    // A cap of 0 has no room for the first call either, which the write below takes for granted.
    const { seat: first } = takeSeat(NO_CALLS, call, caps, now());
    if (first !== 'taken') return first;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const time = now();
      if (await takeAtOnce(call, caps, time)) return 'taken';
      const seat = await readAndTake(table, call, caps, time);
      if (seat) return seat;
      await pause(Math.random() * 10 * (tries + 1));
    }
    throw new TooManyWriters('the seats of calls: too many writers');
  };
  return {
    take: (callId, caps) =>
      take(leaseOf(callId), caps).catch((cause) => {
        if (cause instanceof TooManyWriters) throw cause;
        table.onTrouble({ what: 'limits-not-checked', aor: caps.owner, cause });
        return 'unknown';
      }),
    extend: async (callId, lease) => {
      const input = makeLonger(table.tableName, leaseOf(callId), lease, now());
      await written((signal) => dynamodb('UpdateItem', input, signal)).catch((cause) =>
        table.onTrouble({ what: 'limits-not-checked', aor: lease.owner, cause }),
      );
    },
    end: async (callId, owner) => {
      const call = leaseOf(callId);
      const release = owner && giveBack(table.tableName, owner, call);
      let tries = 0;
      const send = (signal: AbortSignal): Promise<unknown> => {
        tries++;
        return release
          ? dynamodb('UpdateItem', release, signal)
          : dynamodb('PutItem', markEnded(table, call), signal);
      };
      try {
        if (await written(send)) return 'ended';
        // The try before may have ended it, and its answer was lost.
        return tries === 1 ? 'ended-before' : 'unknown';
      } catch (cause) {
        table.onTrouble({ what: 'end-of-call-not-noted', aor: owner, cause });
        return 'unknown';
      }
    },
  };
}

/** The table answers, but to others: letting the call go on uncounted would break the cap. */
class TooManyWriters extends Undecided {}

/** Whether a call is the first of its minute, or one of those counted in it. */
type MinuteState = 'begins' | 'goes-on';

function takeOne(TableName: string, call: string, caps: Caps, time: number, state: MinuteState): Input {
  const { maxConcurrentCalls, callsPerMinute } = caps;
  const isCapped = maxConcurrentCalls !== undefined;
  const isRated = callsPerMinute !== undefined;
  const begins = isRated && state === 'begins';
  const goesOn = isRated && state === 'goes-on';
  const conditions = [
    'attribute_not_exists(#call)',
    ...(isCapped ? ['(attribute_not_exists(taken) OR taken < :calls)'] : []),
    ...(begins ? ['(attribute_not_exists(#minute) OR #minute < :minute)'] : []),
    ...(goesOn ? ['(#minute = :minute AND started < :rate)'] : []),
  ];
  return {
    TableName,
    Key: countsKey(caps.owner),
    ConditionExpression: conditions.join(' AND '),
    UpdateExpression: [
      `SET ${MEMORY_ENDS} = :ends, #call = :until${begins ? ', #minute = :minute, started = :one' : ''}`,
      `ADD version :one, taken :one${goesOn ? ', started :one' : ''}`,
    ].join(' '),
    ExpressionAttributeNames: { '#call': call, ...(isRated && { '#minute': 'minute' }) },
    ExpressionAttributeValues: {
      ':one': 1,
      ':ends': endsAt(time + KEPT_MS)[MEMORY_ENDS],
      ':until': leaseEnd(FIRST_LEASE_S, time),
      ...(isCapped && { ':calls': maxConcurrentCalls }),
      ...(isRated && { ':minute': minuteOf(time) }),
      ...(goesOn && { ':rate': callsPerMinute }),
    },
  };
}

/** A lease that is gone stays gone: the call ended before this was reported. */
function makeLonger(TableName: string, call: string, { owner, seconds }: Lease, time: number): Input {
  return {
    TableName,
    Key: countsKey(owner),
    ConditionExpression: '#call < :until',
    UpdateExpression: `SET #call = :until, ${MEMORY_ENDS} = :ends ADD version :one`,
    ExpressionAttributeNames: { '#call': call },
    ExpressionAttributeValues: {
      ':one': 1,
      ':until': leaseEnd(seconds, time),
      ':ends': endsAt(time + KEPT_MS)[MEMORY_ENDS],
    },
  };
}

/** @returns undefined when somebody else wrote in between */
async function readAndTake(
  table: MemoryTable,
  call: string,
  caps: Caps,
  time: number,
): Promise<Seat | undefined> {
  const { dynamodb, tableName: TableName } = table;
  const key = countsKey(caps.owner);
  const found = readCounts(await read(table, key));
  const judged = takeSeat(found, call, caps, time);
  const { seat, counts } =
    judged.seat === 'too-many-calls'
      ? takeSeat(await withoutEnded(table, judged.counts), call, caps, time)
      : judged;
  const lease = found.leases[call];
  if (seat !== 'taken' || (lease !== undefined && lease === counts.leases[call])) return seat;
  const put: Input = {
    TableName,
    Item: { ...key, ...attributesOf(counts), version: found.version + 1, ...endsAt(time + KEPT_MS) },
    ConditionExpression: 'attribute_not_exists(version) OR version = :version',
    ExpressionAttributeValues: { ':version': found.version },
  };
  return (await written((signal) => dynamodb('PutItem', put, signal))) ? seat : undefined;
}

/** A caller who hung up before jambonz knew whose call it was has left a mark, but the seat is still taken. */
async function withoutEnded(table: MemoryTable, counts: CallCounts): Promise<CallCounts> {
  const calls = unconfirmed(counts, table.now());
  const parts = Array.from({ length: Math.ceil(calls.length / KEYS_PER_READ) }, (_, at) =>
    calls.slice(at * KEYS_PER_READ, (at + 1) * KEYS_PER_READ),
  );
  const marks = (await Promise.all(parts.map((part) => readMarks(table, part)))).flat();
  const ended = new Set(marks.map(({ key }) => key));
  const leases = Object.entries(counts.leases).filter(([call]) => !ended.has(endedKey(call).key));
  return { ...counts, leases: Object.fromEntries(leases) };
}

/** What DynamoDB leaves out of an answer counts as no mark: its call keeps its seat until its lease ends. */
async function readMarks(
  { dynamodb, tableName }: MemoryTable,
  calls: readonly string[],
): Promise<readonly Item[]> {
  const input = { RequestItems: { [tableName]: { Keys: calls.map(endedKey), ConsistentRead: true } } };
  const { Responses } = await withTries(WHAT, BUDGET, (signal) => dynamodb('BatchGetItem', input, signal));
  return Responses?.[tableName] ?? [];
}

async function read(
  { dynamodb, tableName: TableName }: MemoryTable,
  Key: { key: string },
): Promise<Item | undefined> {
  const input = { TableName, Key, ConsistentRead: true };
  const { Item } = await withTries(WHAT, BUDGET, (signal) => dynamodb('GetItem', input, signal));
  return Item;
}

function readCounts(item: Item = {}): CallCounts & { readonly version: number } {
  const { minute = NO_CALLS.minute, started = NO_CALLS.started, version = 0 } = item;
  const leases = Object.entries(item).filter(([name]) => name.startsWith(':'));
  return {
    minute: numberIn(minute),
    started: numberIn(started),
    version: numberIn(version),
    leases: Object.fromEntries(leases.map(([call, ends]) => [call, numberIn(ends)])),
  };
}

/** A malformed count counts nothing. */
function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function attributesOf({ minute, started, leases }: CallCounts): Record<string, number> {
  return { minute, started, taken: Object.keys(leases).length, ...leases };
}

function giveBack(TableName: string, owner: Aor, call: string): Input {
  return {
    TableName,
    Key: countsKey(owner),
    UpdateExpression: 'REMOVE #call ADD taken :less, version :one',
    ConditionExpression: 'attribute_exists(#call)',
    ExpressionAttributeNames: { '#call': call },
    ExpressionAttributeValues: { ':less': -1, ':one': 1 },
  };
}

function markEnded({ tableName: TableName, now }: MemoryTable, call: string): Input {
  return {
    TableName,
    Item: { ...endedKey(call), ...endsAt(now() + KEPT_MS) },
    ConditionExpression: 'attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': 'key' },
  };
}

function countsKey(owner: Aor): { key: string } {
  return memoryKey('calls', ...aorParts(owner));
}

function endedKey(call: string): { key: string } {
  return memoryKey('ended', call);
}

/** The name of a lease. Call-IDs are long; the item that holds a thousand of them should not be. */
function leaseOf(callId: string): string {
  return hashed(callId).slice(0, 17);
}

function written(write: (signal: AbortSignal) => Promise<unknown>): Promise<boolean> {
  return writtenIf(WHAT, BUDGET, write);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
