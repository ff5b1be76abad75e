import type { Aor } from '../../registrar/record/aor';
import { LONGEST_NEW_SOURCE_HOURS } from '../../registrar/record/customer-schema';
import type { Item } from '../client/dynamodb';
import { aorParts, askMemory, type MemoryTable, memoryKey, ttl } from './memory-table';
import { TTL_ATTRIBUTE } from './tables';

/** What is remembered of an account that authenticated. Times in unix ms. */
export interface Logins {
  /** Until when a source is known, by source; a time that is over says when it was. */
  readonly known: Readonly<Record<string, number>>;
  /** When an account logged in from a source for the first time, by source. */
  readonly first: Readonly<Record<string, number>>;
  /** When a credential was used, by its label. */
  readonly used: Readonly<Record<string, number>>;
}

export const NO_LOGINS: Logins = { known: {}, first: {}, used: {} };

/** A source where an account authenticated is known so long, to every Lambda. */
const KNOWN_MS = 24 * 3600_000;
/** That is written down again in its last two hours, and the use of the credential with it: one write a day. */
export const RECORDED_EVERY_MS = 22 * 3600_000;
/** A source from which nobody logged in for so long is forgotten, and new when it comes again. */
const REMEMBERED_MS = LONGEST_NEW_SOURCE_HOURS * 3600_000;
/** An account that nobody used for so long has used no credential. */
const KEPT_MS = 90 * 24 * 3600_000;

/** Attributes that hold a time are called by one of these and a source or a label; neither holds a space. */
const KNOWN = 'known ';
const FIRST = 'first ';
const USED = 'used ';

/** An item per account. */
export function loginsKey(aor: Aor): { key: string } {
  return memoryKey('successes', ...aorParts(aor));
}

/** Malformed items count as missing. */
export function readLogins(item: Item): Logins {
  return { known: timesOf(item, KNOWN), first: timesOf(item, FIRST), used: timesOf(item, USED) };
}

/** Of an account that logs in from ever new addresses the last ones are known: an item of a few kB at most. */
const MAX_KNOWN_SOURCES = 50;

/**
 * When the account logged in from a source for the first time. What was written before that was noted tells the last
 * time only.
 * @returns undefined: never, as far as is remembered
 */
export function firstLogin({ known, first }: Logins, source: string): number | undefined {
  const until = known[source];
  return first[source] ?? (until === undefined ? undefined : until - KNOWN_MS);
}

/** What is remembered after one more success; undefined: all that is remembered already. */
export function afterLogin(
  before: Logins,
  source: string,
  credential: string,
  now: number,
): Logins | undefined {
  const { known, first, used } = before;
  const isFresh = (time: number | undefined) => time !== undefined && now - time < RECORDED_EVERY_MS;
  const until = known[source];
  if (until !== undefined && isFresh(until - KNOWN_MS) && isFresh(used[credential])) return undefined;
  const others = Object.entries(known)
    .filter(([other, ends]) => other !== source && ends - KNOWN_MS + REMEMBERED_MS > now)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_KNOWN_SOURCES - 1);
  const firsts = others.flatMap(([other]) => (first[other] === undefined ? [] : [[other, first[other]]]));
  return {
    known: { ...Object.fromEntries(others), [source]: now + KNOWN_MS },
    first: { ...Object.fromEntries(firsts), [source]: firstLogin(before, source) ?? now },
    used: { ...used, [credential]: now },
  };
}

/** So many sources are taken out of the item at a time: the rest goes with the next ones. */
const MAX_SOURCES_REMOVED = 100;

/** The sources that are known no more. */
export function expiredSources(before: Logins, after: Logins): string[] {
  return Object.keys(before.known)
    .filter((source) => !Object.hasOwn(after.known, source))
    .slice(0, MAX_SOURCES_REMOVED);
}

/**
 * Writes down that an account authenticated now, and forgets some sources.
 * @param first when it did so from this source for the first time, as far as is known here, unix ms
 */
export async function recordLogin(
  table: MemoryTable,
  aor: Aor,
  source: string,
  credential: string,
  first: number,
  gone: readonly string[],
): Promise<void> {
  const names = Object.fromEntries(
    gone.flatMap((it) => [KNOWN + it, FIRST + it]).map((it, at) => [`#gone${at}`, it]),
  );
  const remove = gone.length > 0 ? ` REMOVE ${Object.keys(names)}` : '';
  const now = table.now();
  const input = {
    TableName: table.tableName,
    Key: loginsKey(aor),
    UpdateExpression: `SET #known = :until, #first = if_not_exists(#first, :first), #used = :now, ${TTL_ATTRIBUTE} = :ends${remove}`,
    ExpressionAttributeNames: {
      ...names,
      '#known': KNOWN + source,
      '#first': FIRST + source,
      '#used': USED + credential,
    },
    ExpressionAttributeValues: {
      ':until': now + KNOWN_MS,
      ':first': first,
      ':now': now,
      ':ends': ttl(now + KEPT_MS)[TTL_ATTRIBUTE],
    },
  };
  await askMemory(table, 'UpdateItem', input);
}

function timesOf(item: Item, kind: string): Record<string, number> {
  const times = Object.entries(item).flatMap(([name, time]) =>
    name.startsWith(kind) && typeof time === 'number' ? [[name.slice(kind.length), time] as const] : [],
  );
  return Object.fromEntries(times);
}
