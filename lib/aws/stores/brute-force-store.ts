import type { HookContext } from '../../hooks/context';
import { Undecided } from '../../hooks/errors';
import type { AuthAttempt } from '../../registrar/auth/admission';
import {
  afterFailedClaim,
  afterFailure,
  type BruteForceGuard,
  blockReason,
  expiryOf,
  type FailureRecord,
  limitedByClaims,
  NO_FAILURES,
  type Tally,
} from '../../registrar/auth/brute-force';
import type { Aor } from '../../registrar/record/aor';
import { subscriberOf } from '../../registrar/record/ip-address';
import { isObject } from '../../registrar/record/json';
import type { Item } from '../client/dynamodb';
import {
  afterLogin,
  expiredSources,
  firstLogin,
  type Logins,
  loginsKey,
  NO_LOGINS,
  readLogins,
  recordLogin,
} from './logins';
import { lru } from './lru';
import { aorParts, askMemory, hashed, type MemoryTable, memoryKey, ttl, writeMemoryIf } from './memory-table';

/** Of one address in one process, and of all that wrote theirs themselves. Beyond it nothing is written down. */
const MAX_WRITES_PER_SECOND = 50;
const MAX_CACHED = 20_000;

interface StoredFailures {
  readonly record: FailureRecord;
  /** Unix ms, or one more than before: of two writers at the same moment one loses its count. */
  readonly version: number;
}

const NOTHING: StoredFailures = { record: NO_FAILURES, version: 0 };

/** How often a user at a source is looked at although it is limited. */
const LOOK_ANYWAY_MS = 2000;

/**
 * The limiter. A pair that authenticated in this process is never looked up, so a phone that stays costs nothing.
 * A pair that is new to this process costs one read (its account's and its source's records, in one request) whether
 * its answer is right or wrong: else the right password would open a window that another Lambda closed. A wrong answer
 * costs one write, also where the pair is known and nothing is counted: an account that exists costs what a made-up
 * one costs. When two Lambdas count at the same moment one count is lost: a guesser with n connections
 * gets up to n times as many tries before it is seen, and n per window after that.
 *
 * A source is an address (IPv6: its /64). An address that the device itself wrote is believed of nobody: such attempts
 * are counted by username, apart from all others, and none of them is exempt. Where the user logged in under the same
 * claim within 24 h its attempts are counted by that claim, so that a stranger who does not know it leaves them alone.
 */
