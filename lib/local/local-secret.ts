import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { memoryKey } from '../aws/stores/memory-table';
import type { DocumentClient } from '../aws/tools/document-client';
import { LOCAL_TABLES } from './embedded-dynamodb';

/** The local stack keeps the secret of a jambonz that was connected to it where it keeps the rest, in its tables. */
const KEY = memoryKey('local', 'webhook-secret');
const CALL_BUDGET_MS = 2000;

export async function readLocalSecret(dynamodb: DocumentClient): Promise<string | undefined> {
  const command = new GetCommand({ TableName: LOCAL_TABLES.memory, Key: KEY, ConsistentRead: true });
  const { Item } = await dynamodb.send(command, { abortSignal: AbortSignal.timeout(CALL_BUDGET_MS) });
  return typeof Item?.secret === 'string' ? Item.secret : undefined;
}

export async function writeLocalSecret(dynamodb: DocumentClient, secret: string): Promise<void> {
  const command = new PutCommand({ TableName: LOCAL_TABLES.memory, Item: { ...KEY, secret } });
  await dynamodb.send(command, { abortSignal: AbortSignal.timeout(CALL_BUDGET_MS) });
}
