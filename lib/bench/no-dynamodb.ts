import type { DynamoDB } from '../aws/client/dynamodb';

/** A DynamoDB that answers at once and from nowhere: what is left is our own work and our own memory. */
export function dynamodbOf(item: Readonly<Record<string, unknown>> | undefined): DynamoDB {
  return async () => (item ? { Item: item } : {});
}
