import { type Seats, Undecided } from '../jambonz/world';
import type { Aor } from '../registrar/aor';
import {
  type CallCounts,
  type Caps,
  leaseEnd,
  minuteOf,
  NO_CALLS,
  type Seat,
  takeSeat,
} from '../registrar/caps';
import type { Input, Item } from './dynamodb';
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
/** So many leases are looked through for calls that ended unclaimed, before a caller is turned away. */
const MOST_LOOKED_THROUGH = 25;
/**
 * The calls of a minute are counted in one of so many slots, so that a new minute finds its own empty. A prime: a
 * call that comes every hour, or every day, does not meet its own slot again.
 */
const SLOTS = 61;

/**
 * The memory table as the counter of calls: one item per owner of caps. A call costs one write and no read as long as
 * there is room: DynamoDB checks the caps in the conditional write that takes the seat, so parallel Lambdas cannot
 * take the same one. Only when that is refused (a cap is reached, the call has its seat already, or its minute's slot
 * holds an old count) the item is read, judged by `takeSeat`, and replaced if nobody changed it meanwhile.
 *
 * Everything in the item is an attribute of its own, as a map would have to be there before the first call:
 * `:<hash of the Call-ID>` a lease, when it ends; `taken` how many leases there are; `minute` the latest in which a
 * call was counted, `started<slot>` how many were; `version` how often the item was written.
 */
export function seatsTable(table: MemoryTable): Seats {
  const { dynamodb, now } = table;
  return {
    take: async (callId, caps) => {
      const call = leaseOf(callId);
      // A cap of 0 has no room for the first call either, which the write below takes for granted.
      const { seat: first } = takeSeat(NO_CALLS, call, caps, now());
      if (first !== 'taken') return first;
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const time = now();
        const input = takeAtOnce(table.tableName, call, caps, time);
        if (await written((signal) => dynamodb('UpdateItem', input, signal))) return 'taken';
        const seat = await readAndTake(table, call, caps, time);
        if (seat) return seat;
        await pause(Math.random() * 10 * (tries + 1));
      }
      throw new Undecided('the seats of calls: too many writers');
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

function takeAtOnce(TableName: string, call: string, caps: Caps, time: number): Input {
  const { maxConcurrentCalls, callsPerMinute } = caps;
  const counted = maxConcurrentCalls !== undefined;
  const rated = callsPerMinute !== undefined;
  const minute = minuteOf(time);
  const started = startedIn(minute);
  const others = Array.from({ length: SLOTS - 1 }, (_, at) => startedIn(minute + 1 + at));
  const conditions = [
    ...(counted ? ['attribute_not_exists(#call)', '(attribute_not_exists(taken) OR taken < :calls)'] : []),
    ...(rated ? [`(${roomInMinute(started)})`] : []),
  ];
  const updates = [
    `SET ${MEMORY_ENDS} = :ends${counted ? ', #call = :until' : ''}${rated ? ', #minute = :minute' : ''}`,
    `ADD version :one${counted ? ', taken :one' : ''}${rated ? `, ${started} :one` : ''}`,
    ...(rated ? [`REMOVE ${others.join(', ')}`] : []),
  ];
  return {
    TableName,
    Key: countsKey(caps.owner),
    ConditionExpression: conditions.join(' AND '),
    UpdateExpression: updates.join(' '),
    ExpressionAttributeNames: { ...(counted && { '#call': call }), ...(rated && { '#minute': 'minute' }) },
    ExpressionAttributeValues: {
      ':one': 1,
      ':ends': endsAt(time + KEPT_MS)[MEMORY_ENDS],
      ...(counted && { ':calls': maxConcurrentCalls, ':until': leaseEnd(caps, time) }),
      ...(rated && { ':minute': minute, ':rate': callsPerMinute }),
    },
  };
}

/** A slot that is not empty when its minute begins holds the count of a minute long ago. */
function roomInMinute(started: string): string {
  return [
    'attribute_not_exists(#minute)',
    `(#minute < :minute AND attribute_not_exists(${started}))`,
    `(#minute = :minute AND ${started} < :rate)`,
  ].join(' OR ');
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
  const calls = Object.keys(counts.leases).slice(0, MOST_LOOKED_THROUGH);
  const marks = await Promise.all(calls.map((call) => read(table, endedKey(call))));
  const ended = new Set(calls.filter((_, at) => marks[at] !== undefined));
  const leases = Object.entries(counts.leases).filter(([call]) => !ended.has(call));
  return { ...counts, leases: Object.fromEntries(leases) };
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
  const { minute = NO_CALLS.minute, version = 0 } = item;
  const leases = Object.entries(item).filter(([name]) => name.startsWith(':'));
  return {
    minute: Number(minute),
    started: Number(item[startedIn(Number(minute))] ?? 0),
    version: Number(version),
    leases: Object.fromEntries(leases.map(([call, ends]) => [call, Number(ends)])),
  };
}

function attributesOf({ minute, started, leases }: CallCounts): Record<string, number> {
  return { minute, [startedIn(minute)]: started, taken: Object.keys(leases).length, ...leases };
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

/** Which attribute counts the calls of a minute. */
function startedIn(minute: number): string {
  return `started${minute % SLOTS}`;
}

function written(write: (signal: AbortSignal) => Promise<unknown>): Promise<boolean> {
  return writtenIf(WHAT, BUDGET, write);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
