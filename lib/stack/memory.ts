import { RemovalPolicy } from 'aws-cdk-lib';
import { Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { ENV, MEMORY_ENDS } from '../aws/names';
import type { Hook } from './hook';
import { keysOf } from './table-keys';

/** What the hooks remember for a while. Nothing in it is worth keeping: every item ends by itself. */
export class Memory extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      ...keysOf('memory'),
      timeToLiveAttribute: MEMORY_ENDS,
      billing: Billing.onDemand(),
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  /** Single items by key. */
  usedBy(hook: Hook): void {
    this.table.grant(
      hook.lambda,
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
    );
    hook.lambda.addEnvironment(ENV.memoryTable, this.table.tableName);
  }
}
