import { Misconfigured } from '../../hooks/errors';
import type { OnDegraded } from '../../hooks/telemetry';
import type { Aor } from '../../registrar/record/aor';
import type { Problem } from '../../registrar/record/customer';
import type { DynamoDB } from '../client/dynamodb';
import type { Timers } from '../client/timers';
import { lru } from './lru';
import type { Budget } from './retry';

/** The whole look-up, retries included: a phone waits, and so does the call behind it. */
const BUDGET = { totalMs: 900, attemptMs: 400 };
/** With a record at hand that may serve instead. A call looks up two, and both must fit before the deadline. */
const BUDGET_WITH_STALE = { totalMs: 400, attemptMs: 400 };

/** A change of a record is seen within this; a new account within the other. */
export const FRESH_MS = { known: 60_000, unknown: 5_000 };
/** Apart, so that a flood of made-up names drives no customer out. */
const MOST_CACHED = { known: 10_000, unknown: 2_000 };

/** The Customers table, as the hooks read it. */
export interface CustomersTable {
  readonly dynamodb: DynamoDB;
  readonly tableName: string;
  /** Unix ms. */
  readonly now: () => number;
  /** How long a record that was read before serves while the table cannot be read. */
  readonly staleIfErrorMs: number;
  /** Hears of records that an admin should mend. */
  readonly onProblems: (aor: Aor, problems: readonly Problem[]) => void;
  /** Hears how long each look-up took. */
  readonly onRead: (milliseconds: number) => void;
  readonly onDegraded: OnDegraded;
  /** Real ones when absent. */
  readonly timers?: Timers | undefined;
}

/** How one kind of item is read. The name is that of its item, as the table has it. */
interface Kind<Value> {
  /** @throws Undecided, Misconfigured */
  readonly read: (name: Aor, budget: Budget) => Promise<Value | undefined>;
  /** May what was read before be served while the table cannot be read? */
  readonly mayServeStale: (value: Value) => boolean;
}

/** What the table has, remembered. */
export interface RecordCache<Value> {
  find(name: Aor): Promise<Value | undefined>;
  /** Read anew. */
  findNow(name: Aor): Promise<Value | undefined>;
  /** What was read a moment ago. */
  remembered(name: Aor): Value | undefined;
}

interface Cached<Value> {
  readonly value: Value | undefined;
  readonly readAt: number;
}

/**
 * Items of the table, remembered. Who asks for the same one at the same time shares one look-up. While the table is out
 * of order what was read before serves, where its kind lets it; what an operator has to mend (a permission, a missing
 * table) is not covered up.
 */
export function recordCache<Value>(
  { now, staleIfErrorMs, onDegraded }: CustomersTable,
  { read, mayServeStale }: Kind<Value>,
): RecordCache<Value> {
  const known = lru<Cached<Value>>(MOST_CACHED.known);
  const unknown = lru<Cached<Value>>(MOST_CACHED.unknown);
  const underWay = new Map<string, Promise<Value | undefined>>();

  const isFresh = ({ value, readAt }: Cached<Value>) =>
    now() - readAt < (value === undefined ? FRESH_MS.unknown : FRESH_MS.known);
  const mayServe = ({ value, readAt }: Cached<Value>) =>
    value !== undefined && mayServeStale(value) && now() - readAt < staleIfErrorMs;

  const readAndRemember = async (name: Aor, key: string): Promise<Value | undefined> => {
    const before = known.get(key);
    const stale = before && mayServe(before) ? before : undefined;
    try {
      const value = await read(name, stale ? BUDGET_WITH_STALE : BUDGET);
      // DynamoDB may answer from a copy that is a moment behind: a record that was there just now is there.
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
    const underway = underWay.get(key) ?? readAndRemember(name, key).finally(() => underWay.delete(key));
    underWay.set(key, underway);
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
