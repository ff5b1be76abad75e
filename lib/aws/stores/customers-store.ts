import type { Customers } from '../../hooks/context';
import { Misconfigured } from '../../hooks/errors';
import type { OnDegraded } from '../../hooks/telemetry';
import { type Aor, formatAor, isRealm, isUsername, realmKey } from '../../registrar/record/aor';
import { type Customer, type Problem, parseCustomer } from '../../registrar/record/customer';
import type { DynamoDB } from '../client/dynamodb';
import type { Timers } from '../client/timers';
import { lru } from './lru';
import { type Budget, withRetry } from './retry';

/** For the whole look-up, retries included: a phone is waiting. */
const BUDGET = { totalMs: 900, attemptMs: 400 };
/** When a cached record can be used instead. A call looks up two records, and both must fit before the deadline. */
const BUDGET_WITH_STALE = { totalMs: 400, attemptMs: 400 };

/** A change of a known record takes effect within the first; a new account within the second. */
export const FRESH_MS = { known: 60_000, unknown: 5_000 };
/** Two caches, so that a flood of unknown names evicts no customer. */
const MAX_CACHED = { known: 10_000, unknown: 2_000 };

interface CustomersStoreOptions {
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

interface Cached {
  readonly customer: Customer | undefined;
  readonly readAt: number;
}

/**
 * The Customers table, read by key and cached. Requests for the same record at the same time share one look-up. While
 * the table is unavailable, cached records are used, but never that of a disabled account; an error that an operator
 * must fix (a permission, a missing table) is thrown.
 */
export function customersStore(table: CustomersStoreOptions): Customers {
  const known = lru<Cached>(MAX_CACHED.known);
  const unknown = lru<Cached>(MAX_CACHED.unknown);
  const pending = new Map<string, Promise<Customer | undefined>>();

  const isFresh = ({ customer, readAt }: Cached) =>
    table.now() - readAt < (customer ? FRESH_MS.known : FRESH_MS.unknown);

  const readAndRemember = async (aor: Aor, key: string): Promise<Customer | undefined> => {
    const before = known.get(key);
    const stale = before && mayServeStale(before, table) ? before : undefined;
    try {
      const customer = await readCustomer(table, aor, stale ? BUDGET_WITH_STALE : BUDGET);
      // An eventually consistent read may miss a new record: a record that was there within the last minute is kept.
      if (!customer && before && isFresh(before)) return before.customer;
      (customer ? unknown : known).delete(key);
      (customer ? known : unknown).set(key, { customer, readAt: table.now() });
      return customer;
    } catch (cause) {
      if (cause instanceof Misconfigured || !stale) throw cause;
      table.onDegraded({ what: 'stale-record-served', aor, cause });
      return stale.customer;
    }
  };
  const read = (aor: Aor): Promise<Customer | undefined> => {
    const key = keyOf(aor);
    const underway = pending.get(key) ?? readAndRemember(aor, key).finally(() => pending.delete(key));
    pending.set(key, underway);
    return underway;
  };
  const remembered = (aor: Aor): Cached | undefined => {
    const cached = known.get(keyOf(aor)) ?? unknown.get(keyOf(aor));
    return cached && isFresh(cached) ? cached : undefined;
  };

  return {
    find: async (named) => {
      const aor = legal(named);
      const cached = aor && remembered(aor);
      return cached || !aor ? cached?.customer : read(aor);
    },
    findNow: async (named) => {
      const aor = legal(named);
      return aor && read(aor);
    },
    remembered: (named) => {
      const aor = legal(named);
      return aor && remembered(aor)?.customer;
    },
  };
}

/** The key as the table has it; undefined: no account can have this name. */
function legal({ username, realm }: Aor): Aor | undefined {
  return isUsername(username) && isRealm(realm) ? { username, realm: realmKey(realm) } : undefined;
}

/** Neither part holds a space. */
function keyOf({ username, realm }: Aor): string {
  return `${realm} ${username}`;
}

function mayServeStale(
  { customer, readAt }: Cached,
  { now, staleIfErrorMs }: CustomersStoreOptions,
): boolean {
  return customer?.enabled !== false && now() - readAt < staleIfErrorMs;
}

/** A record with another key than the one asked for, or without a legal key, counts as missing. */
async function readCustomer(
  table: CustomersStoreOptions,
  aor: Aor,
  budget: Budget,
): Promise<Customer | undefined> {
  const item = await readItem(table, aor, budget);
  if (item === undefined) return undefined;
  const { customer, problems } = parseCustomer(item);
  const foreign = customer && formatAor(customer) !== formatAor(aor);
  const reported = foreign
    ? [{ path: 'realm', fix: 'is not the key that was asked for', unknownField: false }]
    : problems;
  if (reported.length > 0) table.onProblems(aor, reported);
  return foreign ? undefined : customer;
}

async function readItem(
  { dynamodb, tableName, now, onRead, timers }: CustomersStoreOptions,
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
