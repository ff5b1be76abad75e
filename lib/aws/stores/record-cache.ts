import { Misconfigured } from '../../hooks/errors';
import type { OnDegraded } from '../../hooks/telemetry';
import type { Aor } from '../../registrar/record/aor';
import type { Problem } from '../../registrar/record/customer';
import type { DynamoDB } from '../client/dynamodb';
import type { Timers } from '../client/timers';
import { lru } from './lru';
import { type Budget, withRetry } from './retry';

/** For the whole look-up, retries included: a phone is waiting. */
const BUDGET = { totalMs: 900, attemptMs: 400 };
/** When a cached record can be used instead. A call looks up two records, and both must fit before the deadline. */
const BUDGET_WITH_STALE = { totalMs: 400, attemptMs: 400 };

/** A change of a known record takes effect within the first; a new record within the second. */
export const FRESH_MS = { known: 60_000, unknown: 5_000 };
/** Two caches, so that a flood of unknown names evicts no customer. */
const MAX_CACHED = { known: 10_000, unknown: 2_000 };

/** The Customers table, as the hooks read it. */
export interface CustomersTable {
  readonly dynamodb: DynamoDB;
  readonly tableName: string;
  /** Unix ms. */
  readonly now: () => number;
  /** How long a cached record is used while the table is unavailable. */
  readonly staleIfErrorMs: number;
  /** Called with the problems of a record that an admin should fix. */
  readonly onProblems: (aor: Aor, problems: readonly Problem[]) => void;
  /** Called with the duration of each look-up. */
  readonly onRead: (milliseconds: number) => void;
  readonly onDegraded: OnDegraded;
  /** Real ones when absent. */
  readonly timers?: Timers | undefined;
}

/** How one kind of item is read. The name is that of its item, as the table has it. */
interface Kind<Value> {
  /** @throws Undecided, Misconfigured */
  readonly read: (name: Aor, budget: Budget) => Promise<Value | undefined>;
  /** May the cached value be used while the table is unavailable? */
  readonly mayServeStale: (value: Value) => boolean;
}

/** Items of the table, cached. */
export interface RecordCache<Value> {
  find(name: Aor): Promise<Value | undefined>;
  /** Always asks the table. */
  findNow(name: Aor): Promise<Value | undefined>;
  /** What `find` would give without asking the table. */
  remembered(name: Aor): Value | undefined;
}

interface Cached<Value> {
  readonly value: Value | undefined;
  readonly readAt: number;
}

/**
 * The Customers table, read by key and cached. Requests for the same item at the same time share one look-up. While the
 * table is unavailable, cached values are used, where their kind allows it; an error that an operator must fix (a
 * permission, a missing table) is thrown.
 */
export function recordCache<Value>(
  { now, staleIfErrorMs, onDegraded }: CustomersTable,
  { read, mayServeStale }: Kind<Value>,
): RecordCache<Value> {
  const known = lru<Cached<Value>>(MAX_CACHED.known);
  const unknown = lru<Cached<Value>>(MAX_CACHED.unknown);
  const pending = new Map<string, Promise<Value | undefined>>();

  const isFresh = ({ value, readAt }: Cached<Value>) =>
    now() - readAt < (value === undefined ? FRESH_MS.unknown : FRESH_MS.known);
  const mayServe = ({ value, readAt }: Cached<Value>) =>
    value !== undefined && mayServeStale(value) && now() - readAt < staleIfErrorMs;

  const readAndRemember = async (name: Aor, key: string): Promise<Value | undefined> => {
    const before = known.get(key);
    const stale = before && mayServe(before) ? before : undefined;
    try {
      const value = await read(name, stale ? BUDGET_WITH_STALE : BUDGET);
      // An eventually consistent read may miss a new record: a record that was there within the last minute is kept.
      if (value === undefined && before && isFresh(before)) return before.value;
      (value === undefined ? known : unknown).delete(key);
      (value === undefined ? unknown : known).set(key, { value, readAt: now() });
      return value;
    } catch (cause) {
      if (cause instanceof Misconfigured || !stale) throw cause;
      onDegraded({ what: 'stale-record-served', aor: name, cause });
      return stale.value;
    }
  };
  const findNow = (name: Aor): Promise<Value | undefined> => {
    const key = keyOf(name);
    const underway = pending.get(key) ?? readAndRemember(name, key).finally(() => pending.delete(key));
    pending.set(key, underway);
    return underway;
  };
  const lately = (name: Aor): Cached<Value> | undefined => {
    const cached = known.get(keyOf(name)) ?? unknown.get(keyOf(name));
    return cached && isFresh(cached) ? cached : undefined;
  };

  return {
    find: async (name) => {
      const cached = lately(name);
      return cached ? cached.value : findNow(name);
    },
    findNow,
    remembered: (name) => lately(name)?.value,
  };
}

/** Neither part holds a space. */
function keyOf({ username, realm }: Aor): string {
  return `${realm} ${username}`;
}

/** @throws Undecided, Misconfigured */
export async function readItem(
  { dynamodb, tableName, now, onRead, timers }: CustomersTable,
  aor: Aor,
  budget: Budget,
): Promise<unknown> {
  const input = {
    TableName: tableName,
    Key: { realm: aor.realm, username: aor.username },
  };
  const began = now();
  const ask = (signal: AbortSignal) => dynamodb('GetItem', input, signal);
  const { Item } = await withRetry('the customers table', budget, ask, [], timers).finally(() =>
    onRead(now() - began),
  );
  return Item;
}
