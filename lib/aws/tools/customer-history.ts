import { isDeepStrictEqual } from 'node:util';
import { GetCommand, PutCommand, paginateQuery, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type Aor, formatAor } from '../../registrar/record/aor';
import { aorOf, type CustomerRecords, type Item, type Written } from './customer-records';
import type { DocumentClient } from './document-client';

/** A version of a record that a write of this tool replaced or removed. */
export interface KeptVersion {
  readonly version: number;
  /** undefined: there was no record, and the write added one. */
  readonly record: Item | undefined;
  /** When and by whom it was replaced: ISO 8601, `user@host`. */
  readonly at: string;
  readonly by: string;
  readonly change: 'added' | 'changed' | 'removed';
}

/** Says that the table of earlier versions is not there. */
export class NoHistoryTable extends Error {
  constructor(readonly tableName: string) {
    super(`table ${tableName} does not exist`);
  }
}

/** The table of earlier versions of the customers: written by tools, and never readable by the hooks. */
export interface CustomerHistory {
  /**
   * Keeps what is about to be replaced.
   * @param seen undefined: there is no record yet
   * @returns the version it is kept under; the next one must be greater
   * @throws NoHistoryTable
   */
  keep(aor: Aor, seen: Item | undefined, change: KeptVersion['change']): Promise<number>;
  /** All that was kept, oldest first. @throws NoHistoryTable */
  versions(aor: Aor): Promise<readonly KeptVersion[]>;
}

const CALL_BUDGET_MS = 10_000;

/**
 * @param by who writes, such as `ann@laptop`
 * @param now unix ms
 */
export function customerHistory(
  dynamodb: DocumentClient,
  tableName: string,
  by: string,
  now: () => number,
): CustomerHistory {
  const put = (aor: Aor, version: number, seen: Item | undefined, change: KeptVersion['change']) =>
    dynamodb.send(
      new PutCommand({
        TableName: tableName,
        Item: {
          ...keyOf(aor, version),
          ...(seen && { record: seen }),
          at: new Date(now()).toISOString(),
          by,
          change,
        },
        ConditionExpression: 'attribute_not_exists(aor)',
      }),
      budget(),
    );
  const find = async (aor: Aor, version: number) => {
    const command = new GetCommand({ TableName: tableName, Key: keyOf(aor, version), ConsistentRead: true });
    return (await dynamodb.send(command, budget())).Item;
  };
  const last = async (aor: Aor) => {
    const command = new QueryCommand({ ...queryOf(tableName, aor), ScanIndexForward: false, Limit: 1 });
    return Number((await dynamodb.send(command, budget())).Items?.[0]?.version ?? 0);
  };
  return {
    keep: (aor, seen, change) =>
      orNoTable(tableName, async () => {
        const version = typeof seen?.version === 'number' ? seen.version : 0;
        if (await isNew(put(aor, version, seen, change))) return version;
        // An interrupted write kept it before.
        if (seen && isDeepStrictEqual((await find(aor, version))?.record, seen)) return version;
        // Its number is taken, because something else than this tool wrote or removed the record: count on.
        const next = (await last(aor)) + 1;
        await put(aor, next, seen, change);
        return next;
      }),
    versions: (aor) =>
      orNoTable(tableName, async () => {
        const kept: KeptVersion[] = [];
        for await (const { Items = [] } of paginateQuery({ client: dynamodb }, queryOf(tableName, aor)))
          kept.push(...Items.map(readKept));
        return kept;
      }),
  };
}

/** The same records; before each write, what it replaces is kept in the history. */
export function withHistory(records: CustomerRecords, history: CustomerHistory): CustomerRecords {
  return {
    ...records,
    write: async (item, seen): Promise<Written> => {
      const kept = await history.keep(aorOf(item), seen, seen ? 'changed' : 'added');
      return records.write(item, seen, kept);
    },
    remove: async (seen): Promise<Written> => {
      await history.keep(aorOf(seen), seen, 'removed');
      return records.remove(seen);
    },
  };
}

/** Sorted as text: ten digits, so that 9 comes before 10. */
function keyOf(aor: Aor, version: number): { aor: string; version: string } {
  return { aor: formatAor(aor), version: String(version).padStart(10, '0') };
}

function queryOf(tableName: string, aor: Aor) {
  return {
    TableName: tableName,
    KeyConditionExpression: 'aor = :aor',
    ExpressionAttributeValues: { ':aor': formatAor(aor) },
    ConsistentRead: true,
  };
}

function readKept({ version, record, at, by, change }: Item): KeptVersion {
  return {
    version: Number(version),
    record: typeof record === 'object' && record !== null ? { ...record } : undefined,
    at: String(at),
    by: String(by),
    change: change === 'added' || change === 'removed' ? change : 'changed',
  };
}

async function isNew(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ConditionalCheckFailedException') return false;
    throw cause;
  }
}

async function orNoTable<Result>(tableName: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ResourceNotFoundException')
      throw new NoHistoryTable(tableName);
    throw cause;
  }
}

function budget() {
  return { abortSignal: AbortSignal.timeout(CALL_BUDGET_MS) };
}
