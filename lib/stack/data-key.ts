import { Aws, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { HookFunction } from './hook-function';

/** The key that encrypts all tables. Without it the customers are lost, so it is kept when the stack is deleted. */
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

  /** The key of the stack in the other Region: each Region has its own key. */
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
 * Lets a hook read a table that is encrypted with a key that is not in this stack: with any key, for that table and
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
    reason: 'The key of an existing table is known to the table only. The condition names the table.',
  });
}

/** How KMS names DynamoDB: by amazonaws.com, and in some partitions by their own domain. */
function throughDynamoDB(scope: Construct): string[] {
  const { region } = Stack.of(scope);
  return [`dynamodb.${region}.amazonaws.com`, `dynamodb.${region}.${Aws.URL_SUFFIX}`];
}
