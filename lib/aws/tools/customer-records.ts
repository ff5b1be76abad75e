import {
  BatchGetCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/lib-dynamodb';
import { type Aor, formatAor, realmKey } from '../../registrar/record/aor';
import type { DocumentClient } from './document-client';

/** A record as it stands in the table, whatever is in it. */
export type Item = Readonly<Record<string, unknown>>;

/** Each call to the table; an admin waits, and a script too. */
const CALL_BUDGET_MS = 10_000;
const MAX_BATCH_KEYS = 100;

/** `changed-meanwhile`: somebody else wrote the record after it was read, so nothing was written now. */
export type Written = 'written' | 'changed-meanwhile';

/** The Customers table as an admin works on it: whole records, each with a version against lost updates. */
export interface CustomerRecords {
  find(aor: Aor): Promise<Item | undefined>;
  /** Those that are there, by `username@realm`. */
  findMany(aors: readonly Aor[]): Promise<ReadonlyMap<string, Item>>;
  /** Page by page; of one realm only when one is given. */
  pages(realm?: string): AsyncIterable<readonly Item[]>;
  /**
   * Writes a record in place of the one that was seen, undefined: of none.
   * @param after the version that the new one follows; that of the one that was seen, if absent
   */
  write(item: Item, seen: Item | undefined, after?: number): Promise<Written>;
  /** Removes the record that was seen. */
  remove(seen: Item): Promise<Written>;
}

/** Whose record it is, as its key says. */
export function aorOf({ realm, username }: Item): Aor {
  return { realm: String(realm), username: String(username) };
}

export function customerRecords(dynamodb: DocumentClient, tableName: string): CustomerRecords {
  const budget = () => ({ abortSignal: AbortSignal.timeout(CALL_BUDGET_MS) });
  return {
    find: async (aor) => {
      const command = new GetCommand({ TableName: tableName, Key: keyOf(aor), ConsistentRead: true });
      const { Item } = await dynamodb.send(command, budget());
      return Item && plain(Item);
    },
    findMany: async (aors) => {
      const found = new Map<string, Item>();
      for (let at = 0; at < aors.length; at += MAX_BATCH_KEYS) {
        let keys: Record<string, unknown>[] | undefined = aors.slice(at, at + MAX_BATCH_KEYS).map(keyOf);
        while (keys && keys.length > 0) {
          const command: BatchGetCommand = new BatchGetCommand({
            RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } },
          });
          const reply = await dynamodb.send(command, budget());
          for (const item of reply.Responses?.[tableName] ?? [])
            found.set(formatAor(aorOf(item)), plain(item));
          keys = reply.UnprocessedKeys?.[tableName]?.Keys;
        }
      }
      return found;
    },
    pages: async function* (realm) {
      const table = { TableName: tableName, ConsistentRead: true };
      const pages =
        realm === undefined
          ? paginateScan({ client: dynamodb }, table)
          : paginateQuery(
              { client: dynamodb },
              {
                ...table,
                KeyConditionExpression: 'realm = :realm',
                ExpressionAttributeValues: { ':realm': realmKey(realm) },
              },
            );
      for await (const { Items = [] } of pages) yield Items.map(plain);
    },
    write: (item, seen, after = typeof seen?.version === 'number' ? seen.version : 0) => {
      const command = new PutCommand({
        TableName: tableName,
        Item: { ...item, version: after + 1 },
        ...unchangedSince(seen),
      });
      return writeResult(dynamodb.send(command, budget()));
    },
    remove: (seen) => {
      const { realm, username } = seen;
      const command = new DeleteCommand({
        TableName: tableName,
        Key: { realm, username },
        ...unchangedSince(seen),
      });
      return writeResult(dynamodb.send(command, budget()));
    },
  };
}

/** The version says whether a record is still the one that was seen; a record written by hand has none. */
function unchangedSince(seen: Item | undefined) {
  if (!seen) return { ConditionExpression: 'attribute_not_exists(realm)' };
  if (seen.version === undefined)
    return {
      ConditionExpression: 'attribute_exists(realm) AND attribute_not_exists(#version)',
      ExpressionAttributeNames: { '#version': 'version' },
    };
  return {
    ConditionExpression: '#version = :seen',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':seen': seen.version },
  };
}

async function writeResult(writing: Promise<unknown>): Promise<Written> {
  try {
    await writing;
    return 'written';
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ConditionalCheckFailedException')
      return 'changed-meanwhile';
    throw cause;
  }
}

function keyOf({ realm, username }: Aor): { realm: string; username: string } {
  return { realm: realmKey(realm), username };
}

/** DynamoDB string sets are lists to us. */
function plain(item: Item): Item {
  return Object.fromEntries(
    Object.entries(item).map(([key, value]) => [key, value instanceof Set ? [...value] : value]),
  );
}
