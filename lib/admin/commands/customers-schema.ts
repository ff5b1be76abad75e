import { type CommonOptions, plainCommand, run } from '../command-line';
import { numberRecordSchema, recordSchema } from '../records/record-schema';
import type { Outcome, Shell } from '../shell';

export const schemaCommand = () =>
  plainCommand('schema', 'the JSON Schema of a record, for editors', [
    'customers schema > customer.schema.json',
    'customers schema --numbers > number.schema.json',
  ])
    .option('--numbers', 'of a number')
    .action((options: CommonOptions & { numbers?: boolean }) =>
      run(options, (shell) => printSchema(shell, options)),
    );

/** `customers schema`: as in `docs/customer.schema.json` and `docs/number.schema.json`. */
export async function printSchema(shell: Shell, { numbers }: { numbers?: boolean } = {}): Promise<Outcome> {
  const schema = numbers ? numberRecordSchema() : recordSchema();
  shell.print(JSON.stringify(schema, null, 2));
  return { code: 0, json: schema };
}
