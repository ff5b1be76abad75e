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
import { isObject } from '../registrar/json';
import type { Item } from './dynamodb';
import { lru } from './lru';
import { aorParts, endsAt, hashed, MEMORY_BUDGET, type MemoryTable, memoryKey } from './memory-table';
import {
  afterSuccess,
  forgotten,
  NO_SUCCESS,
  noteSuccess,
  readSuccesses,
  type Successes,
  successesKey,
} from './successes';
import { withTries, writtenIf } from './tries';

/** Of one address in one process, and of all that wrote theirs themselves. Beyond it nothing is written down. */
const MOST_WRITES_PER_SECOND = 50;
const MOST_CACHED = 20_000;

interface Remembered {
  readonly record: GuessRecord;
  /** Unix ms, or one more than before: of two writers at the same moment one loses its count. */
  readonly version: number;
}

const NOTHING: Remembered = { record: NO_GUESSES, version: 0 };

/**
 * The limiter. A pair that authenticated in this process is never looked up, so a phone that stays costs nothing.
 * A pair that is new to this process costs one read (its account's and its source's record, in one request) whether its
 * answer is right or wrong: else the right password would open a window that another Lambda closed. A wrong answer
 * costs one write, which the next Lambda reads. When two Lambdas count at the same moment one count is lost: a
 * guesser with n connections gets up to n times as many tries before it is seen, and n per window after that.
 *
 * A source is an address (IPv6: its /64). An address that the device itself wrote blames nobody: such attempts
 * count by username alone, apart from all others.
 */
export function guesses(table: MemoryTable): World['guesser'] {
  const { now } = table;
  const successes = lru<Successes>(MOST_CACHED);
  const records = lru<Remembered>(MOST_CACHED);
  const isWritable = writesPerSecond(now);

  const recall = async ({ account, record }: Keys): Promise<void> => {
    const items = await readItems(table, [account, record]);
    const item = items.get(account);
    // Names that somebody makes up take no room.
    if (item) successes.set(account, readSuccesses(item));
    const [local, stored] = [records.get(record) ?? NOTHING, readRemembered(items.get(record))];
    records.set(record, local.version > stored.version ? local : stored);
  };
  const count = async ({ record, user, source }: Keys): Promise<void> => {
    const before = records.get(record) ?? NOTHING;
    const failed = afterFailure(before.record, user(), now());
    const after = { record: failed, version: Math.max(before.version + 1, now()) };
    records.set(record, after);
    if (isWritable(source)) await write(table, record, after);
  };

  return (aor, from): Guesser => {
    const keys = keysOf(aor, from);
    const { account, source } = keys;
    const isKnown = () => (successes.get(account)?.known[source] ?? 0) > now();
    const limitNow = () => limitedBy((records.get(keys.record) ?? NOTHING).record, keys.user(), now());
    let isLookedUp = false;
    const notChecked = (cause: unknown) => table.onTrouble({ what: 'guessing-not-checked', aor, cause });
    return {
      limited: async () => {
        if (isKnown()) return undefined;
        // The pair's own window needs no look at the table: a pair that is known is never counted.
        if (limitNow() === 'limited') return 'limited';
        await recall(keys).then(() => {
          isLookedUp = true;
        }, notChecked);
        return isKnown() ? undefined : limitNow();
      },
      failed: async () => {
        if (!isKnown()) await count(keys).catch(notChecked);
      },
      succeeded: async (credential) => {
        const before = successes.get(account) ?? NO_SUCCESS;
        const after = afterSuccess(before, source, credential, now());
        if (!after) return;
        successes.set(account, after);
        // Only who was looked up a moment ago is seen as other Lambdas left it.
        const gone = isLookedUp ? forgotten(before, after) : [];
        await noteSuccess(table, aor, source, credential, gone).catch((cause) => {
          // Known here, and written down the next time.
          successes.set(account, { ...after, used: {} });
          notChecked(cause);
        });
      },
    };
  };
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

/** Who it is, as the tables and caches know it. */
interface Keys {
  /** The item of the account's successes. */
  readonly account: string;
  /** The item of the source's failures. */
  readonly record: string;
  readonly source: string;
  /** The user's name in the record. Only who is not known yet pays for the hash. */
  readonly user: () => string;
}

function keysOf(aor: Aor, { address, claimedByDevice }: AuthAttempt['source']): Keys {
  const source = claimedByDevice ? 'forwarded' : (subscriberOf(address) ?? hashed(address));
  return {
    account: successesKey(aor).key,
    record: memoryKey('guesses', source, ...(claimedByDevice ? aorParts(aor) : [])).key,
    source,
    user: () => hashed(aorParts(aor).join(' ')).slice(0, 12),
  };
}

async function readItems(
  { dynamodb, tableName }: MemoryTable,
  keys: readonly string[],
): Promise<Map<string, Item>> {
  const input = {
    RequestItems: { [tableName]: { Keys: keys.map((key) => ({ key })) } },
  };
  const { Responses, UnprocessedKeys } = await withTries('the memory table', MEMORY_BUDGET, (signal) =>
    dynamodb('BatchGetItem', input, signal),
  );
  // Half an answer could make a stranger of a known pair.
  if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw new Undecided('the memory table answered in part');
  const items = Responses?.[tableName] ?? [];
  return new Map(items.map((item) => [String(item.key), item]));
}

/** Only over a lower version: whoever comes too late has nothing to add. */
async function write(
  { dynamodb, tableName }: MemoryTable,
  key: string,
  { record, version }: Remembered,
): Promise<void> {
  const input = {
    TableName: tableName,
    Item: { key, record, version, ...endsAt(endOf(record)) },
    ConditionExpression: 'attribute_not_exists(#version) OR #version < :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': version },
  };
  await writtenIf('the memory table', MEMORY_BUDGET, (signal) => dynamodb('PutItem', input, signal));
}

/** What is no record of ours counts as none. */
function readRemembered(item: Item | undefined): Remembered {
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
