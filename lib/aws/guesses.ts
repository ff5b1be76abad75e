import { type Guesser, Undecided, type World } from '../jambonz/world';
import { subscriberOf } from '../registrar/address';
import type { AuthAttempt } from '../registrar/admission';
import type { Aor } from '../registrar/aor';
import {
  afterFailedClaim,
  afterFailure,
  endOf,
  type GuessRecord,
  limitedBy,
  limitedByClaims,
  NO_GUESSES,
  type Tally,
} from '../registrar/guessing';
import { isObject } from '../registrar/json';
import type { Item } from './dynamodb';
import { lru } from './lru';
import {
  aorParts,
  askMemory,
  endsAt,
  hashed,
  type MemoryTable,
  memoryKey,
  writeMemoryIf,
} from './memory-table';
import {
  afterSuccess,
  forgotten,
  NO_SUCCESS,
  noteSuccess,
  readSuccesses,
  type Successes,
  successesKey,
} from './successes';

/** Of one address in one process, and of all that wrote theirs themselves. Beyond it nothing is written down. */
const MOST_WRITES_PER_SECOND = 50;
const MOST_CACHED = 20_000;

interface Remembered {
  readonly record: GuessRecord;
  /** Unix ms, or one more than before: of two writers at the same moment one loses its count. */
  readonly version: number;
}

const NOTHING: Remembered = { record: NO_GUESSES, version: 0 };

/** How often a user at a source is looked at although it is limited. */
const LOOK_ANYWAY_MS = 2000;

/**
 * The limiter. A pair that authenticated in this process is never looked up, so a phone that stays costs nothing.
 * A pair that is new to this process costs one read (its account's and its source's records, in one request) whether
 * its answer is right or wrong: else the right password would open a window that another Lambda closed. A wrong answer
 * costs that read and one write, also where the pair is known and nothing is counted: an account that exists costs
 * what a made-up one costs. When two Lambdas count at the same moment one count is lost: a guesser with n connections
 * gets up to n times as many tries before it is seen, and n per window after that.
 *
 * A source is an address (IPv6: its /64). An address that the device itself wrote is believed of nobody: such attempts
 * are counted by username, apart from all others, and none of them is exempt. Where the user logged in under the same
 * claim within 24 h its attempts are counted by that claim, so that a stranger who does not know it leaves them alone.
 */
