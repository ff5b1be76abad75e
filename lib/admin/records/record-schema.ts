import { toJsonSchema } from '@valibot/to-json-schema';
import { customerSchema } from '../../registrar/record/customer-schema';
import { numberSchema } from '../../registrar/record/number-record';

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

/** The same of a number. */
export function numberRecordSchema(): Readonly<Record<string, unknown>> {
  ofNumber ??= {
    ...toJsonSchema(numberSchema, { errorMode: 'ignore', target: 'draft-07' }),
    title: 'A number of edge-registrar',
  };
  return ofNumber;
}

let ofNumber: Readonly<Record<string, unknown>> | undefined;
let schema: Readonly<Record<string, unknown>> | undefined;
