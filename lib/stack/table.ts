import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type ACCOUNTS_OF_CUSTOMER, TABLE_KEYS, type TableName } from '../aws/stores/tables';
import type { DataKey } from './data-key';
import type { HookFunction } from './hook-function';

interface TableProps {
  readonly keys: TableName;
  readonly key: DataKey;
  /** Absent: CloudFormation makes one up. */
  readonly tableName?: string;
  readonly index?: typeof ACCOUNTS_OF_CUSTOMER;
  /** The attribute that says when an item ends, unix seconds. */
  readonly ttlAttribute?: string;
  /** Worth keeping: no deletion, not even with the stack, and its last 35 days can be brought back. */
  readonly retained: boolean;
  /** Another Region that keeps a copy. */
  readonly copyIn?: string | undefined;
}

/**
 * A table, on demand, under our key. CDK's own construct for it wants to know the Region as soon as there is a key;
 * this one leaves it open.
 */
export class Table extends Construct {
  readonly tableName: string;
  readonly tableArn: string;

  constructor(
    scope: Construct,
    id: string,
    { keys, key, tableName, index, ttlAttribute, retained, copyIn }: TableProps,
  ) {
    super(scope, id);
    const { partition, sort } = TABLE_KEYS[keys];
    const names = [partition, ...(sort === undefined ? [] : [sort])];
    const replicas = [
      { region: Aws.REGION, keyArn: key.key.keyArn },
      ...(copyIn === undefined ? [] : [{ region: copyIn, keyArn: key.arnIn(copyIn) }]),
    ];
    const table = new CfnGlobalTable(this, 'Table', {
      ...(tableName !== undefined && { tableName }),
      attributeDefinitions: [...names, ...(index ? [index.partition] : [])].map((attributeName) => ({
        attributeName,
        attributeType: 'S',
      })),
      keySchema: keySchemaOf(names),
      ...(index && { globalSecondaryIndexes: [indexOf(index)] }),
      billingMode: 'PAY_PER_REQUEST',
      sseSpecification: { sseEnabled: true, sseType: 'KMS' },
      ...(ttlAttribute !== undefined && {
        timeToLiveSpecification: { attributeName: ttlAttribute, enabled: true },
      }),
      // Copies need a stream to travel by. It costs nothing until something reads it, and stands from the beginning, so
      // that adding or removing a copy changes the copies and nothing else.
      ...(retained && { streamSpecification: { streamViewType: 'NEW_AND_OLD_IMAGES' } }),
      replicas: replicas.map(({ region, keyArn }) => ({
        region,
        sseSpecification: { kmsMasterKeyId: keyArn },
        deletionProtectionEnabled: retained,
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: retained },
      })),
    });
    table.applyRemovalPolicy(retained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    this.tableName = table.ref;
    this.tableArn = table.attrArn;
  }
}

function keySchemaOf(names: readonly string[]): CfnGlobalTable.KeySchemaProperty[] {
  return names.map((attributeName, at) => ({ attributeName, keyType: at === 0 ? 'HASH' : 'RANGE' }));
}

function indexOf({
  name,
  partition,
  sort,
  includes,
}: typeof ACCOUNTS_OF_CUSTOMER): CfnGlobalTable.GlobalSecondaryIndexProperty {
  return {
    indexName: name,
    keySchema: keySchemaOf([partition, sort]),
    projection: { projectionType: 'INCLUDE', nonKeyAttributes: [...includes] },
  };
}

/** Lets a hook do this to single items of a table, or to an index of it. */
export function allow(
  hook: HookFunction,
  tableArn: string,
  ...actions: readonly `dynamodb:${string}`[]
): void {
  hook.lambda.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [tableArn] }));
}