export function bruteForceStore(table: MemoryTable): HookContext['bruteForceGuard'] {
  const { now } = table;
  const logins = lru<Logins>(MAX_CACHED);
  const records = lru<StoredFailures>(MAX_CACHED);
  const looks = lru<number>(MAX_CACHED);
  const isWritable = writesPerSecond(now);
  const recordOf = (key: string) => records.get(key) ?? NOTHING;

  const load = async ({ account, shared, own, isClaim }: Keys): Promise<void> => {
    const keys = isClaim ? [shared(), own()] : [shared()];
    const items = await readItems(table, [account, ...keys]);
    const item = items.get(account);
    // Names that somebody makes up take no room.
    if (item) logins.set(account, readLogins(item));
    for (const key of keys) {
      const [local, stored] = [recordOf(key), readFailures(items.get(key))];
      records.set(key, local.version > stored.version ? local : stored);
    }
  };
  const keep = async (key: string, record: FailureRecord, source: string): Promise<void> => {
    const after = { record, version: Math.max(recordOf(key).version + 1, now()) };
    records.set(key, after);
    if (isWritable(source)) await write(table, key, after);
  };

  return (aor, from): BruteForceGuard => {
    const keys = keysOf(aor, from);
    const { account, source, isClaim, user } = keys;
    const wasHere = () => (logins.get(account)?.known[source] ?? 0) > now();
    const isKnown = () => !isClaim && wasHere();
    const counter = () => (wasHere() ? keys.own() : keys.shared());
    const limitNow = () =>
      (isClaim ? limitedByClaims : blockReason)(recordOf(counter()).record, user(), now());
    const countFailure = () => {
      const { record } = recordOf(counter());
      const after = isKnown()
        ? NO_FAILURES
        : (isClaim ? afterFailedClaim : afterFailure)(record, user(), now());
      return keep(counter(), after, isClaim ? 'forwarded' : source);
    };
    let lookUp: 'not-tried' | 'done' | 'failed' = 'not-tried';
    const notChecked = (cause: unknown) => table.onDegraded({ what: 'guessing-not-checked', aor, cause });
    const lookUpOnce = async () => {
      if (lookUp !== 'not-tried') return;
      lookUp = 'failed';
      await load(keys).then(() => {
        lookUp = 'done';
      }, notChecked);
    };
    // The pair's own window needs no look at the table: a pair that is known is never counted there.
    const isLimitedHere = () => limitNow() === 'limited';
    return {
      isBlocked: () => {
        if (isKnown()) return undefined;
        if (isLimitedHere()) return 'limited';
        return lookUpOnce().then(() => (isKnown() ? undefined : limitNow()));
      },
      mayLookAnyway: () => {
        const key = `${counter()} ${user()}`;
        if (now() - (looks.get(key) ?? -Infinity) < LOOK_ANYWAY_MS) return false;
        looks.set(key, now());
        return true;
      },
      recordFailure: () => countFailure().catch(notChecked),
      recordSuccess: (credential) => {
        const before = logins.get(account) ?? NO_LOGINS;
        const after = afterLogin(before, source, credential, now());
        if (!after) return undefined;
        logins.set(account, after);
        // Only who was looked up a moment ago is seen as other Lambdas left it.
        const gone = lookUp === 'done' ? expiredSources(before, after) : [];
        const first = firstLogin(after, source) ?? now();
        return recordLogin(table, aor, source, credential, first, gone).catch((cause) => {
          // Known here, and written down the next time.
          logins.set(account, { ...after, used: {} });
          notChecked(cause);
        });
      },
      isNewFor: async (milliseconds) => {
        if (from.claimedByDevice) return true;
        const isOld = () => {
          const first = firstLogin(logins.get(account) ?? NO_LOGINS, source);
          return first !== undefined && now() - first >= milliseconds;
        };
        // A first login never becomes later: only one that is not old enough may have been earlier elsewhere.
        if (isOld()) return false;
        if (lookUp === 'done') return true;
        try {
          await load(keys);
          return !isOld();
        } catch (cause) {
          notChecked(cause);
          return 'unknown';
        }
      },
    };
  };
}

function writesPerSecond(now: () => number): (source: string) => boolean {
  const counts = lru<{ second: number; count: number }>(MAX_CACHED);
  return (source) => {
    const second = Math.floor(now() / 1000);
    const before = counts.get(source);
    const count = before?.second === second ? before.count + 1 : 1;
    counts.set(source, { second, count });
    return count <= MAX_WRITES_PER_SECOND;
  };
}

/** Who it is, as the tables and caches know it. Only who is not known yet pays for what is a function here. */
interface Keys {
  /** The item of the account's successes. */
  readonly account: string;
  /** The item in which failures are counted: of all at the address, or of all claims for this user. */
  readonly shared: () => string;
  /** The same where the user logged in lately: of this claim and user; of an address nothing is counted there. */
  readonly own: () => string;
  readonly source: string;
  /** The device wrote its address itself. */
  readonly isClaim: boolean;
  /** The user's name in the record. */
  readonly user: () => string;
}

function keysOf(aor: Aor, { address, claimedByDevice: isClaim }: AuthAttempt['source']): Keys {
  const from = subscriberOf(address) ?? hashed(address);
  const source = isClaim ? `forwarded:${from}` : from;
  const recordOf = (...parts: string[]) => memoryKey('guesses', ...parts).key;
  return {
    account: loginsKey(aor).key,
    shared: () => (isClaim ? recordOf('forwarded', ...aorParts(aor)) : recordOf(source)),
    own: () => (isClaim ? recordOf(source, ...aorParts(aor)) : recordOf(`known:${source}`)),
    source,
    isClaim,
    user: () => hashed(aorParts(aor).join(' ')).slice(0, 12),
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
async function write(table: MemoryTable, key: string, { record, version }: StoredFailures): Promise<void> {
  const input = {
    TableName: table.tableName,
    Item: { key, record, version, ...ttl(Math.max(expiryOf(record), table.now() + KEPT_AT_LEAST_MS)) },
    ConditionExpression: 'attribute_not_exists(#version) OR #version < :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': version },
  };
  await writeMemoryIf(table, 'PutItem', input);
}

/** Malformed items count as missing. */
function readFailures(item: Item | undefined): StoredFailures {
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
