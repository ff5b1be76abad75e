import type { AddressInfo } from 'node:net';
import {
  type AttributeDefinition,
  CreateTableCommand,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { ACCOUNTS_OF_CUSTOMER, historyTableOf, TABLE_KEYS, type TableName } from '../aws/stores/tables';
import type { DocumentClient } from '../aws/tools/document-client';

export interface EmbeddedDynamoDB {
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a DynamoDB inside this process, on loopback, where other tools reach it too.
 * @param port 0: any free one
 * @param dataDir where the tables are kept; undefined: in memory
 */
export async function startEmbeddedDynamoDB(
  port: number,
  dataDir: string | undefined,
): Promise<EmbeddedDynamoDB> {
  const server = dynalite({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
    ...(dataDir && { path: dataDir }),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: given } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${given}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The tables' names when the local stack makes them. */
export const LOCAL_TABLES: Readonly<Record<TableName, string>> = {
  customers: 'Customers',
  memory: 'Memory',
  history: historyTableOf('Customers'),
};

/** Makes the tables that are not there yet. */
export async function createTables(dynamodb: DocumentClient): Promise<void> {
  for (const table of Object.keys(TABLE_KEYS) as TableName[]) {
    const { partition, sort } = TABLE_KEYS[table];
    const keys = [partition, ...(sort === undefined ? [] : [sort])];
    const index = table === 'customers' ? ACCOUNTS_OF_CUSTOMER : undefined;
    await dynamodb
      .send(
        new CreateTableCommand({
          TableName: LOCAL_TABLES[table],
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [...keys, ...(index ? [index.partition] : [])].map(textAttribute),
          KeySchema: keys.map(keyAttribute),
          ...(index && { GlobalSecondaryIndexes: [indexOf(index)] }),
        }),
      )
      .catch(onlyThereAlready);
  }
}

function indexOf({ name, partition, sort, includes }: typeof ACCOUNTS_OF_CUSTOMER): GlobalSecondaryIndex {
  return {
    IndexName: name,
    KeySchema: [partition, sort].map(keyAttribute),
    Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...includes] },
  };
}

function textAttribute(name: string): AttributeDefinition {
  return { AttributeName: name, AttributeType: 'S' };
}

function keyAttribute(name: string, at: number): KeySchemaElement {
  return { AttributeName: name, KeyType: at === 0 ? 'HASH' : 'RANGE' };
}

function onlyThereAlready(cause: unknown): void {
  if (!(cause instanceof Error && cause.name === 'ResourceInUseException')) throw cause;
}
