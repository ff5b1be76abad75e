import { isDeepStrictEqual } from 'node:util';
import { GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { type Aor, formatAor } from '../../registrar/record/aor';
import { readItem } from '../client/attributes';
import {
  aorOf,
  attributesOf,
  type CustomerRecords,
  type Item,
  itemOf,
  type Written,
} from './customer-records';
import { type Attributes, callBudget, type DocumentClient, isWritten, pagesOf } from './document-client';

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
      new PutItemCommand({
        TableName: tableName,
        Item: {
          ...keyOf(aor, version),
          ...(seen && { record: { M: attributesOf(seen) } }),
          at: { S: new Date(now()).toISOString() },
          by: { S: by },
          change: { S: change },
        },
        ConditionExpression: 'attribute_not_exists(aor)',
      }),
      callBudget(),
    );
  const find = async (aor: Aor, version: number) => {
    const command = new GetItemCommand({
      TableName: tableName,
      Key: keyOf(aor, version),
      ConsistentRead: true,
    });
    return (await dynamodb.send(command, callBudget())).Item?.record?.M;
  };
  const last = async (aor: Aor) => {
    const command = new QueryCommand({ ...queryOf(tableName, aor), ScanIndexForward: false, Limit: 1 });
    return Number((await dynamodb.send(command, callBudget())).Items?.[0]?.version?.S ?? 0);
  };
  return {
    keep: (aor, seen, change) =>
      orNoTable(tableName, async () => {
        const version = typeof seen?.version === 'number' ? seen.version : 0;
        if (await isWritten(put(aor, version, seen, change))) return version;
        // An interrupted write kept it before.
        if (seen && isDeepStrictEqual(await find(aor, version), attributesOf(seen))) return version;
        // Its number is taken, because something else than this tool wrote or removed the record: count on.
        const next = (await last(aor)) + 1;
        await put(aor, next, seen, change);
        return next;
      }),
    versions: (aor) =>
      orNoTable(tableName, async () => {
        const kept: KeptVersion[] = [];
        const pages = pagesOf((from) =>
          dynamodb.send(new QueryCommand({ ...queryOf(tableName, aor), ...from }), callBudget()),
        );
        for await (const items of pages) kept.push(...items.map(readKept));
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
function keyOf(aor: Aor, version: number): { aor: { S: string }; version: { S: string } } {
  return { aor: { S: formatAor(aor) }, version: { S: String(version).padStart(10, '0') } };
}

function queryOf(tableName: string, aor: Aor) {
  return {
    TableName: tableName,
    KeyConditionExpression: 'aor = :aor',
    ExpressionAttributeValues: { ':aor': { S: formatAor(aor) } },
    ConsistentRead: true,
  };
}

function readKept(attributes: Attributes): KeptVersion {
  const { version, at, by, change } = readItem(attributes);
  const record = attributes.record?.M;
  return {
    version: Number(version),
    record: record && itemOf(record),
    at: String(at),
    by: String(by),
    change: change === 'added' || change === 'removed' ? change : 'changed',
  };
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
