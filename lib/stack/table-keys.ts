import { type Attribute, AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { TABLE_KEYS, type TableName } from '../aws/names';

/** The keys of a table, as the code that reads it names them. */
export function keysOf(table: TableName): { partitionKey: Attribute; sortKey?: Attribute } {
  const { partition, sort } = TABLE_KEYS[table];
  return { partitionKey: text(partition), ...(sort !== undefined && { sortKey: text(sort) }) };
}

function text(name: string): Attribute {
  return { name, type: AttributeType.STRING };
}
