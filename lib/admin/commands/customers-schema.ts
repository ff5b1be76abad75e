import { plainCommand, run } from '../command-line';
import { recordSchema } from '../records/record-schema';
import type { Outcome, Shell } from '../shell';

export const schemaCommand = () =>
  plainCommand('schema', 'the JSON Schema of a record, for editors', [
    'customers schema > customer.schema.json',
  ]).action((options) => run(options, printSchema));

/** `customers schema`: as in `docs/customer.schema.json`. */
export async function printSchema(shell: Shell): Promise<Outcome> {
  shell.print(JSON.stringify(recordSchema(), null, 2));
  return { code: 0, json: recordSchema() };
}
