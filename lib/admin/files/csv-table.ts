import { CsvError, parse } from 'csv-parse/sync';
import { counted } from '../columns';
import type { FileProblem } from './file-problems';

export interface Cell {
  readonly text: string;
  /** Written in quotes: taken literally. */
  readonly quoted: boolean;
}

export interface CsvRow {
  /** From 1. */
  readonly line: number;
  /** By column; a cell without anything in it is not there. */
  readonly cells: ReadonlyMap<string, Cell>;
}

export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
  readonly problems: readonly FileProblem[];
}

/**
 * Reads CSV with a header, separated by commas, semicolons or tabs, whichever the header holds most of, or by what a
 * line `sep=;` before it says (Excel). Lines without anything but separators are skipped. What a database writes for
 * "no value" (`NULL`, `null`, `\N`, without quotes) is an empty cell. A broken line does not hide the others.
 */
export function readCsvTable(text: string): CsvTable {
  const problems: FileProblem[] = [];
  const { body, separator } = separatorOf(text);
  const lines = parseLines(body, separator, problems).filter((it) => !isBlank(it));
  const [header, ...records] = lines;
  const columns = (header?.cells ?? []).map((it) => it.text.trim());
  for (const column of new Set(columns.filter((it, at) => it !== '' && columns.indexOf(it) < at)))
    problems.push({ line: header?.line ?? 1, at: `column ${column}`, fix: 'is there twice; keep one' });
  const rows = records.flatMap(({ line, cells }) => {
    const extra = cells.slice(columns.length).some((it) => it.text !== '');
    if (cells.length < columns.length || extra) {
      problems.push({ line, at: '', fix: wrongLength(cells.length, columns.length) });
      return [];
    }
    return [{ line, cells: cellsByColumn(columns, cells) }];
  });
  return { columns: columns.filter((it) => it !== ''), rows, problems };
}

function isBlank({ cells }: Line): boolean {
  return cells.every((it) => it.text.trim() === '');
}

function wrongLength(cells: number, columns: number): string {
  return `has ${counted(cells, 'cell')} where the header has ${columns}; put cells that hold a separator in quotes`;
}

/** How databases write that there is no value. */
export const NO_VALUE = /^(null|NULL|\\N)$/;

function cellsByColumn(columns: readonly string[], cells: readonly Cell[]): ReadonlyMap<string, Cell> {
  return new Map(
    columns.flatMap((column, at) => {
      const cell = cells[at];
      const empty = !cell || (!cell.quoted && (cell.text === '' || NO_VALUE.test(cell.text)));
      return empty || (column === '' && cell.text === '') ? [] : [[column, cell] as const];
    }),
  );
}

function separatorOf(text: string): { body: string; separator: string } {
  const [, said] = /^"?sep=(.)"?[ \t]*(?:\r?\n|$)/i.exec(text) ?? [];
  // The line stays, empty, so that lines are counted as editors count them.
  if (said) return { body: text.replace(/^[^\r\n]*/, ''), separator: said };
  const header = /^\s*(.*)/.exec(text)?.[1]?.replace(/"[^"]*"/g, '') ?? '';
  const count = (it: string) => header.split(it).length;
  const [separator = ','] = [',', ';', '\t'].sort((a, b) => count(b) - count(a));
  return { body: text, separator };
}

interface Line {
  readonly line: number;
  readonly cells: readonly Cell[];
}

function parseLines(text: string, delimiter: string, problems: FileProblem[]): Line[] {
  const lines: Line[] = [];
  let cells: Cell[] = [];
  const report = (cause: unknown): undefined => {
    if (!(cause instanceof CsvError)) throw cause;
    const found = typeof cause.lines === 'number' ? cause.lines : 1;
    // A quote that is not closed is found at the end of the file: it was opened after the last whole line.
    const whole = Math.max(0, ...[lines.at(-1), problems.at(-1)].map((it) => it?.line ?? 0));
    const line = cause.code === 'CSV_QUOTE_NOT_CLOSED' ? whole + 1 : found;
    problems.push({ line, at: '', fix: FIXES[cause.code] ?? `is not CSV: ${cause.code}` });
  };
  try {
    parse(text, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: report,
      cast: (value, { quoting }) => {
        cells.push({ text: value, quoted: quoting });
        return value;
      },
      // Of a record with an error some cells are left over.
      on_record: (record: readonly string[], { lines: line }) => {
        lines.push({ line, cells: cells.slice(-record.length) });
        cells = [];
        return null;
      },
    });
  } catch (cause) {
    report(cause);
  }
  return lines;
}

const FIXES: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE: 'has a quote inside a quoted cell; write it twice, as ""',
  INVALID_OPENING_QUOTE: 'has a quote inside a cell; put the cell in quotes and write the quote twice, as ""',
  CSV_QUOTE_NOT_CLOSED: 'has a quote that is not closed',
};
