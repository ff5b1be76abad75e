import { Undecided } from '../../hooks/errors';
import { newlyLow, type Reservation, secondsLeft } from '../../registrar/calls/budget';
import { dayIn } from '../../registrar/calls/calendar-day';
import {
  acquireLease,
  type CallCounts,
  type CallLimits,
  endCall,
  FIRST_LEASE_S,
  handedOnCall,
  type Lease,
  type LeaseAcquired,
  type LeaseResult,
  leaseEnd,
  minuteOf,
  NO_CALLS,
  type OwnerLimits,
  unconfirmed,
} from '../../registrar/calls/call-limits';
import type { Aor } from '../../registrar/record/aor';
import type { Input, Item, Operation, Output } from '../client/dynamodb';
import { REAL_TIMERS } from '../client/timers';
import { lru } from './lru';
import { aorParts, askMemory, hashed, type MemoryTable, memoryKey, ttl, writeMemoryIf } from './memory-table';
import type { Budget } from './retry';
import { TTL_ATTRIBUTE } from './tables';

/** Of one read or write; a lease usually takes one. */
const TIME_BUDGET: Budget = { totalMs: 900, attemptMs: 300 };
/** A writer that loses has lost to another call that got in, so this is more than enough for a burst. */
const MAX_ATTEMPTS = 12;
/** Longer than any lease: neither counts nor ends may vanish under a call. */
const KEPT_MS = 3 * 24 * 3600 * 1000;
/** BatchGetItem takes so many keys at a time. */
const KEYS_PER_READ = 100;
/** Owners of whom this process remembers what it last counted. */
const MAX_OWNERS_CACHED = 10_000;
/** Where no cap says how many: with more leases than this, those that ended are looked for. */
const MOST_LEASES = 5_000;

/**
 * The memory table as the counter of calls: one item per owner of caps. A call costs one write and no read as long as
 * there is room: DynamoDB checks the caps in the conditional write that takes the lease and reserves the minutes, so
 * parallel Lambdas cannot take the same ones. The item is read, judged by `acquireLease`, and replaced if nobody changed
 * it meanwhile, when that write is refused (a cap is reached, or the call has its lease already), and when this process
 * does not know of room for a call of full length: its first call of the day under a budget, and the last ones. Under a
 * rate a process that has not counted in this minute yet may need a second write, because the first call of a minute
 * begins the count anew.
 *
 * Everything in the item is an attribute of its own, because a map would have to be there before the first call:
 * `:<hash of the Call-ID>` a lease, when it ends; `taken` how many leases there are; `minute` the latest in which a
 * call was counted and `started` how many were; `day` the latest under a budget, `spent <budget>` the seconds used and
 * reserved on it, and `reserved:<hash of the Call-ID>` what a call of that day reserved, and of which budgets;
 * `version` how often the item was written.
 */
