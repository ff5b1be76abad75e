import type { Aor } from '../registrar/aor';
import type { Item } from './dynamodb';
import { aorParts, askMemory, endsAt, type MemoryTable, memoryKey } from './memory-table';
import { MEMORY_ENDS } from './names';

/** What is remembered of an account that authenticated. Times in unix ms. */
export interface Successes {
  /** Until when a source is known, by source. */
  readonly known: Readonly<Record<string, number>>;
  /** When a credential was used, by its label. */
  readonly used: Readonly<Record<string, number>>;
}

export const NO_SUCCESS: Successes = { known: {}, used: {} };

/** A source where an account authenticated is known so long, to every Lambda. */
const KNOWN_MS = 24 * 3600_000;
/** That is written down again in its last two hours, and the use of the credential with it: one write a day. */
export const NOTED_EVERY_MS = 22 * 3600_000;
/** An account that nobody used for so long has used no credential. */
const KEPT_MS = 90 * 24 * 3600_000;

/** Attributes that hold a time are called by one of these and a source or a label; neither holds a space. */
const KNOWN = 'known ';
const USED = 'used ';

/** An item per account. */
export function successesKey(aor: Aor): { key: string } {
  return memoryKey('successes', ...aorParts(aor));
}

/** What is no record of ours counts as none. */
export function readSuccesses(item: Item): Successes {
  return { known: timesOf(item, KNOWN), used: timesOf(item, USED) };
}

/** Of an account that logs in from ever new addresses the last ones are known: an item of a few kB at most. */
const MOST_KNOWN = 50;

/** What is remembered after one more success; undefined: all that is remembered already. */
export function afterSuccess(
  { known, used }: Successes,
  source: string,
  credential: string,
  now: number,
): Successes | undefined {
  const isFresh = (time: number | undefined) => time !== undefined && now - time < NOTED_EVERY_MS;
  const until = known[source];
  if (until !== undefined && isFresh(until - KNOWN_MS) && isFresh(used[credential])) return undefined;
  const others = Object.entries(known)
    .filter(([other, ends]) => other !== source && ends > now)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_KNOWN - 1);
  return {
    known: { ...Object.fromEntries(others), [source]: now + KNOWN_MS },
    used: { ...used, [credential]: now },
  };
}

/** So many sources are taken out of the item at a time: the rest goes with the next ones. */
const MOST_FORGOTTEN = 100;

/** The sources that are known no more. */
export function forgotten(before: Successes, after: Successes): string[] {
  return Object.keys(before.known)
    .filter((source) => !Object.hasOwn(after.known, source))
    .slice(0, MOST_FORGOTTEN);
}

/** Writes down that an account authenticated now, and forgets some sources. */
export async function noteSuccess(
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
    Key: successesKey(aor),
    UpdateExpression: `SET #known = :until, #used = :now, ${MEMORY_ENDS} = :ends${remove}`,
    ExpressionAttributeNames: { ...names, '#known': KNOWN + source, '#used': USED + credential },
    ExpressionAttributeValues: {
      ':until': now + KNOWN_MS,
      ':now': now,
      ':ends': endsAt(now + KEPT_MS)[MEMORY_ENDS],
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
