import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { Item } from '../aws/tools/customer-records';
import { parseCustomer } from '../registrar/record/customer';
import type { FileRecord } from '../registrar/record/customer-file';
import { isObject } from '../registrar/record/json';
import { type CustomersFile, doubledAccounts, type FileProblem, problemsOf } from './file-problems';
import { recordSchema } from './record-schema';

/**
 * Customers as CSV with a header. A column is a field, with dots into its parts (`outboundAuth.username`). A cell
 * holds a text as it is, and anything else (numbers, true and false, lists) as JSON; an empty cell means that the
 * record has no such field. Comma or semicolon, whichever the header has.
 */
export function readCsv(text: string): CustomersFile {
  try {
    const header = text.split('\n', 1)[0] ?? '';
    if (!/\brealm\b/.test(header) || !/\busername\b/.test(header)) return NO_HEADER;
    const rows: unknown = parse(text, {
      bom: true,
      columns: true,
      delimiter: header.includes(';') ? ';' : ',',
      info: true,
      skip_empty_lines: true,
      cast: (value, { quoting }) => (value === '' && !quoting ? undefined : value),
    });
    return readRows(rows);
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = typeof cause.lines === 'number' ? cause.lines : 1;
    return {
      records: [],
      problems: [{ line, at: '', fix: CSV_FIXES[cause.code] ?? `is no CSV: ${cause.code}` }],
    };
  }
}

const NO_HEADER: CustomersFile = {
  records: [],
  problems: [{ line: 1, at: '', fix: 'must be JSON, or CSV whose header names realm and username' }],
};

const CSV_FIXES: Readonly<Record<string, string>> = {
  CSV_RECORD_INCONSISTENT_COLUMNS:
    'has more or fewer cells than the header; put cells with a comma in quotes',
  CSV_INVALID_CLOSING_QUOTE: 'has a quote inside a quoted cell; write it twice, as ""',
  INVALID_OPENING_QUOTE: 'has a quote inside a cell; put the cell in quotes and write the quote twice, as ""',
  CSV_QUOTE_NOT_CLOSED: 'has a quote that is not closed',
};

function readRows(rows: unknown): CustomersFile {
  const lines = new Map<FileRecord, number>();
  const problems: FileProblem[] = [];
  for (const row of Array.isArray(rows) ? rows : []) {
    const { record: cells, info } = row as {
      record: Record<string, string | undefined>;
      info: { lines: number };
    };
    const { item, unread } = readCells(cells);
    const at = `${cells.realm ?? ''} / ${cells.username ?? ''}`;
    const record: FileRecord = { at, keys: [], item, ...parseCustomer(item) };
    lines.set(record, info.lines);
    problems.push(
      ...unread.map((column) => ({
        line: info.lines,
        at: `${at}: ${column}`,
        fix: 'write JSON: a number, true, false, or a list such as ["966","971"]',
      })),
      ...problemsOf(record, () => info.lines),
    );
  }
  const records = [...lines.keys()];
  return { records, problems: [...problems, ...doubledAccounts(records, (it) => lines.get(it) ?? 0)] };
}

function readCells(cells: Record<string, string | undefined>): { item: Item; unread: readonly string[] } {
  const item: Record<string, unknown> = {};
  const unread: string[] = [];
  for (const [column, cell] of Object.entries(cells)) {
    if (cell === undefined) continue;
    const value = isTextColumn(column, cell) ? cell : parseJson(cell);
    if (value === undefined) unread.push(column);
    else place(item, column.split('.'), value);
  }
  if (typeof item.realm === 'string') item.realm = item.realm.toLowerCase();
  return { item, unread };
}

function place(
  into: Record<string, unknown>,
  [name = '', ...deeper]: readonly string[],
  value: unknown,
): void {
  if (deeper.length === 0) {
    into[name] = value;
    return;
  }
  const known = Object.hasOwn(into, name) ? into[name] : undefined;
  const inner = isObject(known) ? known : {};
  into[name] = inner;
  place(inner, deeper, value);
}

/** A text field, or no field at all: then the parser says so. `callerId` may be a text or an object. */
function isTextColumn(column: string, cell: string): boolean {
  const kinds = kindsOf(recordSchema(), column.split('.'));
  return (
    kinds.length === 0 || (kinds.includes('string') && !(kinds.includes('object') && cell.startsWith('{')))
  );
}

/** The JSON types that the schema lets stand at this path. */
function kindsOf(schema: unknown, path: readonly string[]): string[] {
  if (!isObject(schema)) return [];
  if (Array.isArray(schema.anyOf)) return schema.anyOf.flatMap((choice) => kindsOf(choice, path));
  const [name, ...deeper] = path;
  if (name === undefined) return typeof schema.type === 'string' ? [schema.type] : [];
  return isObject(schema.properties) ? kindsOf(schema.properties[name], deeper) : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The same in the other direction: a header with every field that some record has, then a row a record. */
export function writeCsv(items: readonly Item[]): string {
  const rows = items.map((item) => Object.fromEntries(cellsOf(item, '')));
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const header = [
    'realm',
    'username',
    ...names.filter((name) => name !== 'realm' && name !== 'username').sort(),
  ];
  const cells = rows.map((row) => header.map((name) => row[name] ?? null));
  return stringify([header, ...cells], { quoted_match: /^$/, escape_formulas: false });
}

/** Objects are opened; a text is itself; what is neither, and an object without fields, is JSON. */
function cellsOf(value: unknown, path: string): [string, string][] {
  if (isObject(value) && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([name, inner]) => cellsOf(inner, path ? `${path}.${name}` : name));
  return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
}
