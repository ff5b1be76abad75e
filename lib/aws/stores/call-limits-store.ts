import { Undecided } from '../../hooks/errors';
import {
  acquireLease,
  type CallCounts,
  type CallLimits,
  FIRST_LEASE_S,
  handedOnCall,
  type Lease,
  type LeaseResult,
  leaseEnd,
  minuteOf,
  NO_CALLS,
  type OwnerLimits,
  unconfirmed,
} from '../../registrar/calls/call-limits';
import type { Aor } from '../../registrar/record/aor';
import type { Input, Item } from '../client/dynamodb';
import { lru } from './lru';
import { aorParts, hashed, type MemoryTable, memoryKey, ttl } from './memory-table';
import { type Budget, conditionalWrite, withRetry } from './retry';
import { TTL_ATTRIBUTE } from './tables';

const RESOURCE = 'the seats of calls';
/** Of one reading or writing; a seat usually takes one. */
const BUDGET: Budget = { totalMs: 900, attemptMs: 300 };
/** A writer that loses has lost to another call that got in, so this is more than enough for a burst. */
const MAX_ATTEMPTS = 12;
/** Longer than any lease: neither counts nor ends may vanish under a call. */
const KEPT_MS = 3 * 24 * 3600 * 1000;
/** BatchGetItem takes so many keys at a time. */
const KEYS_PER_READ = 100;
/** Owners whose minute this process has counted in. */
const MAX_OWNERS_CACHED = 10_000;

/**
 * The memory table as the counter of calls: one item per owner of caps. A call costs one write and no read as long as
 * there is room: DynamoDB checks the caps in the conditional write that takes the seat, so parallel Lambdas cannot
 * take the same one. Under a rate a process that has not counted in this minute yet may need a second one, because
 * the first call of a minute begins the count anew. Only when that is refused (a cap is reached, or the call has its seat already) the item is read,
 * judged by `acquireLease`, and replaced if nobody changed it meanwhile.
 *
 * Everything in the item is an attribute of its own, because a map would have to be there before the first call:
 * `:<hash of the Call-ID>` a lease, when it ends; `taken` how many leases there are; `minute` the latest in which a
 * call was counted and `started` how many were; `version` how often the item was written.
 */
export function callLimitsStore(table: MemoryTable): CallLimits {
  const { dynamodb, now } = table;
  const minutes = lru<number>(MAX_OWNERS_CACHED);
  /** A minute that this process has not counted in yet has probably begun for nobody else. */
  const acquireAtOnce = async (call: string, limits: OwnerLimits, time: number): Promise<boolean> => {
    const { key } = countsKey(limits.owner);
    const minute = minuteOf(time);
    const [likely, other] =
      minutes.get(key) === minute ? (['goes-on', 'begins'] as const) : (['begins', 'goes-on'] as const);
    minutes.set(key, minute);
    const take = (state: MinuteState) =>
      written(table, (signal) =>
        dynamodb('UpdateItem', acquireInput(table.tableName, call, limits, time, state), signal),
      );
    return (await take(likely)) || (limits.callsPerMinute !== undefined && (await take(other)));
  };
  const take = async (call: string, limits: OwnerLimits): Promise<LeaseResult> => {
    // A cap of 0 has no room for the first call either, which the write below takes for granted.
    const { result: first } = acquireLease(NO_CALLS, call, limits, now());
    if (first !== 'acquired') return first;
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
      const time = now();
      if (await acquireAtOnce(call, limits, time)) return 'acquired';
      const result = await readAndAcquire(table, call, limits, time);
      if (result) return result;
      await pause(Math.random() * 10 * (attempts + 1));
    }
    throw new TooManyWriters('the seats of calls: too many writers');
  };
  return {
    acquire: (callId, limits) =>
      take(leaseOf(callId), limits).catch((cause) => {
        if (cause instanceof TooManyWriters) throw cause;
        table.onDegraded({ what: 'limits-not-checked', aor: limits.owner, cause });
        return 'unknown';
      }),
    extend: async (callId, lease) => {
      const input = extendInput(table.tableName, leaseOf(callId), lease, now());
      await written(table, (signal) => dynamodb('UpdateItem', input, signal)).catch((cause) =>
        table.onDegraded({ what: 'limits-not-checked', aor: lease.owner, cause }),
      );
    },
    handOn: async (callId, lease) => {
      const input = lease ? rename(table, callId, lease) : markEnded(table, leaseOf(callId));
      const operation = lease ? 'UpdateItem' : 'PutItem';
      try {
        await written(table, (signal) => dynamodb(operation, input, signal));
        return true;
      } catch (cause) {
        table.onDegraded({ what: 'limits-not-checked', aor: lease?.owner, cause });
        return false;
      }
    },
    release: async (callId, owner) => {
      const call = leaseOf(callId);
      const release = owner && releaseInput(table.tableName, owner, call);
      let attempts = 0;
      const send = (signal: AbortSignal): Promise<unknown> => {
        attempts++;
        return release
          ? dynamodb('UpdateItem', release, signal)
          : dynamodb('PutItem', markEnded(table, call), signal);
      };
      try {
        if (await written(table, send)) return 'ended';
        // The try before may have ended it, and its answer was lost.
        return attempts === 1 ? 'ended-before' : 'unknown';
      } catch (cause) {
        table.onDegraded({ what: 'end-of-call-not-noted', aor: owner, cause });
        return 'unknown';
      }
    },
  };
}

