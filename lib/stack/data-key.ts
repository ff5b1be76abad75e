import { RemovalPolicy, Stack } from 'aws-cdk-lib';
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
        conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${Stack.of(this).region}.amazonaws.com` } },
      }),
    );
  }
}
