import { isDeepStrictEqual } from 'node:util';
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { type Aor, formatAor, realmKey } from '../../registrar/record/aor';
import { type ParsedItem, parseItem } from '../../registrar/record/record-item';
import { asJson, type Item, readItem, writeItem } from '../client/attributes';
import { type Attributes, callBudget, type DocumentClient, isWritten, pagesOf } from './document-client';

export type { Item } from '../client/attributes';

const MOST_KEYS = 100;

/** `changed-meanwhile`: the record was changed after it was read, so nothing was written. */
export type Written = 'written' | 'changed-meanwhile';

/**
 * The Customers table as an admin works on it: whole records, each with a version against lost updates. Records are
 * as JSON has them: sets are lists; bytes, and numbers that JavaScript would round, are texts.
 */
export interface CustomerRecords {
  find(aor: Aor): Promise<Item | undefined>;
  /** Those that are there, by `username@realm`. */
  findMany(aors: readonly Aor[]): Promise<ReadonlyMap<string, Item>>;
  /** Page by page; of one realm only when one is given. */
  pages(realm?: string): AsyncIterable<readonly Item[]>;
  /**
   * Writes a record in place of the one that was seen, undefined: of none. What did not change is written as it was.
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

/** What the hooks read in an item, and with the same problems: also those that JSON does not show. */
export function parseStored(item: Item | undefined): ParsedItem {
  const attributes = item && STORED.get(item);
  return parseItem(attributes ? readItem(attributes) : item);
}

/** What the table holds of each record that was read. */
const STORED = new WeakMap<Item, Attributes>();

/** A record as JSON has it; what was read is written again as it was, where it did not change. */
export function itemOf(attributes: Attributes): Item {
  const item = asJson(readItem(attributes));
  STORED.set(item, attributes);
  return item;
}

export function customerRecords(dynamodb: DocumentClient, tableName: string): CustomerRecords {
  return {
    find: async (aor) => {
      const command = new GetItemCommand({ TableName: tableName, Key: keyOf(aor), ConsistentRead: true });
      const { Item } = await dynamodb.send(command, callBudget());
      return Item && itemOf(Item);
    },
    findMany: async (aors) => {
      const found = new Map<string, Item>();
      for (let at = 0; at < aors.length; at += MOST_KEYS) {
        let keys: Attributes[] | undefined = aors.slice(at, at + MOST_KEYS).map(keyOf);
        while (keys && keys.length > 0) {
          const command: BatchGetItemCommand = new BatchGetItemCommand({
            RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } },
          });
          const reply = await dynamodb.send(command, callBudget());
          for (const item of (reply.Responses?.[tableName] ?? []).map(itemOf))
            found.set(formatAor(aorOf(item)), item);
          keys = reply.UnprocessedKeys?.[tableName]?.Keys;
        }
      }
      return found;
    },
    pages: async function* (realm) {
      const table = { TableName: tableName, ConsistentRead: true };
      const pages = pagesOf((from) =>
        realm === undefined
          ? dynamodb.send(new ScanCommand({ ...table, ...from }), callBudget())
          : dynamodb.send(new QueryCommand({ ...table, ...from, ...ofRealm(realm) }), callBudget()),
      );
      for await (const items of pages) yield items.map(itemOf);
    },
    write: (item, seen, after = typeof seen?.version === 'number' ? seen.version : 0) => {
      const command = new PutItemCommand({
        TableName: tableName,
        Item: { ...attributesOf(item, seen), version: { N: String(after + 1) } },
        ...unchangedSince(seen),
      });
      return writeResult(dynamodb.send(command, callBudget()));
    },
    remove: (seen) => {
      const { realm, username } = seen;
      const command = new DeleteItemCommand({
        TableName: tableName,
        Key: writeItem({ realm, username }),
        ...unchangedSince(seen),
      });
      return writeResult(dynamodb.send(command, callBudget()));
    },
  };
}

/**
 * What other tools keep in a record is not changed by one that reads it as JSON has it.
 * @param item one that was read itself, or made of one
 * @param seen the one that it replaces
 */
export function attributesOf(item: Item, seen: Item = {}): Attributes {
  const storedAs = (name: string, of: Item) =>
    isDeepStrictEqual(item[name], of[name]) ? STORED.get(of)?.[name] : undefined;
  const known = Object.keys(item).flatMap((name) => {
    const stored = storedAs(name, item) ?? storedAs(name, seen);
    return stored ? [[name, stored] as const] : [];
  });
  return { ...writeItem(item), ...Object.fromEntries(known) };
}

/** The version says whether a record is still the one that was seen; a record written by hand has none. */
function unchangedSince(seen: Item | undefined) {
  if (!seen) return { ConditionExpression: 'attribute_not_exists(realm)' };
  const { version } = STORED.get(seen) ?? writeItem({ version: seen.version });
  if (version === undefined)
    return {
      ConditionExpression: 'attribute_exists(realm) AND attribute_not_exists(#version)',
      ExpressionAttributeNames: { '#version': 'version' },
    };
  return {
    ConditionExpression: '#version = :seen',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':seen': version },
  };
}

async function writeResult(writing: Promise<unknown>): Promise<Written> {
  return (await isWritten(writing)) ? 'written' : 'changed-meanwhile';
}

function ofRealm(realm: string) {
  return {
    KeyConditionExpression: 'realm = :realm',
    ExpressionAttributeValues: { ':realm': { S: realmKey(realm) } },
  };
}

function keyOf({ realm, username }: Aor): Attributes {
  return { realm: { S: realmKey(realm) }, username: { S: username } };
}
