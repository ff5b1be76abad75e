import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyTableOf, TABLE_KEYS } from '../../lib/aws/stores/tables';

const read = (name: string): string => readFileSync(join(__dirname, '../../docs', name), 'utf8');
const commandsOf = (text: string): string[] => text.replace(/\\\n\s+/g, '').match(/aws dynamodb .*/g) ?? [];

describe('a customers table has its history beside it', () => {
  test('removing the standby Region takes the protection off both copies', () => {
    const [, removal = ''] = read('upgrade.md').split('## Remove the standby Region');
    for (const table of ['NAME-customers', historyTableOf('NAME-customers')])
      expect(commandsOf(removal)).toContain(
        `aws dynamodb update-table --region STANDBY --table-name ${table} --no-deletion-protection-enabled`,
      );
  });

  test('a table that the hooks read after a restore gets one', () => {
    const [, restore = ''] = read('runbook.md').split('## Restore customers');
    const commands = commandsOf(restore);
    const restored = historyTableOf('NAME-customers-restored');
    expect(commands).toContain(
      `aws dynamodb restore-table-to-point-in-time --source-table-name NAME-customers-history --target-table-name ${restored} --use-latest-restorable-time`,
    );
    const named = (part: string) =>
      commands.filter((it) => it.includes(`--table-name ${restored} `) && it.includes(part));
    expect(named('--deletion-protection-enabled')).toHaveLength(1);
    expect(named('PointInTimeRecoveryEnabled=true')).toHaveLength(1);
  });

  test('the command that makes one for an older table makes the keys that the command line uses', () => {
    const { partition, sort } = TABLE_KEYS.history;
    expect(commandsOf(read('deploy.md')).filter((it) => it.includes('create-table'))).toEqual([
      `aws dynamodb create-table --table-name TABLE-history --billing-mode PAY_PER_REQUEST --attribute-definitions AttributeName=${partition},AttributeType=S AttributeName=${sort},AttributeType=S --key-schema AttributeName=${partition},KeyType=HASH AttributeName=${sort},KeyType=RANGE --deletion-protection-enabled`,
    ]);
  });
});
