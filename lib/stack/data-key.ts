import { Aws, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { HookFunction } from './hook-function';

/** The key under which customers and memory lie on disk. Without it the table is lost, so it outlives the stack. */
export class DataKey extends Construct {
  readonly key: Key;
  private readonly alias: string;

  constructor(scope: Construct, id: string, { name }: { readonly name: string }) {
    super(scope, id);
    this.alias = `alias/${name}-data`;
    this.key = new Key(this, 'Key', {
      alias: this.alias,
      description: `${name}: the SIP accounts, and what the hooks remember`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** The key of the stack that stands in the other Region: each Region locks with its own. */
  arnIn(region: string): string {
    const { partition, account } = Stack.of(this);
    return `arn:${partition}:kms:${region}:${account}:${this.alias}`;
  }

  /** Through DynamoDB only: the key opens nothing to a hook that the hook may not read there. */
  grantTableUse(hook: HookFunction, ...actions: readonly `kms:${string}`[]): void {
    hook.lambda.addToRolePolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [this.key.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': throughDynamoDB(this) } },
      }),
    );
  }
}

/**
 * Lets a hook read a table that lies under a key which this stack does not know: whichever it is, for that table and
 * through DynamoDB only (DynamoDB developer guide, "DynamoDB encryption context").
 */
export function opensForeignTableFor(hook: HookFunction, tableName: string): void {
  const stack = Stack.of(hook);
  const anyKey = stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
  hook.lambda.addToRolePolicy(
    new PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [anyKey],
      conditions: {
        StringEquals: {
          'kms:ViaService': throughDynamoDB(hook),
          'kms:EncryptionContext:aws:dynamodb:tableName': tableName,
          'kms:EncryptionContext:aws:dynamodb:subscriberId': Aws.ACCOUNT_ID,
        },
      },
    }),
  );
  const region = Token.isUnresolved(stack.region) ? '<AWS::Region>' : stack.region;
  Validations.of(hook).acknowledge({
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:kms:${region}:<AWS::AccountId>:key/*]`,
    reason: 'Only the table knows which key an existing table lies under. The condition names the table.',
  });
}

/** How KMS names DynamoDB: by amazonaws.com, and in some partitions by their own domain. */
function throughDynamoDB(scope: Construct): string[] {
  const { region } = Stack.of(scope);
  return [`dynamodb.${region}.amazonaws.com`, `dynamodb.${region}.${Aws.URL_SUFFIX}`];
}
