import { Construct } from 'constructs';
import { ENV, MEMORY_ENDS } from '../aws/names';
import type { DataKey } from './data-key';
import type { Hook } from './hook';
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
    this.table = new Table(this, 'Table', { keys: 'memory', key, endsAt: MEMORY_ENDS, precious: false });
  }

  /** Single items by key. */
  usedBy(hook: Hook): void {
    allow(
      hook,
      this.table.tableArn,
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    );
    this.key.opensTablesFor(hook, 'kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:DescribeKey');
    hook.lambda.addEnvironment(ENV.memoryTable, this.table.tableName);
  }
}