/** The table answers, but to others: letting the call go on uncounted would break the cap. */
class TooManyWriters extends Undecided {}

/** Whether a call is the first of its minute, or one of those counted in it. */
type MinuteState = 'begins' | 'goes-on';

function acquireInput(
  TableName: string,
  call: string,
  limits: OwnerLimits,
  time: number,
  state: MinuteState,
): Input {
  const { maxConcurrentCalls, callsPerMinute } = limits;
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
    Key: countsKey(limits.owner),
    ConditionExpression: conditions.join(' AND '),
    UpdateExpression: [
      `SET ${TTL_ATTRIBUTE} = :ends, #call = :until${begins ? ', #minute = :minute, started = :one' : ''}`,
      `ADD version :one, taken :one${goesOn ? ', started :one' : ''}`,
    ].join(' '),
    ExpressionAttributeNames: { '#call': call, ...(isRated && { '#minute': 'minute' }) },
    ExpressionAttributeValues: {
      ':one': 1,
      ':ends': ttl(time + KEPT_MS)[TTL_ATTRIBUTE],
      ':until': leaseEnd(FIRST_LEASE_S, time),
      ...(isCapped && { ':calls': maxConcurrentCalls }),
      ...(isRated && { ':minute': minuteOf(time) }),
      ...(goesOn && { ':rate': callsPerMinute }),
    },
  };
}

/** A lease that is gone stays gone: the call ended before this was reported. */
function extendInput(TableName: string, call: string, { owner, seconds }: Lease, time: number): Input {
  return {
    TableName,
    Key: countsKey(owner),
    ConditionExpression: '#call < :until',
    UpdateExpression: `SET #call = :until, ${TTL_ATTRIBUTE} = :ends ADD version :one`,
    ExpressionAttributeNames: { '#call': call },
    ExpressionAttributeValues: {
      ':one': 1,
      ':until': leaseEnd(seconds, time),
      ':ends': ttl(time + KEPT_MS)[TTL_ATTRIBUTE],
    },
  };
}

/** The caller's leg may have ended already, or have asked before: then there is no lease under its name. */
function rename({ tableName: TableName, now }: MemoryTable, callId: string, { owner }: Lease): Input {
  return {
    TableName,
    Key: countsKey(owner),
    ConditionExpression: 'attribute_exists(#call)',
    UpdateExpression: `SET #to = :until, ${TTL_ATTRIBUTE} = :ends REMOVE #call ADD version :one`,
    ExpressionAttributeNames: { '#call': leaseOf(callId), '#to': leaseOf(handedOnCall(callId)) },
    ExpressionAttributeValues: {
      ':one': 1,
      ':until': leaseEnd(FIRST_LEASE_S, now()),
      ':ends': ttl(now() + KEPT_MS)[TTL_ATTRIBUTE],
    },
  };
}

/** @returns undefined when somebody else wrote in between */
async function readAndAcquire(
  table: MemoryTable,
  call: string,
  limits: OwnerLimits,
  time: number,
): Promise<LeaseResult | undefined> {
  const { dynamodb, tableName: TableName } = table;
  const key = countsKey(limits.owner);
  const found = readCounts(await read(table, key));
  const judged = acquireLease(found, call, limits, time);
  const { result, counts } =
    judged.result === 'too-many-calls'
      ? acquireLease(await withoutEnded(table, judged.counts), call, limits, time)
      : judged;
  const lease = found.leases[call];
  if (result !== 'acquired' || (lease !== undefined && lease === counts.leases[call])) return result;
  const put: Input = {
    TableName,
    Item: { ...key, ...attributesOf(counts), version: found.version + 1, ...ttl(time + KEPT_MS) },
    ConditionExpression: 'attribute_not_exists(version) OR version = :version',
    ExpressionAttributeValues: { ':version': found.version },
  };
  return (await written(table, (signal) => dynamodb('PutItem', put, signal))) ? result : undefined;
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
  { dynamodb, tableName, timers }: MemoryTable,
  calls: readonly string[],
): Promise<readonly Item[]> {
  const input = { RequestItems: { [tableName]: { Keys: calls.map(endedKey), ConsistentRead: true } } };
  const ask = (signal: AbortSignal) => dynamodb('BatchGetItem', input, signal);
  const { Responses } = await withRetry(RESOURCE, BUDGET, ask, [], timers);
  return Responses?.[tableName] ?? [];
}

async function read(
  { dynamodb, tableName: TableName, timers }: MemoryTable,
  Key: { key: string },
): Promise<Item | undefined> {
  const input = { TableName, Key, ConsistentRead: true };
  const ask = (signal: AbortSignal) => dynamodb('GetItem', input, signal);
  const { Item } = await withRetry(RESOURCE, BUDGET, ask, [], timers);
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

function releaseInput(TableName: string, owner: Aor, call: string): Input {
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
    Item: { ...endedKey(call), ...ttl(now() + KEPT_MS) },
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

function written(
  { timers }: MemoryTable,
  write: (signal: AbortSignal) => Promise<unknown>,
): Promise<boolean> {
  return conditionalWrite(RESOURCE, BUDGET, write, timers);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
