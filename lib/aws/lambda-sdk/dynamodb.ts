import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { ask, type ClientConfig, type Connection, connectionTo } from './ask';

/**
 * In the Lambdas' bundles this stands for `@aws-sdk/client-dynamodb` and `@aws-sdk/lib-dynamodb`: the same names,
 * for the operations that the hooks use, in a tenth of the bytes and without the SDK's own retries, which nobody here
 * wants. A Lambda that imports another name of the SDK does not bundle.
 */
export class DynamoDBClient {
  readonly connection: Connection;

  constructor(config: ClientConfig = {}) {
    this.connection = connectionTo('DYNAMODB', config);
  }
}

/** Texts, numbers, lists and maps as JavaScript's own. */
type Item = Record<string, unknown>;

interface Input {
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ExpressionAttributeValues?: Item;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Item[] }>>;
}

abstract class Command {
  abstract readonly operation: string;
  constructor(readonly input: Input) {}
}
export class GetCommand extends Command {
  override readonly operation = 'GetItem';
}
export class BatchGetCommand extends Command {
  override readonly operation = 'BatchGetItem';
}
export class PutCommand extends Command {
  override readonly operation = 'PutItem';
}
export class UpdateCommand extends Command {
  override readonly operation = 'UpdateItem';
}

const PROTOCOL = {
  service: 'dynamodb',
  targetPrefix: 'DynamoDB_20120810',
  contentType: 'application/x-amz-json-1.0',
};

export class DynamoDBDocumentClient {
  static from(client: DynamoDBClient): DynamoDBDocumentClient {
    return new DynamoDBDocumentClient(client);
  }

  private constructor(private readonly client: DynamoDBClient) {}

  async send(
    { operation, input }: Command,
    { abortSignal }: { readonly abortSignal?: AbortSignal } = {},
  ): Promise<Record<string, unknown>> {
    return fromWire(await ask(this.client.connection, PROTOCOL, operation, toWire(input), abortSignal));
  }
}

function toWire({ Key, Item, ExpressionAttributeValues, RequestItems, ...rest }: Input): object {
  return {
    ...rest,
    ...(Key && { Key: marshall(Key) }),
    ...(Item && { Item: marshall(Item) }),
    ...(ExpressionAttributeValues && { ExpressionAttributeValues: marshall(ExpressionAttributeValues) }),
    ...(RequestItems && {
      RequestItems: mapped(RequestItems, (it) => ({ ...it, Keys: it.Keys.map((key) => marshall(key)) })),
    }),
  };
}

function fromWire({ Item, Attributes, Responses, ...rest }: Wire): Record<string, unknown> {
  return {
    ...rest,
    ...(Item && { Item: unmarshall(Item) }),
    ...(Attributes && { Attributes: unmarshall(Attributes) }),
    ...(Responses && { Responses: mapped(Responses, (items) => items.map((item) => unmarshall(item))) }),
  };
}

/** DynamoDB's own answer, whose shape its API reference promises. */
interface Wire {
  readonly Item?: Marshalled;
  readonly Attributes?: Marshalled;
  readonly Responses?: Readonly<Record<string, readonly Marshalled[]>>;
}
type Marshalled = Parameters<typeof unmarshall>[0];

function mapped<From, To>(
  record: Readonly<Record<string, From>>,
  change: (it: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, it]) => [name, change(it)]));
}
