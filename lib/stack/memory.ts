import { Construct } from 'constructs';
import { TTL_ATTRIBUTE } from '../aws/stores/tables';
import { ENV } from '../hooks/settings';
import type { DataKey } from './data-key';
import type { HookFunction } from './hook-function';
import { allow, Table } from './table';

/** What the hooks remember for a while. Nothing in it is worth keeping: every item ends by itself. */
export class Memory extends Construct {
  readonly table: Table;

  constructor(
    scope: Construct,
    id: string,
    private readonly key: DataKey,
  ) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      keys: 'memory',
      key,
      ttlAttribute: TTL_ATTRIBUTE,
      retained: false,
    });
  }

  /** Single items by key. */
  grantUse(hook: HookFunction): void {
    allow(
      hook,
      this.table.tableArn,
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    );
    this.key.grantTableUse(hook, 'kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:DescribeKey');
    hook.lambda.addEnvironment(ENV.memoryTable, this.table.tableName);
  }
}
