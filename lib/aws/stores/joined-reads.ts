import type { DynamoDB, Input, Item, Output } from '../client/dynamodb';

/** Most keys of one BatchGetItem (Amazon DynamoDB API reference). */
const MAX_KEYS = 100;

interface Read {
  readonly operation: 'GetItem' | 'BatchGetItem';
  readonly input: Input;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (output: Output) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Reads that are asked for in the same tick are one BatchGetItem, over all their tables: one round trip instead of one
 * for each. A read that is alone, a consistent one and a write pass as they are.
 *
 * When that request fails, or is answered in part, each read asks again for itself: a table that is down, or that may
 * not be read, stops nobody who asked another one. The first read that gives up ends the request of all.
 */
export function joinedReads(dynamodb: DynamoDB): DynamoDB {
  let waiting: Read[] = [];
  const sendAlone = ({ operation, input, signal, resolve, reject }: Read) =>
    signal?.aborted ? reject(signal.reason) : dynamodb(operation, input, signal).then(resolve, reject);
  const send = () => {
    const reads = waiting;
    waiting = [];
    const keys = joinedKeys(reads);
    if (reads.length === 1 || !keys) reads.forEach(sendAlone);
    else sendJoined(dynamodb, reads, keys).catch(() => reads.forEach(sendAlone));
  };
  return (operation, input, signal) =>
    (operation === 'GetItem' || operation === 'BatchGetItem') && !isConsistent(input)
      ? new Promise((resolve, reject) => {
          if (waiting.push({ operation, input, signal, resolve, reject }) === 1) queueMicrotask(send);
        })
      : dynamodb(operation, input, signal);
}

async function sendJoined(
  dynamodb: DynamoDB,
  reads: readonly Read[],
  keys: Readonly<Record<string, readonly Item[]>>,
): Promise<void> {
  const shared = new AbortController();
  for (const { signal } of reads)
    signal?.addEventListener('abort', () => shared.abort(signal.reason), { once: true });
  const RequestItems = Object.fromEntries(Object.entries(keys).map(([table, Keys]) => [table, { Keys }]));
  const output = await dynamodb('BatchGetItem', { RequestItems }, shared.signal);
  if (Object.keys(output.UnprocessedKeys ?? {}).length > 0) throw new Error('answered in part');
  for (const read of reads) read.resolve(partOf(output, read));
}

function isConsistent({ ConsistentRead, RequestItems = {} }: Input): boolean {
  return ConsistentRead === true || Object.values(RequestItems).some((it) => it.ConsistentRead === true);
}

/** By table, each once: DynamoDB refuses a key that is asked for twice. undefined: more than it takes. */
function joinedKeys(reads: readonly Read[]): Record<string, readonly Item[]> | undefined {
  const keys = reads.flatMap(({ input }) => keysOf(input));
  const different = [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
  return different.length > MAX_KEYS ? undefined : byTable(different);
}

function keysOf({ TableName, Key, RequestItems = {} }: Input): (readonly [string, Item])[] {
  if (TableName !== undefined && Key) return [[TableName, Key]];
  return Object.entries(RequestItems).flatMap(([table, { Keys }]) =>
    Keys.map((key) => [table, key] as const),
  );
}

/** What DynamoDB would have answered to this read alone. */
function partOf({ Responses = {} }: Output, { operation, input }: Read): Output {
  const found = keysOf(input).flatMap(([table, key]) =>
    (Responses[table] ?? []).flatMap((item) => (hasKey(item, key) ? [[table, item] as const] : [])),
  );
  if (operation === 'GetItem') return found[0] ? { Item: found[0][1] } : {};
  return { Responses: byTable(found) };
}

function byTable(items: readonly (readonly [table: string, Item])[]): Record<string, readonly Item[]> {
  const tables = [...new Set(items.map(([table]) => table))];
  return Object.fromEntries(
    tables.map((table) => [table, items.filter(([its]) => its === table).map(([, item]) => item)]),
  );
}

function hasKey(item: Item, key: Item): boolean {
  return Object.entries(key).every(([name, value]) => item[name] === value);
}
