import { type Cell, type CsvRow, NO_VALUE } from './csv-table';
import type { FileProblem } from './file-problems';

const SHORTENED = /^[+-]?\d+([.,]\d+)?E[+-]?\d+$/i;
const FORMULA_ERROR = /^#(N\/A|NAME\?|NULL!|NUM!|REF!|VALUE!|DIV\/0!)$/;

/** Texts that look damaged or empty, and are not where they are in quotes: an export quotes them. */
export const AMBIGUOUS: readonly RegExp[] = [/^$/, NO_VALUE, SHORTENED, FORMULA_ERROR];

/** What a spreadsheet made of a cell, and how to undo it; undefined: nothing. A cell in quotes is taken literally. */
export function spreadsheetDamage({ text, quoted }: Cell): string | undefined {
  if (/^="[+\d]*"$/.test(text)) return 'is a spreadsheet formula; write the digits alone';
  if (quoted) return undefined;
  if (SHORTENED.test(text))
    return 'is a number that a spreadsheet shortened; format the column as text, and write the digits again';
  if (FORMULA_ERROR.test(text)) return 'is the error of a spreadsheet formula; write the text itself';
  return undefined;
}

/** Columns in which a number as long as the others is expected. */
const DIGIT_COLUMNS =
  /^(username|password|customer|techPrefix|callerId(\.default)?|emergency\.callerId|outboundAuth\.(username|password)|aor|dialled|from)$/;
/** Fewer rows say nothing about how long a number is meant to be. */
const FEWEST_ROWS = 3;

/**
 * Cells that probably lost leading zeros in a spreadsheet: in a column of digits most are equally long and these are
 * a digit or two shorter.
 */
export function lostZeros(rows: readonly CsvRow[]): FileProblem[] {
  const columns = new Set(rows.flatMap(({ cells }) => [...cells.keys()]));
  return [...columns].filter((it) => DIGIT_COLUMNS.test(it)).flatMap((it) => lostZerosIn(it, rows));
}

/** `5-Jan`, `2026-01-05`, `05/01/2026`, `Jan-05`. */
const DATE =
  /^(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](\d{4}|\d{2})|\d{1,2}-[a-z]{3}(-\d{2,4})?|[a-z]{3}-\d{2,4})$/i;

/** Cells that a spreadsheet took for a date, as it seems: `5-1` becomes `5-Jan`. */
export function suspectDates(rows: readonly CsvRow[]): FileProblem[] {
  return rows.flatMap(({ line, cells }) =>
    [...cells].flatMap(([column, { text, quoted }]) =>
      DIGIT_COLUMNS.test(column) && !quoted && DATE.test(text)
        ? [{ line, at: column, fix: 'looks like a date: did a spreadsheet make it of something else?' }]
        : [],
    ),
  );
}

function lostZerosIn(column: string, rows: readonly CsvRow[]): FileProblem[] {
  const cells = rows.flatMap(({ line, cells }) => {
    const cell = cells.get(column);
    return cell && !cell.quoted && /^\d+$/.test(cell.text) ? [{ line, text: cell.text }] : [];
  });
  if (cells.length < FEWEST_ROWS) return [];
  const usual = usualLength(cells.map(({ text }) => text.length));
  return cells
    .filter(({ text }) => usual - text.length === 1 || usual - text.length === 2)
    .map(({ line, text }) => ({
      line,
      at: column,
      fix: `has ${text.length} digits where most have ${usual}: did a spreadsheet drop a leading zero?`,
    }));
}

/** The length that more than half of them have; 0: there is none. */
function usualLength(lengths: readonly number[]): number {
  const usual = lengths.find((length) => lengths.filter((it) => it === length).length * 2 > lengths.length);
  return usual ?? 0;
}