export function guesses(table: MemoryTable): World['guesser'] {
  const { now } = table;
  const successes = lru<Successes>(MOST_CACHED);
  const records = lru<Remembered>(MOST_CACHED);
  const looks = lru<number>(MOST_CACHED);
  const isWritable = writesPerSecond(now);
  const recordOf = (key: string) => records.get(key) ?? NOTHING;

  const recall = async ({ account, shared, own, isClaim }: Keys): Promise<void> => {
    const keys = isClaim ? [shared, own] : [shared];
    const items = await readItems(table, [account, ...keys]);
    const item = items.get(account);
    // Names that somebody makes up take no room.
    if (item) successes.set(account, readSuccesses(item));
    for (const key of keys) {
      const [local, stored] = [recordOf(key), readRemembered(items.get(key))];
      records.set(key, local.version > stored.version ? local : stored);
    }
  };
  const keep = async (key: string, record: GuessRecord, source: string): Promise<void> => {
    const after = { record, version: Math.max(recordOf(key).version + 1, now()) };
    records.set(key, after);
    if (isWritable(source)) await write(table, key, after);
  };

  return (aor, from): Guesser => {
    const keys = keysOf(aor, from);
    const { account, source, isClaim, user } = keys;
    const wasHere = () => (successes.get(account)?.known[source] ?? 0) > now();
    const isKnown = () => !isClaim && wasHere();
    const counter = () => (wasHere() ? keys.own : keys.shared);
    const limitNow = () => (isClaim ? limitedByClaims : limitedBy)(recordOf(counter()).record, user(), now());
    const countFailure = () => {
      const { record } = recordOf(counter());
      const after = isKnown()
        ? NO_GUESSES
        : (isClaim ? afterFailedClaim : afterFailure)(record, user(), now());
      return keep(counter(), after, isClaim ? 'forwarded' : source);
    };
    let lookUp: 'not-tried' | 'done' | 'failed' = 'not-tried';
    const notChecked = (cause: unknown) => table.onTrouble({ what: 'guessing-not-checked', aor, cause });
    const lookUpOnce = async () => {
      if (lookUp !== 'not-tried') return;
      lookUp = 'failed';
      await recall(keys).then(() => {
        lookUp = 'done';
      }, notChecked);
    };
    return {
      isKnown,
      limited: async () => {
        if (isKnown()) return undefined;
        // A closed window needs no look at the table, once it is seen whether the pair counts by itself.
        if (limitNow() === 'limited' && (!isClaim || successes.get(account))) return 'limited';
        await lookUpOnce();
        return isKnown() ? undefined : limitNow();
      },
      mayLookAnyway: () => {
        const key = `${counter()} ${user()}`;
        if (now() - (looks.get(key) ?? -Infinity) < LOOK_ANYWAY_MS) return false;
        looks.set(key, now());
        return true;
      },
      failed: async () => {
        await lookUpOnce();
        await countFailure().catch(notChecked);
      },
      succeeded: async (credential) => {
        const before = successes.get(account) ?? NO_SUCCESS;
        const after = afterSuccess(before, source, credential, now());
        if (!after) return;
        successes.set(account, after);
        // Only who was looked up a moment ago is seen as other Lambdas left it.
        const gone = lookUp === 'done' ? forgotten(before, after) : [];
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
  /** The item in which failures are counted: of all at the address, or of all claims for this user. */
  readonly shared: string;
  /** The same where the user logged in lately: of this claim and user; of an address nothing is counted there. */
  readonly own: string;
  readonly source: string;
  /** The device wrote its address itself. */
  readonly isClaim: boolean;
  /** The user's name in the record. Only who is not known yet pays for the hash. */
  readonly user: () => string;
}

function keysOf(aor: Aor, { address, claimedByDevice: isClaim }: AuthAttempt['source']): Keys {
  const from = subscriberOf(address) ?? hashed(address);
  const source = isClaim ? `forwarded:${from}` : from;
  const recordOf = (...parts: string[]) => memoryKey('guesses', ...parts).key;
  const whose = aorParts(aor);
  return {
    account: successesKey(aor).key,
    shared: isClaim ? recordOf('forwarded', ...whose) : recordOf(source),
    own: isClaim ? recordOf(source, ...whose) : recordOf(`known:${source}`),
    source,
    isClaim,
    user: () => hashed(whose.join(' ')).slice(0, 12),
  };
}

async function readItems(table: MemoryTable, keys: readonly string[]): Promise<Map<string, Item>> {
  const { tableName } = table;
  const input = {
    RequestItems: { [tableName]: { Keys: keys.map((key) => ({ key })) } },
  };
  const { Responses, UnprocessedKeys } = await askMemory(table, 'BatchGetItem', input);
  // Half an answer could make a stranger of a known pair.
  if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw new Undecided('the memory table answered in part');
  const items = Responses?.[tableName] ?? [];
  return new Map(items.map((item) => [String(item.key), item]));
}

/** DynamoDB never deletes an item whose end lies years back, as that of an empty record would. */
const KEPT_AT_LEAST_MS = 60_000;

/** Only over a lower version: whoever comes too late has nothing to add. */
async function write(table: MemoryTable, key: string, { record, version }: Remembered): Promise<void> {
  const input = {
    TableName: table.tableName,
    Item: { key, record, version, ...endsAt(Math.max(endOf(record), table.now() + KEPT_AT_LEAST_MS)) },
    ConditionExpression: 'attribute_not_exists(#version) OR #version < :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': version },
  };
  await writeMemoryIf(table, 'PutItem', input);
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
