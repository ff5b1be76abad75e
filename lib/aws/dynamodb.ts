import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** The document client: items as plain JavaScript values. */
export type DynamoDB = DynamoDBDocumentClient;

/**
 * @param endpoint of another DynamoDB than this Region's: the embedded one, which takes any credentials
 * @param tries that the SDK makes; 1 for callers who try again themselves, within a deadline
 */
export function connectDynamoDB(endpoint?: string, tries = 3): DynamoDB {
  const elsewhere = endpoint ? { endpoint, region: 'local', credentials: LOCAL_CREDENTIALS } : {};
  return DynamoDBDocumentClient.from(new DynamoDBClient({ ...elsewhere, maxAttempts: tries }));
}

const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
