import { createHash } from 'node:crypto';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
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
import { aorParts, endsAt, type MemoryTable, memoryKey } from './memory-table';
import { MEMORY_ENDS } from './names';
import { type Budget, nameOf, withTries } from './tries';

const WHAT = 'the seats of calls';
const CONDITION = 'ConditionalCheckFailedException';
/** Of one reading or writing; a seat usually takes one. */
const BUDGET: Budget = { wholeMs: 900, tryMs: 300 };
/** A writer that loses has lost to another call that got in, so this is more than enough for a burst. */
const MOST_TRIES = 12;
/** Longer than any lease: neither counts nor ends may vanish under a call. */
const KEPT_MS = 3 * 24 * 3600 * 1000;
/** So many leases are looked through for calls that ended unclaimed, before a caller is turned away. */
const MOST_LOOKED_THROUGH = 25;

/**
 * The memory table as the counter of calls: one item per owner of caps, with a lease per call. Nobody reads before
 * writing as long as there is room: DynamoDB checks the caps in the one conditional write that takes the seat, so
 * parallel Lambdas cannot take the same one. Only when that is refused (a cap is reached, a new minute began, or
 * there is no item yet) the item is read, judged by `takeSeat`, and replaced if nobody changed it meanwhile.
 */
export function seatsTable(table: MemoryTable): Seats {
  const { dynamodb, now } = table;
  return {
    take: async (callId, caps) => {
      const call = leaseOf(callId);
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const time = now();
        const command = takeAtOnce(table.tableName, call, caps, time);
        if (await written((abortSignal) => dynamodb.send(command, { abortSignal }))) return 'taken';
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
      const send = (abortSignal: AbortSignal): Promise<unknown> => {
        tries++;
        return release
          ? dynamodb.send(release, { abortSignal })
          : dynamodb.send(markEnded(table, call), { abortSignal });
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

function takeAtOnce(TableName: string, call: string, caps: Caps, time: number): UpdateCommand {
  const { maxConcurrentCalls, callsPerMinute } = caps;
  const counted = maxConcurrentCalls !== undefined;
  const rated = callsPerMinute !== undefined;
  const conditions = [
    'attribute_exists(#version)',
    ...(counted ? ['attribute_not_exists(#leases.#call)', 'size(#leases) < :calls'] : []),
    ...(rated ? ['#minute = :minute', '#started < :rate'] : []),
  ];
  return new UpdateCommand({
    TableName,
    Key: countsKey(caps.owner),
    UpdateExpression: `SET #started = #started + :one, #version = #version + :one, #ends = :ends${counted ? ', #leases.#call = :until' : ''}`,
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: {
      '#started': 'started',
      '#version': 'version',
      '#ends': MEMORY_ENDS,
      ...(counted && { '#leases': 'leases', '#call': call }),
      ...(rated && { '#minute': 'minute' }),
    },
    ExpressionAttributeValues: {
      ':one': 1,
      ':ends': endsAt(time + KEPT_MS)[MEMORY_ENDS],
      ...(counted && { ':calls': maxConcurrentCalls, ':until': leaseEnd(caps, time) }),
      ...(rated && { ':minute': minuteOf(time), ':rate': callsPerMinute }),
    },
  });
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
  if (seat !== 'taken' || Object.hasOwn(found.leases, call)) return seat;
  const put = new PutCommand({
    TableName,
    Item: { ...key, ...counts, version: found.version + 1, ...endsAt(time + KEPT_MS) },
    ConditionExpression: 'attribute_not_exists(#version) OR #version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': found.version },
  });
  return (await written((abortSignal) => dynamodb.send(put, { abortSignal }))) ? seat : undefined;
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
): Promise<Record<string, unknown> | undefined> {
  const command = new GetCommand({ TableName, Key, ConsistentRead: true });
  const { Item } = await withTries(WHAT, BUDGET, (abortSignal) => dynamodb.send(command, { abortSignal }));
  return Item;
}

function readCounts(item: Record<string, unknown> | undefined): CallCounts & { readonly version: number } {
  if (!item) return { ...NO_CALLS, version: 0 };
  const { minute, started, version, leases } = item;
  return {
    minute: Number(minute),
    started: Number(started),
    version: Number(version),
    leases: Object.fromEntries(Object.entries(leases ?? {}).map(([call, ends]) => [call, Number(ends)])),
  };
}

function giveBack(TableName: string, owner: Aor, call: string): UpdateCommand {
  return new UpdateCommand({
    TableName,
    Key: countsKey(owner),
    UpdateExpression: 'REMOVE #leases.#call SET #version = #version + :one',
    ConditionExpression: 'attribute_exists(#leases.#call)',
    ExpressionAttributeNames: { '#leases': 'leases', '#call': call, '#version': 'version' },
    ExpressionAttributeValues: { ':one': 1 },
  });
}

function markEnded({ tableName: TableName, now }: MemoryTable, call: string): PutCommand {
  return new PutCommand({
    TableName,
    Item: { ...endedKey(call), ...endsAt(now() + KEPT_MS) },
    ConditionExpression: 'attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': 'key' },
  });
}

function countsKey(owner: Aor): { key: string } {
  return memoryKey('calls', ...aorParts(owner));
}

function endedKey(call: string): { key: string } {
  return memoryKey('ended', call);
}

/** Call-IDs are long; the item that holds a thousand leases should not be. */
function leaseOf(callId: string): string {
  return createHash('sha256').update(callId).digest('base64url').slice(0, 16);
}

/** @returns false when the condition did not hold */
async function written(write: (signal: AbortSignal) => Promise<unknown>): Promise<boolean> {
  try {
    await withTries(WHAT, BUDGET, write, [CONDITION]);
    return true;
  } catch (cause) {
    if (nameOf(cause) === CONDITION) return false;
    throw cause;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
