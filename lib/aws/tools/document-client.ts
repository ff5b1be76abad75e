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