export function callLimitsStore(table: MemoryTable): CallLimits {
  const { now, tableName, timers = REAL_TIMERS } = table;
  const remembered = lru<Remembered>(MAX_OWNERS_CACHED);
  const reportOnce = onceADay();
  /** @returns undefined when the write was refused, or was not worth a try */
  const acquireAtOnce = async (
    call: string,
    limits: OwnerLimits,
    time: number,
  ): Promise<LeaseAcquired | undefined> => {
    const { key } = countsKey(limits.owner);
    const known = remembered.get(key) ?? NOTHING_KNOWN;
    if (!hasRoom(known, limits, time)) return undefined;
    const minute = minuteOf(time);
    const [likely, other] =
      known.minute === minute ? (['goes-on', 'begins'] as const) : (['begins', 'goes-on'] as const);
    remembered.set(key, { ...known, minute });
    const states = limits.callsPerMinute === undefined ? [likely] : [likely, other];
    for (const state of states) {
      const spent = await take(table, call, limits, time, state);
      if (!spent) continue;
      remembered.set(key, { minute, day: known.day, spent: { ...known.spent, ...spent } });
      return acquiredLease(limits, time, spent);
    }
    return undefined;
  };
  const takeForSure = async (call: string, limits: OwnerLimits): Promise<LeaseResult> => {
    // A cap of 0 has no room for the first call either, which the write below takes for granted.
    const { answer: first } = acquireLease(NO_CALLS, call, limits, now());
    if (first.result !== 'acquired') return first;
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
      const time = now();
      const taken = await acquireAtOnce(call, limits, time);
      if (taken) return reportOnce(taken, limits, time);
      const judged = await readAndAcquire(table, call, limits, time);
      if (judged) {
        const { minute, day, spent } = judged.counts;
        remembered.set(countsKey(limits.owner).key, { minute, day, spent });
        return judged.answer.result === 'acquired' ? reportOnce(judged.answer, limits, time) : judged.answer;
      }
      await timers.sleep(Math.random() * 10 * (attempts + 1));
    }
    throw new TooManyWriters('the seats of calls: too many writers');
  };
  return {
    acquire: (callId, limits) =>
      takeForSure(leaseOf(callId), limits).catch((cause) => {
        if (cause instanceof TooManyWriters) throw cause;
        table.onDegraded({ what: 'limits-not-checked', aor: limits.owner, cause });
        return { result: 'unknown' };
      }),
    undo: async (callId, owner, { until, reserved }) => {
      if (until === undefined) return;
      const held = { lease: { until }, ...(isHeld(reserved) && { reservation: reserved }) };
      const input = releaseInput(tableName, owner, leaseOf(callId), 0, held);
      await write(askedOnce(table), 'UpdateItem', input).catch((cause) =>
        table.onDegraded({ what: 'limits-not-checked', aor: owner, cause }),
      );
    },
    extend: async (callId, lease) => {
      const input = extendInput(tableName, leaseOf(callId), lease, now());
      await write(table, 'UpdateItem', input).catch((cause) =>
        table.onDegraded({ what: 'limits-not-checked', aor: lease.owner, cause }),
      );
    },
    handOn: async (callId, lease) => {
      try {
        await (lease ? handOnCounted(table, callId, lease) : endUncounted(table, leaseOf(callId)));
        return true;
      } catch (cause) {
        table.onDegraded({ what: 'limits-not-checked', aor: lease?.owner, cause });
        return false;
      }
    },
    release: async (callId, lease, used) => {
      const call = leaseOf(callId);
      try {
        return await (lease ? endCounted(table, call, lease, used) : endUncounted(table, call));
      } catch (cause) {
        table.onDegraded({ what: 'end-of-call-not-noted', aor: lease?.owner, cause });
        return 'unknown';
      }
    },
  };
}

/** The table answers, but to others: letting the call go on uncounted would break the cap. */
class TooManyWriters extends Undecided {}

/** What this process last counted for an owner. */
type Remembered = Pick<CallCounts, 'minute' | 'day' | 'spent'>;
const NOTHING_KNOWN: Remembered = NO_CALLS;

/** A budget that is low is reported once a day by each process: calls that end make room, and others take it again. */
function onceADay(): (taken: LeaseAcquired, limits: OwnerLimits, time: number) => LeaseAcquired {
  const reported = lru<string>(MAX_OWNERS_CACHED);
  return (taken, { owner, timeZone }, time) => {
    if (taken.low.length === 0) return taken;
    const day = dayIn(timeZone, time);
    const low = taken.low.filter(({ name }) => {
      const key = `${countsKey(owner).key} ${name}`;
      if (reported.get(key) === day) return false;
      reported.set(key, day);
      return true;
    });
    return { ...taken, low };
  };
}

/** Is there room for a call of full length, as far as this process knows? The write that takes it makes sure. */
function hasRoom(
  { day, spent }: Remembered,
  { budgets, timeZone, callSeconds }: OwnerLimits,
  time: number,
): boolean {
  if (budgets.length === 0) return true;
  return day === dayIn(timeZone, time) && secondsLeft(budgets, spent) >= callSeconds;
}

