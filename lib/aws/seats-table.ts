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
import type { DynamoDB } from './dynamodb';
import { MEMORY_ENDS } from './names';

/** All tries together: a caller waits for it. */
const BUDGET_MS = 900;
/** A writer that loses has lost to another call that got in, so this is more than enough for a burst. */
const MOST_TRIES = 12;
/** Longer than any lease: neither counts nor ends may vanish under a call. */
const KEPT_S = 3 * 24 * 3600;
/** So many leases are looked through for calls that ended unclaimed, before a caller is turned away. */
const MOST_LOOKED_THROUGH = 25;

/**
 * The memory table as the counter of calls: one item per owner of caps, with a lease per call. Nobody reads before
 * writing as long as there is room: DynamoDB checks the caps in the one conditional write that takes the seat, so
 * parallel Lambdas cannot take the same one. Only when that is refused (a cap is reached, a new minute began, or
 * there is no item yet) the item is read, judged by `takeSeat`, and replaced if nobody changed it meanwhile.
 */
export function seatsTable(dynamodb: DynamoDB, tableName: string, now: () => number): Seats {
  return {
    take: (callId, caps) =>
      deciding(async (abortSignal) => {
        const call = leaseOf(callId);
        const key = countsKey(caps.owner);
        for (let tries = 0; tries < MOST_TRIES; tries++) {
          const time = now();
          if (await written(dynamodb.send(takeAtOnce(tableName, key, call, caps, time), { abortSignal })))
            return 'taken';
          const taken = await readAndTake(dynamodb, tableName, key, call, caps, time, abortSignal);
          if (taken) return taken;
          await pause(Math.random() * 10 * (tries + 1));
        }
        throw new Error('too many writers');
      }),
    end: (callId, owner) =>
      deciding((abortSignal) => {
        const call = leaseOf(callId);
        return written(
          owner
            ? dynamodb.send(giveBack(tableName, countsKey(owner), call), { abortSignal })
            : dynamodb.send(markEnded(tableName, endedKey(call), now()), { abortSignal }),
        );
      }),
  };
}

function takeAtOnce(TableName: string, key: string, call: string, caps: Caps, time: number): UpdateCommand {
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
    Key: { key },
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
      ':ends': seconds(time) + KEPT_S,
      ...(counted && { ':calls': maxConcurrentCalls, ':until': leaseEnd(caps, time) }),
      ...(rated && { ':minute': minuteOf(time), ':rate': callsPerMinute }),
    },
  });
}

/** @returns undefined when somebody else wrote in between */
async function readAndTake(
  dynamodb: DynamoDB,
  TableName: string,
  key: string,
  call: string,
  caps: Caps,
  time: number,
  abortSignal: AbortSignal,
): Promise<Seat | undefined> {
  const get = new GetCommand({ TableName, Key: { key }, ConsistentRead: true });
  const { Item } = await dynamodb.send(get, { abortSignal });
  const found = readCounts(Item);
  const judged = takeSeat(found, call, caps, time);
  const { seat, counts } =
    judged.seat === 'too-many-calls'
      ? takeSeat(await withoutEnded(dynamodb, TableName, judged.counts, abortSignal), call, caps, time)
      : judged;
  if (seat !== 'taken' || Object.hasOwn(found.leases, call)) return seat;
  const put = new PutCommand({
    TableName,
    Item: { key, ...counts, version: found.version + 1, [MEMORY_ENDS]: seconds(time) + KEPT_S },
    ConditionExpression: 'attribute_not_exists(#version) OR #version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': found.version },
  });
  return (await written(dynamodb.send(put, { abortSignal }))) ? seat : undefined;
}

/** A caller who hung up before jambonz knew whose call it was has left a mark, but the seat is still taken. */
async function withoutEnded(
  dynamodb: DynamoDB,
  TableName: string,
  counts: CallCounts,
  abortSignal: AbortSignal,
): Promise<CallCounts> {
  const calls = Object.keys(counts.leases).slice(0, MOST_LOOKED_THROUGH);
  const marks = await Promise.all(
    calls.map((call) =>
      dynamodb.send(new GetCommand({ TableName, Key: { key: endedKey(call) } }), { abortSignal }),
    ),
  );
  const ended = new Set(calls.filter((_, at) => marks[at]?.Item !== undefined));
  const leases = Object.entries(counts.leases).filter(([call]) => !ended.has(call));
  return { ...counts, leases: Object.fromEntries(leases) };
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

function giveBack(TableName: string, key: string, call: string): UpdateCommand {
  return new UpdateCommand({
    TableName,
    Key: { key },
    UpdateExpression: 'REMOVE #leases.#call SET #version = #version + :one',
    ConditionExpression: 'attribute_exists(#leases.#call)',
    ExpressionAttributeNames: { '#leases': 'leases', '#call': call, '#version': 'version' },
    ExpressionAttributeValues: { ':one': 1 },
  });
}

function markEnded(TableName: string, key: string, time: number): PutCommand {
  return new PutCommand({
    TableName,
    Item: { key, [MEMORY_ENDS]: seconds(time) + KEPT_S },
    ConditionExpression: 'attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': 'key' },
  });
}

function countsKey({ username, realm }: Aor): string {
  return `calls ${realm} ${username}`;
}

function endedKey(call: string): string {
  return `ended ${call}`;
}

/** Call-IDs are long; the item that holds a thousand leases should not be. */
function leaseOf(callId: string): string {
  return createHash('sha256').update(callId).digest('base64url').slice(0, 16);
}

function seconds(time: number): number {
  return Math.ceil(time / 1000);
}

/** false: the condition did not hold. */
async function written(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ConditionalCheckFailedException') return false;
    throw cause;
  }
}

async function deciding<T>(work: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await work(AbortSignal.timeout(BUDGET_MS));
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : 'unknown error';
    throw new Undecided(`the calls could not be counted: ${name}`, { cause });
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
