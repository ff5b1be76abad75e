import { type Attributes, type Item, readItem, writeItem } from './attributes';
import { type Connection, callAws, connectionTo } from './aws-json';

export type { Item } from './attributes';

/**
 * DynamoDB as the hooks ask it: one operation (Amazon DynamoDB API reference), tried once. Items are read and written
 * by `./attributes`.
 * @throws Error named as AWS names it (`ConditionalCheckFailedException`), or as node:http names it
 */
export type DynamoDB = (operation: Operation, input: Input, signal?: AbortSignal) => Promise<Output>;

export type Operation = 'GetItem' | 'BatchGetItem' | 'Query' | 'PutItem' | 'UpdateItem';

export interface Input {
  readonly TableName?: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly RequestItems?: Readonly<
    Record<string, { readonly Keys: readonly Item[]; readonly ConsistentRead?: boolean }>
  >;
  readonly ConsistentRead?: boolean;
  readonly IndexName?: string;
  readonly KeyConditionExpression?: string;
  readonly ExclusiveStartKey?: Item;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
  readonly ReturnConsumedCapacity?: 'TOTAL';
  /** The attributes after the update: all, or those that it changed. They cost nothing more. */
  readonly ReturnValues?: 'ALL_NEW' | 'UPDATED_NEW';
}

export interface Output {
  readonly Item?: Item;
  readonly Items?: readonly Item[];
  /** There are more, behind this key. */
  readonly LastEvaluatedKey?: Item;
  readonly Attributes?: Item;
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
  readonly UnprocessedKeys?: object;
  readonly ConsumedCapacity?: unknown;
}

const PROTOCOL = {
  service: 'dynamodb',
  targetPrefix: 'DynamoDB_20120810',
  contentType: 'application/x-amz-json-1.0',
};

/** The embedded DynamoDB takes any. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** @param endpoint of another DynamoDB than this Region's: the embedded one */
export function dynamodbAt(endpoint: string | undefined): DynamoDB {
  const connection: Connection = endpoint
    ? { endpoint: new URL(endpoint), region: 'local', credentials: () => LOCAL_CREDENTIALS }
    : connectionTo('DYNAMODB');
  return async (operation, input, signal) =>
    fromWire(await callAws(connection, PROTOCOL, operation, toWire(input), signal));
}

function toWire({
  Key,
  Item,
  ExclusiveStartKey,
  ExpressionAttributeValues,
  RequestItems,
  ...rest
}: Input): object {
  return {
    ...rest,
    ...(Key && { Key: writeItem(Key) }),
    ...(ExclusiveStartKey && { ExclusiveStartKey: writeItem(ExclusiveStartKey) }),
    ...(Item && { Item: writeItem(Item) }),
    ...(ExpressionAttributeValues && { ExpressionAttributeValues: writeItem(ExpressionAttributeValues) }),
    ...(RequestItems && {
      RequestItems: mapped(RequestItems, (it) => ({ ...it, Keys: it.Keys.map(writeItem) })),
    }),
  };
}

function fromWire({ Item, Items, LastEvaluatedKey, Attributes, Responses, ...rest }: Wire): Output {
  return {
    ...rest,
    ...(Items && { Items: Items.map(readItem) }),
    ...(LastEvaluatedKey && { LastEvaluatedKey: readItem(LastEvaluatedKey) }),
    ...(Item && { Item: readItem(Item) }),
    ...(Attributes && { Attributes: readItem(Attributes) }),
    ...(Responses && { Responses: mapped(Responses, (items) => items.map(readItem)) }),
  };
}

/** DynamoDB's own answer, whose shape its API reference promises. */
interface Wire {
  readonly Item?: Attributes;
  readonly Items?: readonly Attributes[];
  readonly LastEvaluatedKey?: Attributes;
  readonly Attributes?: Attributes;
  readonly Responses?: Readonly<Record<string, readonly Attributes[]>>;
}

function mapped<From, To>(
  record: Readonly<Record<string, From>>,
  change: (it: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, it]) => [name, change(it)]));
}
