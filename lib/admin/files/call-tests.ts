import * as v from 'valibot';
import type { Aor } from '../../registrar/record/aor';
import { readAor, readInput } from '../input';
import { Refused, type Shell } from '../shell';
import { readCsvTable } from './csv-table';
import { describeFileProblem } from './file-problems';
import { jsonValue, readJsonText } from './json-text';
import { lostZeros, spreadsheetDamage, suspectDates } from './spreadsheet-damage';

/** What comes of a call, in the words of a file of call tests. */
export interface CallResult {
  /** The phones that ring first, with commas between them. */
  readonly rings?: string;
  /** The first trunk. */
  readonly trunk?: string;
  readonly sipUri?: string;
  readonly callerId?: string;
  /** Why there is no call. */
  readonly refusal?: string;
}

/** One call, and what must come of it: only what is named is compared. */
export interface CallTest {
  /** Its place in the file: `line 3`, `[2]`. */
  readonly at: string;
  readonly aor: Aor;
  readonly dialled: string;
  /** The user part of the phone's From. */
  readonly from: string | undefined;
  readonly expected: CallResult;
}

const cell = v.optional(v.string('write it as text, in quotes'));
const row = v.strictObject({
  aor: v.string('is missing: username@realm'),
  dialled: v.string('is missing'),
  from: cell,
  rings: cell,
  trunk: cell,
  sipUri: cell,
  callerId: cell,
  refusal: cell,
});

/**
 * Reads a file of call tests: CSV with a header, or a JSON list of objects with the same names. In CSV an empty cell
 * expects nothing. Prints what looks damaged.
 * @throws Refused with every problem of the file
 */
export async function readCallTests(shell: Shell, file: string): Promise<CallTest[]> {
  const { rows, problems, warnings } = readRows(await readInput(shell, file));
  const read = rows.map(readTest);
  const all = [...problems, ...read.flatMap(({ problem }) => problem ?? [])];
  if (all.length > 0) throw new Refused([`${file}:`, ...all.map((it) => `  ${it}`)].join('\n'));
  for (const warning of warnings) shell.complain(`${file}, ${warning}`);
  return read.flatMap(({ test }) => test ?? []);
}

interface Row {
  readonly at: string;
  readonly value: unknown;
}

function readTest({ at, value }: Row): { test?: CallTest; problem?: string } {
  const { success, output, issues } = v.safeParse(row, value);
  const wrong = success ? problemOf(output) : issues?.map(describeIssue).join('; ');
  if (!success || wrong !== undefined) return { problem: `${at}: ${wrong}` };
  const { aor, dialled, from, ...expected } = output;
  return { test: { at, aor: readAor(aor), dialled, from, expected: withoutGaps(expected) } };
}

interface Rows {
  readonly rows: readonly Row[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

function readRows(text: string): Rows {
  if (!/^\s*[[{]/.test(text)) return readCsvRows(text);
  const read = readJsonText(text);
  if ('problems' in read) return { ...NO_ROWS, problems: read.problems.map(describeFileProblem) };
  const list = jsonValue(read.root);
  if (!Array.isArray(list)) return { ...NO_ROWS, problems: [FORMS] };
  return { ...NO_ROWS, rows: list.map((value, at) => ({ at: `[${at}]`, value })) };
}

const NO_ROWS: Rows = { rows: [], problems: [], warnings: [] };
const FORMS =
  'write CSV with the header aor,dialled,from,rings,trunk,sipUri,callerId,refusal, or a JSON list of such objects';

function readCsvRows(text: string): Rows {
  const table = readCsvTable(text);
  if (!table.columns.includes('aor')) return { ...NO_ROWS, problems: [FORMS] };
  const damaged = table.rows.flatMap(({ line, cells }) =>
    [...cells].flatMap(([column, it]) => {
      const fix = spreadsheetDamage(it);
      return fix === undefined ? [] : [{ line, at: column, fix }];
    }),
  );
  return {
    rows: table.rows.map(({ line, cells }) => ({
      at: `line ${line}`,
      value: Object.fromEntries([...cells].map(([column, it]) => [column, it.text])),
    })),
    problems: [...table.problems, ...damaged].map(describeFileProblem),
    warnings: [...suspectDates(table.rows), ...lostZeros(table.rows)].map(describeFileProblem),
  };
}

function problemOf({
  aor,
  rings,
  trunk,
  sipUri,
  callerId,
  refusal,
}: v.InferOutput<typeof row>): string | undefined {
  const dials = rings ?? trunk ?? sipUri ?? callerId;
  if (dials === undefined && refusal === undefined)
    return 'expects nothing: write rings, trunk, sipUri, callerId or refusal';
  if (dials !== undefined && refusal !== undefined) return 'expects a call and a refusal: write one of them';
  try {
    readAor(aor);
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : undefined;
  }
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const name = issue.path?.map(({ key }) => String(key)).join('.') ?? '';
  if (issue.type === 'strict_object')
    return issue.expected === 'never' ? `there is no column ${name}` : `${name} is missing`;
  return `${name} ${issue.message}`.trim();
}

function withoutGaps(expected: Readonly<Record<string, string | undefined>>): CallResult {
  return Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined));
}
