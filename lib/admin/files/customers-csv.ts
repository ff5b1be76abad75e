import { stringify } from 'csv-stringify/sync';
import type { Item } from '../../aws/tools/customer-records';
import type { FileRecord } from '../../registrar/record/customer-file';
import { isObject } from '../../registrar/record/json';
import { NUMBERS } from '../../registrar/record/number-key';
import { parseItem } from '../../registrar/record/record-item';
import { numberRecordSchema, recordSchema } from '../records/record-schema';
import { type ColumnMap, mappedCells, problemsOfMap, unusedColumns } from './column-maps';
import { type Cell, type CsvRow, readCsvTable } from './csv-table';
import {
  type CustomersFile,
  doubledAccounts,
  type FileProblem,
  nullCredentials,
  oddCredentials,
  problemsOf,
} from './file-problems';
import { AMBIGUOUS, lostZeros, spreadsheetDamage, suspectDates } from './spreadsheet-damage';

/**
 * Customers as CSV with a header. A column is a field, with dots into its parts (`outboundAuth.username`), unless a
 * map says which column is which field. A cell holds a text as it is, and anything else (numbers, true and false,
 * lists) as JSON; an empty cell means that the record has no such field.
 */
export function readCsv(text: string, map?: ColumnMap): CustomersFile {
  const table = readCsvTable(text);
  const problems = map ? problemsOfMap(map, table.columns) : problemsOfHeader(text, table.columns);
  // What is no such table has no lines that could be wrong.
  if (problems.length > 0) return { records: [], problems, warnings: [] };
  const rows = map
    ? table.rows.map((row) => ({ ...row, cells: mappedCells(map, row.cells, table.columns) }))
    : table.rows;
  const read = rows.map(readRow);
  const records = read.map(({ record }) => record);
  const lines = new Map(read.map(({ record, line }) => [record, line]));
  return {
    records,
    problems: [
      ...table.problems,
      ...read.flatMap((it) => it.problems),
      ...doubledAccounts(records, (record) => lines.get(record) ?? 0),
    ].sort((a, b) => a.line - b.line),
    warnings: [...suspectDates(rows), ...lostZeros(rows), ...read.flatMap((it) => it.warnings)],
    ...(map && { unused: unusedColumns(map, table.columns) }),
  };
}

function problemsOfHeader(text: string, columns: readonly string[]): FileProblem[] {
  const lacks = (names: readonly string[]) => KEYS.some((it) => !names.includes(it));
  if (!lacks(columns)) return [];
  const fix = lacks(columns.map((it) => it.toLowerCase()))
    ? NOT_OURS
    : 'write the header in lower case: realm, username';
  return [{ line: 1, at: '', fix: text.trim() === '' ? 'is empty' : fix }];
}

const KEYS = ['realm', 'username'];
const NOT_OURS = 'must be JSON, or CSV with realm and username in its header';

interface ReadRow {
  readonly line: number;
  readonly record: FileRecord;
  readonly problems: readonly FileProblem[];
  readonly warnings: readonly FileProblem[];
}

function readRow({ line, cells }: CsvRow): ReadRow {
  const at = `${cells.get('realm')?.text ?? ''} / ${cells.get('username')?.text ?? ''}`;
  const { item, unread } = readCells(cells);
  const parsed = parseItem(item);
  const problems = parsed.problems.filter(({ path }) => !unread.some(({ column }) => column === path));
  const record: FileRecord = { at, keys: [], item, ...parsed, problems };
  return {
    line,
    record,
    problems: [
      ...unread.map(({ column, fix }) => ({ line, at: `${at}: ${column}`, fix })),
      ...problemsOf(record, () => line),
      ...nullCredentials(record, () => line),
    ],
    warnings: oddCredentials(record, () => line),
  };
}

interface Unread {
  readonly column: string;
  readonly fix: string;
}

function readCells(cells: ReadonlyMap<string, Cell>): { item: Item; unread: readonly Unread[] } {
  const item: Record<string, unknown> = {};
  const unread: Unread[] = [];
  const isNumber = cells.get('realm')?.text.toLowerCase() === NUMBERS;
  const schema = isNumber ? numberRecordSchema() : recordSchema();
  for (const [column, cell] of cells) {
    const damage = column === 'description' ? undefined : (spreadsheetDamage(cell) ?? typedValue(cell));
    const value = damage === undefined ? readCell(schema, column, cell.text) : undefined;
    if (value === undefined)
      unread.push({ column, fix: damage ?? fixOf(kindsOf(schema, column.split('.'))) });
    else if (!place(item, column.split('.'), value))
      unread.push({ column, fix: 'is given by another column too; keep one of them' });
  }
  if (typeof item.realm === 'string') item.realm = item.realm.toLowerCase();
  return { item, unread };
}

/** A value as DynamoDB writes it, in a cell: as a password it would be taken for the password. */
function typedValue({ text }: Cell): string | undefined {
  return /^\{\s*"(S|N|B|BOOL|NULL|M|L|SS|NS|BS)"\s*:/.test(text) ? TYPED : undefined;
}

const TYPED = 'is DynamoDB JSON in a cell; write the value alone, or import the items as JSON';

/** @param kinds what the schema allows */
function fixOf(kinds: readonly string[]): string {
  if (kinds.includes('boolean')) return 'write true or false';
  if (kinds.includes('array')) return 'write a JSON list, such as ["966","971"]';
  return kinds.includes('object')
    ? 'write a JSON object, or columns for its parts'
    : 'write a number, in digits alone';
}

/** undefined: it cannot be read. A spreadsheet writes booleans in capitals. */
function readCell(schema: unknown, column: string, text: string): unknown {
  const kinds = kindsOf(schema, column.split('.'));
  if (isText(kinds, text)) return text;
  if (kinds.includes('boolean') && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return parseJson(text);
}

/** A text field, or an unknown field, which the parser reports. `callerId` may be a text or an object. */
function isText(kinds: readonly string[], text: string): boolean {
  return (
    kinds.length === 0 || (kinds.includes('string') && !(kinds.includes('object') && text.startsWith('{')))
  );
}

/** @returns false when there is something already */
function place(
  into: Record<string, unknown>,
  [name = '', ...deeper]: readonly string[],
  value: unknown,
): boolean {
  const known = Object.hasOwn(into, name) ? into[name] : undefined;
  if (deeper.length === 0 || (known !== undefined && !isObject(known))) {
    if (known !== undefined) return false;
    setOwn(into, name, value);
    return true;
  }
  const inner = isObject(known) ? known : {};
  setOwn(into, name, inner);
  return place(inner, deeper, value);
}

/** Also a column that is called `__proto__` is a field of the record, and so a problem. */
function setOwn(into: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(into, name, { value, enumerable: true, writable: true, configurable: true });
}

/** The JSON types that the schema allows at this path. */
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
  return stringify([header, ...cells], { quoted_match: [...AMBIGUOUS], escape_formulas: false });
}

/** Objects are opened; a text is itself; what is neither, and an object without fields, is JSON. */
function cellsOf(value: unknown, path: string): [string, string][] {
  if (isObject(value) && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([name, inner]) => cellsOf(inner, path ? `${path}.${name}` : name));
  return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
}
