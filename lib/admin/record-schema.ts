import { toJsonSchema } from '@valibot/to-json-schema';
import { customerSchema } from '../registrar/record/customer-schema';
import type { Outcome, Shell } from './shell';

/**
 * The JSON Schema of a customer record, made from the one parser, for editors. What a schema cannot say (a pattern
 * that takes too long, two fields that exclude each other) only the parser knows.
 */
export function recordSchema(): Readonly<Record<string, unknown>> {
  schema ??= {
    ...toJsonSchema(customerSchema, { errorMode: 'ignore', target: 'draft-07' }),
    title: 'A customer record of edge-registrar',
  };
  return schema;
}

let schema: Readonly<Record<string, unknown>> | undefined;

/** `customers schema`: as it stands in `docs/customer.schema.json`. */
export async function printSchema(shell: Shell): Promise<Outcome> {
  shell.print(JSON.stringify(recordSchema(), null, 2));
  return { code: 0, json: recordSchema() };
}
