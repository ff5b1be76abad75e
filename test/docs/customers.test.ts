import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { costOf, type FieldPath, STRICTEST } from '../../lib/registrar/record/strictest';

const page = readFileSync(join(__dirname, '..', '..', 'docs', 'customers.md'), 'utf8');

test('docs/customers.md lists the effect of each invalid field; if this fails, paste the expected rows there', () => {
  const rows = page.split('\n| invalid | effect |\n|---|---|\n')[1]?.split('\n\n')[0];
  expect(`${rows}\n`).toBe(expectedRows());
});

/** Fields with the same consequence share a row. */
function expectedRows(): string {
  const fields = (Object.keys(STRICTEST) as FieldPath[]).filter((it) => it !== 'realm' && it !== 'username');
  const rows = new Map<string, FieldPath[]>();
  for (const field of fields) {
    const words = consequenceOf(field);
    rows.set(words, [...(rows.get(words) ?? []), field]);
  }
  return [...rows].map(([words, its]) => `| ${its.map(code).join(', ')} | ${words} |\n`).join('');
}

function consequenceOf(field: string): string {
  const { loses, instead, inRecord, understood } = costOf(field);
  const owner = field.endsWith('[]') ? field.slice(0, -2) : field.slice(0, field.lastIndexOf('.'));
  if (loses === 'its owner') return `as if ${code(owner)} were invalid`;
  if (understood && /^emergency(\.numbers\[\])?$/.test(field))
    return 'every number in it that people can dial is used';
  const above = field.includes('.') ? field.slice(0, field.lastIndexOf('.')) : '';
  const changes = [...valuesIn(instead ?? {}, above), ...valuesIn(inRecord ?? {}, '')];
  const values = changes.length > 0 ? changes.join(', ') : 'it is ignored';
  return loses === 'the rest' ? `the patterns after it are ignored too; ${values}` : values;
}

/** `registration.replay` is `enforce` … */
function valuesIn(change: object, above: string): string[] {
  return Object.entries(change).flatMap(([name, value]) => {
    const path = above === '' ? name : `${above}.${name}`;
    if (value === undefined) return [`there is no ${code(path)}`];
    if (typeof value === 'object' && !Array.isArray(value)) return valuesIn(value, path);
    return [`${code(path)} is ${code(shown(value))}`];
  });
}

function shown(value: unknown): string {
  if (Array.isArray(value) && value.length > 10) return `[${value[0]}, … ${value.at(-1)}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function code(text: string): string {
  return `\`${text}\``;
}
