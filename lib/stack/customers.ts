import { RemovalPolicy } from 'aws-cdk-lib';
import { Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { ENV } from '../aws/names';
import type { Hook } from './hook';
import { keysOf } from './table-keys';

/** One item per SIP account: what admins write and the hooks read. It outlives the stack. */
export class Customers extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      ...keysOf('customers'),
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** One record at a time, by its key: a hook that is taken over cannot list who else there is. */
  readableBy(hook: Hook): void {
    this.table.grant(hook.lambda, 'dynamodb:GetItem');
    hook.lambda.addEnvironment(ENV.customersTable, this.table.tableName);
  }
}
