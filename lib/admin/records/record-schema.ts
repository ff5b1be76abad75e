import { toJsonSchema } from '@valibot/to-json-schema';
import { customerSchema } from '../../registrar/record/customer-schema';

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
