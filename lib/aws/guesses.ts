import { BatchGetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { isObject } from '../jambonz/hook';
import { type Guesser, Undecided, type World } from '../jambonz/world';
import { subscriberOf } from '../registrar/address';
import type { AuthAttempt } from '../registrar/admission';
import type { Aor } from '../registrar/aor';
import {
  afterFailure,
  endOf,
  type GuessRecord,
  limitedBy,
  NO_GUESSES,
  type Tally,
} from '../registrar/guessing';
import { NOTED_EVERY_MS, noteUse } from './credential-uses';
import { lru } from './lru';
import { aorParts, endsAt, hashed, MEMORY_BUDGET, type MemoryTable, memoryKey } from './memory-table';
import { nameOf, withTries } from './tries';

/** A pair that authenticated is trusted so long, by every Lambda. */
const KNOWN_MS = 24 * 3600_000;
/** Of one address in one process, and of all that wrote theirs themselves. Beyond it nothing is written down. */
const MOST_WRITES_PER_SECOND = 50;
const MOST_CACHED = 20_000;

interface Remembered {
  readonly record: GuessRecord;
  /** Unix ms, or one more than before: of two writers at the same moment one loses its count. */
  readonly version: number;
}

const NOTHING: Remembered = { record: NO_GUESSES, version: 0 };

/** A pair that authenticated. */
interface Mark {
  /** Unix ms. */
  readonly until: number;
  /** The labels of the credentials that it used since. */
  readonly credentials: readonly string[];
}

/**
 * The limiter. A pair that authenticated in this process is never looked up, so a phone that stays costs nothing.
 * A pair that is new to this process costs one read (its mark and its source's record, in one request) whether its
 * answer is right or wrong: else the right password would open a window that another Lambda closed. A wrong answer
 * costs one write, which the next Lambda reads. When two Lambdas count at the same moment one count is lost: a
 * guesser with n connections gets up to n times as many tries before it is seen, and n per window after that.
 *
 * A source is an address (IPv6: its /64). An address that the device itself wrote blames nobody: such attempts
 * count by username alone, apart from all others.
 *
 * The mark of a pair is renewed twice a day, and with it is noted which credential opened the door.
 */
export function guesses(table: MemoryTable): World['guesser'] {
  const { now } = table;
  const known = lru<Mark>(MOST_CACHED);
  const records = lru<Remembered>(MOST_CACHED);
  const isWritable = writesPerSecond(now);

  const recall = async ({ pair, source }: Keys): Promise<void> => {
    const items = await readItems(table, [pair, source]);
    const mark = readMark(items.get(pair));
    if (mark) known.set(pair, mark);
    const [local, stored] = [records.get(source) ?? NOTHING, readRemembered(items.get(source))];
    records.set(source, local.version > stored.version ? local : stored);
  };
  const count = async ({ source, user, meter }: Keys): Promise<void> => {
    const before = records.get(source) ?? NOTHING;
    const record = afterFailure(before.record, user(), now());
    const after = { record, version: Math.max(before.version + 1, now()) };
    records.set(source, after);
    if (isWritable(meter)) await write(table, source, after);
  };

  return (aor, from): Guesser => {
    const keys = keysOf(aor, from);
    const { pair } = keys;
    const isKnown = () => (known.get(pair)?.until ?? 0) > now();
    const limitNow = () => limitedBy((records.get(keys.source) ?? NOTHING).record, keys.user(), now());
    const unlessBroken = (work: Promise<void>): Promise<void> =>
      work.catch((cause) => table.onTrouble({ what: 'guessing-not-checked', aor, cause }));
    return {
      limited: async () => {
        if (isKnown()) return undefined;
        // The pair's own window needs no look at its mark: a pair that has one is never counted.
        if (limitNow() === 'limited') return 'limited';
        await unlessBroken(recall(keys));
        return isKnown() ? undefined : limitNow();
      },
      failed: async () => {
        if (!isKnown()) await unlessBroken(count(keys));
      },
      succeeded: async (credential) => {
        const mark = markNow(known.get(pair), now());
        if (mark.credentials.includes(credential)) return;
        const { until } = mark;
        const marked = { until, credentials: [...mark.credentials, credential] };
        known.set(pair, marked);
        const [noted] = await Promise.all([
          noteUse(table, aor, credential),
          unlessBroken(put(table, { key: pair, ...marked, ...endsAt(until) })),
        ]);
        if (!noted) known.set(pair, mark);
      },
    };
  };
}

/** The mark that a success finds: the one there is, or a new one when it is time. */
function markNow(mark: Mark | undefined, now: number): Mark {
  return mark && mark.until - now > KNOWN_MS - NOTED_EVERY_MS
    ? mark
    : { until: now + KNOWN_MS, credentials: [] };
}

function writesPerSecond(now: () => number): (source: string) => boolean {
  const counts = lru<{ second: number; count: number }>(MOST_CACHED);
  return (source) => {
    const second = Math.floor(now() / 1000);
    const before = counts.get(source);
    const count = before?.second === second ? before.count + 1 : 1;
    counts.set(source, { second, count });
    return count <= MOST_WRITES_PER_SECOND;
  };
}

/** The items' keys, and the user's name in the record. */
interface Keys {
  readonly pair: string;
  readonly source: string;
  /** Whose writes are counted. */
  readonly meter: string;
  /** Only who is not known yet pays for the hash. */
  readonly user: () => string;
}

function keysOf(aor: Aor, { address, claimedByDevice }: AuthAttempt['source']): Keys {
  const user = aorParts(aor);
  const source = claimedByDevice ? 'forwarded' : (subscriberOf(address) ?? hashed(address));
  return {
    pair: memoryKey('known', source, ...user).key,
    source: memoryKey('guesses', source, ...(claimedByDevice ? user : [])).key,
    meter: source,
    user: () => hashed(user.join(' ')).slice(0, 12),
  };
}

async function readItems(
  { dynamodb, tableName }: MemoryTable,
  keys: readonly string[],
): Promise<Map<string, Record<string, unknown>>> {
  const command = new BatchGetCommand({
    RequestItems: { [tableName]: { Keys: keys.map((key) => ({ key })) } },
  });
  const { Responses, UnprocessedKeys } = await withTries('the memory table', MEMORY_BUDGET, (abortSignal) =>
    dynamodb.send(command, { abortSignal }),
  );
  // Half an answer could make a stranger of a known pair.
  if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw new Undecided('the memory table answered in part');
  const items = Responses?.[tableName] ?? [];
  return new Map(items.map((item) => [String(item.key), item]));
}

async function write(table: MemoryTable, source: string, { record, version }: Remembered): Promise<void> {
  await put(table, { key: source, record, version, ...endsAt(endOf(record)) }, version);
}

/** @param version written only over a lower one: whoever comes too late has nothing to add */
async function put(
  { dynamodb, tableName }: MemoryTable,
  item: Readonly<Record<string, unknown>>,
  version?: number,
): Promise<void> {
  const command = new PutCommand({
    TableName: tableName,
    Item: item,
    ...(version !== undefined && {
      ConditionExpression: 'attribute_not_exists(#version) OR #version < :version',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':version': version },
    }),
  });
  const send = (abortSignal: AbortSignal) => dynamodb.send(command, { abortSignal });
  await withTries('the memory table', MEMORY_BUDGET, send, [TOO_LATE]).catch((cause) => {
    if (nameOf(cause) !== TOO_LATE) throw cause;
  });
}

const TOO_LATE = 'ConditionalCheckFailedException';

/** What is no mark of ours counts as none. */
function readMark({ until, credentials }: Record<string, unknown> = {}): Mark | undefined {
  if (typeof until !== 'number') return undefined;
  return { until, credentials: Array.isArray(credentials) ? credentials : [] };
}

/** What is no record of ours counts as none. */
function readRemembered(item: Record<string, unknown> | undefined): Remembered {
  const { record, version } = item ?? {};
  if (!isObject(record) || !isObject(record.users) || typeof version !== 'number') return NOTHING;
  const users = Object.entries(record.users).flatMap(([user, tally]) =>
    isTally(tally) ? [[user, tally] as const] : [],
  );
  return {
    record: {
      users: Object.fromEntries(users),
      ...(isTally(record.address) && { address: record.address }),
    },
    version,
  };
}

function isTally(value: unknown): value is Tally {
  return (
    isObject(value) &&
    typeof value.since === 'number' &&
    typeof value.failures === 'number' &&
    typeof value.last === 'number'
  );
}
