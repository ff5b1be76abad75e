import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENV, historyTableOf } from '../aws/names';
import type { DataKey } from './data-key';
import type { Hook } from './hook';
import type { Settings } from './settings';
import { allow, Table } from './table';

/** Where a stack stands: at home, with the table of customers, or by, with the copy that DynamoDB keeps of it. */
export type Place = 'home' | 'standby';

/** One item per SIP account: what admins write and the hooks read. */
export class Customers extends Construct {
  readonly tableName: string;
  private readonly tableArn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly key: DataKey,
    { name, standbyRegion }: Settings,
    place: Place,
  ) {
    super(scope, id);
    // Both Regions know the name; and an update never replaces a table that has one.
    const named = { tableName: `${name}-customers` };
    const kept = { key, precious: true, copyIn: standbyRegion };
    const { tableName, tableArn } =
      place === 'home'
        ? new Table(this, 'Table', { ...named, ...kept, keys: 'customers' })
        : { ...named, tableArn: this.arnOf(named.tableName) };
    // For the command line alone: no hook may read what was.
    if (place === 'home')
      new Table(this, 'History', { tableName: historyTableOf(named.tableName), ...kept, keys: 'history' });
    this.tableName = tableName;
    this.tableArn = tableArn;
  }

  /** One record at a time, by its key: a hook that is taken over cannot list who else there is. */
  readableBy(hook: Hook): void {
    allow(hook, this.tableArn, 'dynamodb:GetItem');
    this.key.opensTablesFor(hook, 'kms:Decrypt');
    hook.lambda.addEnvironment(ENV.customersTable, this.tableName);
  }

  private arnOf(resourceName: string): string {
    return Stack.of(this).formatArn({ service: 'dynamodb', resource: 'table', resourceName });
  }
}
