import type { Aor } from '../../registrar/record/aor';
import type { Item } from '../client/dynamodb';
import { aorParts, askMemory, type MemoryTable, memoryKey, ttl } from './memory-table';
import { TTL_ATTRIBUTE } from './tables';

/** What is remembered of an account that authenticated. Times in unix ms. */
export interface Logins {
  /** Until when a source is known, by source. */
  readonly known: Readonly<Record<string, number>>;
  /** When a credential was used, by its label. */
  readonly used: Readonly<Record<string, number>>;
}

export const NO_LOGINS: Logins = { known: {}, used: {} };

/** A source where an account authenticated is known so long, to every Lambda. */
const KNOWN_MS = 24 * 3600_000;
/** That is written down again in its last two hours, and the use of the credential with it: one write a day. */
export const RECORDED_EVERY_MS = 22 * 3600_000;
/** An account that nobody used for so long has used no credential. */
const KEPT_MS = 90 * 24 * 3600_000;

/** Attributes that hold a time are called by one of these and a source or a label; neither holds a space. */
const KNOWN = 'known ';
const USED = 'used ';

/** An item per account. */
export function loginsKey(aor: Aor): { key: string } {
  return memoryKey('successes', ...aorParts(aor));
}

/** Malformed items count as missing. */
export function readLogins(item: Item): Logins {
  return { known: timesOf(item, KNOWN), used: timesOf(item, USED) };
}

/** Of an account that logs in from ever new addresses the last ones are known: an item of a few kB at most. */
const MAX_KNOWN_SOURCES = 50;

/** What is remembered after one more success; undefined: all that is remembered already. */
export function afterLogin(
  { known, used }: Logins,
  source: string,
  credential: string,
  now: number,
): Logins | undefined {
  const isFresh = (time: number | undefined) => time !== undefined && now - time < RECORDED_EVERY_MS;
  const until = known[source];
  if (until !== undefined && isFresh(until - KNOWN_MS) && isFresh(used[credential])) return undefined;
  const others = Object.entries(known)
    .filter(([other, ends]) => other !== source && ends > now)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_KNOWN_SOURCES - 1);
  return {
    known: { ...Object.fromEntries(others), [source]: now + KNOWN_MS },
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

/** Writes down that an account authenticated now, and forgets some sources. */
export async function recordLogin(
  table: MemoryTable,
  aor: Aor,
  source: string,
  credential: string,
  gone: readonly string[],
): Promise<void> {
  const names = Object.fromEntries(gone.map((it, at) => [`#gone${at}`, KNOWN + it]));
  const remove = gone.length > 0 ? ` REMOVE ${Object.keys(names)}` : '';
  const now = table.now();
  const input = {
    TableName: table.tableName,
    Key: loginsKey(aor),
    UpdateExpression: `SET #known = :until, #used = :now, ${TTL_ATTRIBUTE} = :ends${remove}`,
    ExpressionAttributeNames: { ...names, '#known': KNOWN + source, '#used': USED + credential },
    ExpressionAttributeValues: {
      ':until': now + KNOWN_MS,
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
