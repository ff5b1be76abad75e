import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LOCAL_CREDENTIALS } from '../client/dynamodb';

/**
 * The SDK's document client, for the command line and the local stack: it knows profiles and single sign-on, scans
 * and makes tables. The hooks ask DynamoDB without it.
 */
export type DocumentClient = DynamoDBDocumentClient;

/** @param endpoint of another DynamoDB than this Region's: the embedded one, which takes any credentials */
export function connectDocumentClient(endpoint?: string): DocumentClient {
  const elsewhere = endpoint ? { endpoint, region: 'local', credentials: LOCAL_CREDENTIALS } : {};
  return DynamoDBDocumentClient.from(new DynamoDBClient(elsewhere));
}

/** An item as DynamoDB has it. */
export type Attributes = Record<string, AttributeValue>;

/** Ends a request of a tool to DynamoDB after 10 s: an admin waits, and a script too. */
export function callBudget(): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(10_000) };
}

/** @returns false when the condition of a write did not hold */
export async function isWritten(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ConditionalCheckFailedException') return false;
    throw cause;
  }
}

interface Page {
  readonly Items?: Attributes[] | undefined;
  readonly LastEvaluatedKey?: Attributes | undefined;
}

/**
 * The items of a Query or a Scan, page by page.
 * @param ask sends the request for the page that begins behind this key
 */
export async function* pagesOf(
  ask: (from: { ExclusiveStartKey?: Attributes }) => Promise<Page>,
): AsyncGenerator<Attributes[]> {
  let from: Attributes | undefined;
  do {
    const { Items = [], LastEvaluatedKey }: Page = await ask(from ? { ExclusiveStartKey: from } : {});
    yield Items;
    from = LastEvaluatedKey;
  } while (from);
}
