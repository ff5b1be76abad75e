import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ACCOUNTS_OF_CUSTOMER, historyTableOf } from '../aws/stores/tables';
import { ENV } from '../hooks/settings';
import { type DataKey, opensForeignTableFor } from './data-key';
import type { HookFunction } from './hook-function';
import type { Settings } from './stack-settings';
import { allow, Table } from './table';

/** `home`: the Region with the table of customers. `standby`: the Region with DynamoDB's replica of it. */
export type RegionRole = 'home' | 'standby';

/** One item per SIP account: what admins write and the hooks read. */
export class Customers extends Construct {
  readonly tableName: string;
  private readonly tableArn: string;
  private readonly isForeign: boolean;

  constructor(
    scope: Construct,
    id: string,
    private readonly key: DataKey,
    { name, standbyRegion, existingCustomersTable }: Settings,
    role: RegionRole,
  ) {
    super(scope, id);
    this.isForeign = existingCustomersTable !== undefined;
    // Both Regions know the name; and an update never replaces a table that has one.
    const named = { tableName: existingCustomersTable ?? `${name}-customers` };
    const kept = { key, retained: true, copyIn: standbyRegion };
    const isOurs = role === 'home' && !this.isForeign;
    const { tableName, tableArn } = isOurs
      ? new Table(this, 'Table', { ...named, ...kept, keys: 'customers', index: ACCOUNTS_OF_CUSTOMER })
      : { ...named, tableArn: this.arnOf(named.tableName) };
    // For the command line only: no hook may read earlier versions.
    if (isOurs)
      new Table(this, 'History', { tableName: historyTableOf(named.tableName), ...kept, keys: 'history' });
    this.tableName = tableName;
    this.tableArn = tableArn;
  }

  /** Records by their keys: a compromised Lambda cannot list the accounts. */
  grantRead(hook: HookFunction): void {
    allow(hook, this.tableArn, 'dynamodb:GetItem', 'dynamodb:BatchGetItem');
    if (this.isForeign) opensForeignTableFor(hook, this.tableName);
    else this.key.grantTableUse(hook, 'kms:Decrypt');
    hook.lambda.addEnvironment(ENV.customersTable, this.tableName);
  }

  /** Who belongs to a customer, by name: the index holds no credential, no number and no rule. */
  grantColleagues(hook: HookFunction): void {
    allow(hook, `${this.tableArn}/index/${ACCOUNTS_OF_CUSTOMER.name}`, 'dynamodb:Query');
  }

  private arnOf(resourceName: string): string {
    return Stack.of(this).formatArn({ service: 'dynamodb', resource: 'table', resourceName });
  }
}
