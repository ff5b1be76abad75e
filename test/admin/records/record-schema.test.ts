import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { numberRecordSchema, recordSchema } from '../../../lib/admin/records/record-schema';

describe('the JSON Schema of a record', () => {
  test('docs/customer.schema.json is in step with the parser; otherwise run: npm run schema', () => {
    const file = readFileSync(join(__dirname, '../../../docs/customer.schema.json'), 'utf8');
    expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(recordSchema())));
  });

  test('it names the fields of the seed form and refuses others', () => {
    expect(recordSchema()).toMatchObject({
      type: 'object',
      required: ['realm', 'username'],
      additionalProperties: false,
      properties: {
        password: { type: 'string' },
        techPrefix: { type: 'string' },
        enabled: { type: 'boolean' },
      },
    });
  });
});

test('docs/number.schema.json is in step with the parser of numbers; otherwise run: npm run schema', () => {
  const file = readFileSync(join(__dirname, '../../../docs/number.schema.json'), 'utf8');
  expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(numberRecordSchema())));
});