/** Whether a call is the first of its minute, or one of those counted in it. */
type MinuteState = 'begins' | 'goes-on';

/**
 * Takes a lease, and reserves all that the call may talk.
 * @returns by budget what is spent now; undefined when the condition does not hold
 */
async function take(
  table: MemoryTable,
  call: string,
  limits: OwnerLimits,
  time: number,
  state: MinuteState,
): Promise<CallCounts['spent'] | undefined> {
  const input = acquireInput(table.tableName, call, limits, time, state);
  let output: Output = {};
  const isWritten = await write(table, 'UpdateItem', input, (answer) => {
    output = answer;
  });
  return isWritten ? readCounts(output.Attributes).spent : undefined;
}

function acquiredLease(
  { budgets, callSeconds }: OwnerLimits,
  time: number,
  spent: CallCounts['spent'],
): LeaseAcquired {
  const isReserved = budgets.length > 0;
  return {
    result: 'acquired',
    until: leaseEnd(FIRST_LEASE_S, time),
    reserved: isReserved ? { seconds: callSeconds, budgets: budgets.map(({ name }) => name) } : undefined,
    would: [],
    low: newlyLow(budgets, spent, callSeconds),
  };
}

function acquireInput(
  TableName: string,
  call: string,
  limits: OwnerLimits,
  time: number,
  state: MinuteState,
): Input {
  const { maxConcurrentCalls = MOST_LEASES, callsPerMinute, budgets, callSeconds, timeZone } = limits;
  const isRated = callsPerMinute !== undefined;
  const begins = isRated && state === 'begins';
  const goesOn = isRated && state === 'goes-on';
  const isBudgeted = budgets.length > 0;
  const reserved = { seconds: callSeconds, budgets: budgets.map(({ name }) => name) };
  const conditions = [
    'attribute_not_exists(#call)',
    '(attribute_not_exists(taken) OR taken < :calls)',
    ...(begins ? ['(attribute_not_exists(#minute) OR #minute < :minute)'] : []),
    ...(goesOn ? ['(#minute = :minute AND started < :rate)'] : []),
    ...(isBudgeted ? ['#day = :day', 'attribute_not_exists(#reserved)'] : []),
    ...budgets.map((_, at) => `(attribute_not_exists(#spent${at}) OR #spent${at} <= :most${at})`),
  ];
  const sets = [
    `${TTL_ATTRIBUTE} = :ends`,
    '#call = :until',
    ...(begins ? ['#minute = :minute', 'started = :one'] : []),
    ...(isBudgeted ? ['#reserved = :reserved'] : []),
  ];
  const adds = [
    'version :one',
    'taken :one',
    ...(goesOn ? ['started :one'] : []),
    ...budgets.map((_, at) => `#spent${at} :seconds`),
  ];
  return {
    TableName,
    Key: countsKey(limits.owner),
    ConditionExpression: conditions.join(' AND '),
    UpdateExpression: `SET ${sets.join(', ')} ADD ${adds.join(', ')}`,
    ExpressionAttributeNames: {
      '#call': call,
      ...(isRated && { '#minute': 'minute' }),
      ...(isBudgeted && { '#day': 'day', '#reserved': RESERVED + call }),
      ...Object.fromEntries(budgets.map(({ name }, at) => [`#spent${at}`, SPENT + name])),
    },
    ExpressionAttributeValues: {
      ':one': 1,
      ':ends': ttl(time + KEPT_MS)[TTL_ATTRIBUTE],
      ':until': leaseEnd(FIRST_LEASE_S, time),
      ':calls': maxConcurrentCalls,
      ...(isRated && { ':minute': minuteOf(time) }),
      ...(goesOn && { ':rate': callsPerMinute }),
      ...(isBudgeted && {
        ':day': dayIn(timeZone, time),
        ':reserved': writeReservation(reserved),
        ':seconds': callSeconds,
      }),
      ...Object.fromEntries(budgets.map(({ seconds }, at) => [`:most${at}`, seconds - callSeconds])),
    },
    ...(isBudgeted && { ReturnValues: 'UPDATED_NEW' }),
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

/** @returns undefined when somebody else wrote in between */
async function readAndAcquire(
  table: MemoryTable,
  call: string,
  limits: OwnerLimits,
  time: number,
): Promise<ReturnType<typeof acquireLease> | undefined> {
  const key = countsKey(limits.owner);
  const found = readCounts(await read(table, key));
  const first = acquireLease(found, call, limits, time);
  const judged = isShort(first.answer, limits)
    ? acquireLease(await withoutEnded(table, found), call, limits, time)
    : first;
  if (judged.answer.result !== 'acquired') return judged;
  const put: Input = {
    TableName: table.tableName,
    Item: { ...key, ...attributesOf(judged.counts), version: found.version + 1, ...ttl(time + KEPT_MS) },
    ConditionExpression: 'attribute_not_exists(version) OR version = :version',
    ExpressionAttributeValues: { ':version': found.version },
  };
  return (await write(table, 'PutItem', put)) ? judged : undefined;
}

/** Would the call get more if others had ended? */
function isShort(answer: ReturnType<typeof acquireLease>['answer'], { callSeconds }: OwnerLimits): boolean {
  if (answer.result !== 'acquired') return answer.result !== 'too-many-calls-per-minute';
  return answer.would.length > 0 || (answer.reserved?.seconds ?? callSeconds) < callSeconds;
}

/** A caller who hung up before jambonz knew whose call it was has left a mark, but holds what it took. It never talked. */
async function withoutEnded(
  table: MemoryTable,
  counts: CallCounts & { readonly version: number },
): Promise<CallCounts> {
  const calls = unconfirmed(counts, table.now());
  const parts = Array.from({ length: Math.ceil(calls.length / KEYS_PER_READ) }, (_, at) =>
    calls.slice(at * KEYS_PER_READ, (at + 1) * KEYS_PER_READ),
  );
  const marks = (await Promise.all(parts.map((part) => readMarks(table, part)))).flat();
  const ended = new Set(marks.map(({ key }) => key));
  return calls
    .filter((call) => ended.has(endedKey(call).key))
    .reduce<CallCounts>((left, call) => endCall(left, call, 0).counts, counts);
}

/** What DynamoDB leaves out of an answer counts as no mark: its call counts until its lease ends. */
async function readMarks(table: MemoryTable, calls: readonly string[]): Promise<readonly Item[]> {
  const { tableName } = table;
  const input = { RequestItems: { [tableName]: { Keys: calls.map(endedKey), ConsistentRead: true } } };
  const { Responses } = await askMemory(table, 'BatchGetItem', input, TIME_BUDGET);
  return Responses?.[tableName] ?? [];
}

async function read(table: MemoryTable, Key: { key: string }): Promise<Item | undefined> {
  const input = { TableName: table.tableName, Key, ConsistentRead: true };
  const { Item } = await askMemory(table, 'GetItem', input, TIME_BUDGET);
  return Item;
}

/** Attributes of budgets and reservations are called by one of these and what they are about. */
const SPENT = 'spent ';
const RESERVED = 'reserved';

/** Malformed counts count nothing. */
export function readCounts(item: Item = {}): CallCounts & { readonly version: number } {
  const leases: Record<string, number> = {};
  const spent: Record<string, number> = {};
  const reserved: Record<string, Reservation> = {};
  for (const [name, value] of Object.entries(item)) {
    const reservation = name.startsWith(RESERVED) ? readReservation(value) : undefined;
    if (name.startsWith(':')) leases[name] = numberIn(value);
    else if (name.startsWith(SPENT)) spent[name.slice(SPENT.length)] = numberIn(value);
    else if (reservation) reserved[name.slice(RESERVED.length)] = reservation;
  }
  return {
    minute: numberIn(item.minute),
    started: numberIn(item.started),
    version: numberIn(item.version),
    leases,
    day: typeof item.day === 'string' ? item.day : NO_CALLS.day,
    spent,
    reserved,
  };
}

function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function attributesOf({ minute, started, leases, day, spent, reserved }: CallCounts): Item {
  const named = <Value>(prefix: string, values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
  return {
    minute,
    started,
    taken: Object.keys(leases).length,
    ...leases,
    ...(day !== NO_CALLS.day && { day }),
    ...named(SPENT, spent),
    ...named(
      RESERVED,
      Object.fromEntries(Object.entries(reserved).map(([call, it]) => [call, writeReservation(it)])),
    ),
  };
}

/** Seconds and budgets, in a text that conditions can compare: `600 * 53,881`. No name of a budget holds a space. */
function writeReservation({ seconds, budgets }: Reservation): string {
  return [seconds, ...budgets].join(' ');
}

function readReservation(value: unknown): Reservation | undefined {
  if (typeof value !== 'string' || !/^\d+( \S+)+$/.test(value)) return undefined;
  const [seconds, ...budgets] = value.split(' ');
  return { seconds: Number(seconds), budgets };
}

type EndOfCall = 'ended' | 'ended-before' | 'unknown';

/**
 * Usually one write. The call may hold its lease only (a new day began, or there was no budget), or its reservation
 * only (the lease ended unreported, and another call took its place): then the item says which.
 */
async function endCounted(
  table: MemoryTable,
  call: string,
  { owner, reserved }: Lease,
  used: number,
): Promise<EndOfCall> {
  let attempts = 0;
  const send = (held: Held) => {
    const input = releaseInput(table.tableName, owner, call, used, held);
    return write(table, 'UpdateItem', input, undefined, () => {
      attempts++;
    });
  };
  if (await send({ lease: 'any', ...(isHeld(reserved) && { reservation: reserved }) })) return 'ended';
  // The try before may have ended it, and its answer was lost.
  const before: EndOfCall = attempts === 1 ? 'ended-before' : 'unknown';
  if (!isHeld(reserved)) return before;
  const { leases, reserved: all } = readCounts(await read(table, countsKey(owner)));
  const [lease, reservation] = [leases[call], all[call]];
  if (lease === undefined && !reservation) return before;
  const left: Held = { ...(lease !== undefined && { lease: 'any' }), ...(reservation && { reservation }) };
  return (await send(left)) ? 'ended' : 'unknown';
}

/** What the call reserved may be gone: a new day began. */
async function handOnCounted(table: MemoryTable, callId: string, lease: Lease): Promise<void> {
  const { reserved } = lease;
  const isWhole =
    isHeld(reserved) && (await write(table, 'UpdateItem', handOnInput(table, callId, lease, reserved)));
  if (!isWhole) await write(table, 'UpdateItem', handOnInput(table, callId, lease, undefined));
}

/** The caller's leg may have ended already, or have asked before: then there is no lease under its name. */
function handOnInput(
  { tableName: TableName, now }: MemoryTable,
  callId: string,
  { owner }: Lease,
  reserved: Reservation | undefined,
): Input {
  const [from, to] = [leaseOf(callId), leaseOf(handedOnCall(callId))];
  return {
    TableName,
    Key: countsKey(owner),
    ConditionExpression: `attribute_exists(#call)${reserved ? ' AND #reserved = :reserved' : ''}`,
    UpdateExpression: [
      `SET #to = :until, ${TTL_ATTRIBUTE} = :ends${reserved ? ', #reservedTo = :reserved' : ''}`,
      `REMOVE #call${reserved ? ', #reserved' : ''}`,
      'ADD version :one',
    ].join(' '),
    ExpressionAttributeNames: {
      '#call': from,
      '#to': to,
      ...(reserved && { '#reserved': RESERVED + from, '#reservedTo': RESERVED + to }),
    },
    ExpressionAttributeValues: {
      ':one': 1,
      ':until': leaseEnd(FIRST_LEASE_S, now()),
      ':ends': ttl(now() + KEPT_MS)[TTL_ATTRIBUTE],
      ...(reserved && { ':reserved': writeReservation(reserved) }),
    },
  };
}

/** A call that reserved nothing has nothing to give back. */
function isHeld(reserved: Reservation | undefined): reserved is Reservation {
  return reserved !== undefined && reserved.seconds > 0;
}

async function endUncounted(table: MemoryTable, call: string): Promise<EndOfCall> {
  let attempts = 0;
  const isWritten = await write(table, 'PutItem', markEnded(table, call), undefined, () => {
    attempts++;
  });
  if (isWritten) return 'ended';
  return attempts === 1 ? 'ended-before' : 'unknown';
}

/**
 * A table that takes one request. Of a second one, after an answer that was lost, nobody could say whether it takes back
 * what the call took again meanwhile.
 */
function askedOnce({ dynamodb, ...table }: MemoryTable): MemoryTable {
  let isAsked = false;
  return {
    ...table,
    dynamodb: async (...request) => {
      if (isAsked) throw new Undecided('asked once, and the answer was lost');
      isAsked = true;
      return dynamodb(...request);
    },
  };
}

/** What a call must hold to be ended: a lease, any or just this one, and just this reservation. */
interface Held {
  readonly lease?: 'any' | { readonly until: number };
  readonly reservation?: Reservation;
}

/** Gives back what the call holds, of its budgets what it reserved less what it used. */
function releaseInput(
  TableName: string,
  owner: Aor,
  call: string,
  used: number,
  { lease, reservation }: Held,
): Input {
  const { seconds = 0, budgets = [] } = reservation ?? {};
  const conditions = [
    ...(lease === 'any' ? ['attribute_exists(#call)'] : []),
    ...(typeof lease === 'object' ? ['#call = :until'] : []),
    ...(reservation ? ['#reserved = :reserved'] : []),
  ];
  const removed = [...(lease ? ['#call'] : []), ...(reservation ? ['#reserved'] : [])];
  const added = [
    'version :one',
    ...(lease ? ['taken :less'] : []),
    ...budgets.map((_, at) => `#spent${at} :seconds`),
  ];
  return {
    TableName,
    Key: countsKey(owner),
    UpdateExpression: `REMOVE ${removed.join(', ')} ADD ${added.join(', ')}`,
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: {
      ...(lease && { '#call': call }),
      ...(reservation && { '#reserved': RESERVED + call }),
      ...Object.fromEntries(budgets.map((name, at) => [`#spent${at}`, SPENT + name])),
    },
    ExpressionAttributeValues: {
      ':one': 1,
      ...(lease && { ':less': -1 }),
      ...(typeof lease === 'object' && { ':until': lease.until }),
      ...(reservation && { ':reserved': writeReservation(reservation), ':seconds': used - seconds }),
    },
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

/** The item that holds the counts of an owner's calls. */
export function countsKey(owner: Aor): { key: string } {
  return memoryKey('calls', ...aorParts(owner));
}

function endedKey(call: string): { key: string } {
  return memoryKey('ended', call);
}

/** The name of a lease. Call-IDs are long; the item that holds a thousand of them should not be. */
function leaseOf(callId: string): string {
  return hashed(callId).slice(0, 17);
}

/**
 * Writes under the input's condition.
 * @param onAnswer called with the answer
 * @param onTry called at each try
 * @returns false when the condition does not hold
 */
function write(
  { dynamodb, ...table }: MemoryTable,
  operation: Operation,
  input: Input,
  onAnswer: (output: Output) => void = () => {},
  onTry: () => void = () => {},
): Promise<boolean> {
  const heard: typeof dynamodb = async (...request) => {
    onTry();
    const output = await dynamodb(...request);
    onAnswer(output);
    return output;
  };
  return writeMemoryIf({ ...table, dynamodb: heard }, operation, input, TIME_BUDGET);
}
