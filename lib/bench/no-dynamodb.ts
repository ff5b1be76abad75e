import type { DynamoDB } from '../aws/client/dynamodb';
import { LOCAL_TABLES } from '../local/embedded-dynamodb';

/** A DynamoDB that answers at once, with one customer: what is left is our own work and our own memory. */
export function dynamodbOf(customer: Readonly<Record<string, unknown>>): DynamoDB {
  return async (operation) =>
    operation === 'BatchGetItem'
      ? { Responses: { [LOCAL_TABLES.customers]: [customer] } }
      : operation === 'GetItem'
        ? { Item: customer }
        : {};
}
