import { parse } from 'csv-parse/sync';
import * as v from 'valibot';
import type { Aor } from '../../registrar/aor';
import { readAor, readInput } from '../input';
import { type Shell, WrongUsage } from '../shell';

/** What comes of a call, in the words of a file of call tests. */
export interface CallResult {
  /** The first trunk. */
  readonly trunk?: string;
  readonly sipUri?: string;
  readonly callerId?: string;
  /** Why there is no call. */
  readonly refusal?: string;
}

/** One call, and what must come of it: only what is named is compared. */
export interface CallTest {
  /** Where it stands in its file: `line 3`, `[2]`. */
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
  trunk: cell,
  sipUri: cell,
  callerId: cell,
  refusal: cell,
});

/**
 * Reads a file of call tests: CSV with a header, or a JSON list of objects with the same names. In CSV an empty cell
 * expects nothing.
 * @throws WrongUsage with every problem of the file
 */
export async function readCallTests(shell: Shell, file: string): Promise<CallTest[]> {
  const text = await readInput(shell, file);
  const rows = readRows(text, file);
  const problems: string[] = [];
  const tests = rows.flatMap(({ at, value }) => {
    const { success, output, issues } = v.safeParse(row, value);
    const wrong = success ? problemOf(output) : issues?.map(describeIssue).join('; ');
    if (wrong) problems.push(`  ${at}: ${wrong}`);
    if (!success || wrong) return [];
    const { aor, dialled, from, ...expected } = output;
    return [{ at, aor: readAor(aor), dialled, from, expected: withoutGaps(expected) }];
  });
  if (problems.length > 0) throw new WrongUsage([`${file}:`, ...problems].join('\n'));
  return tests;
}

function readRows(text: string, file: string): { at: string; value: unknown }[] {
  try {
    if (!text.trimStart().startsWith('[')) return readCsvRows(text);
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map((value, at) => ({ at: `[${at}]`, value })) : [];
  } catch {
    throw new WrongUsage(
      `${file}: write CSV with the header aor,dialled,from,trunk,sipUri,callerId,refusal, or a JSON list of such objects`,
    );
  }
}

function readCsvRows(text: string): { at: string; value: unknown }[] {
  const rows: { record: object; info: { lines: number } }[] = parse(text, {
    bom: true,
    columns: true,
    info: true,
    skip_empty_lines: true,
    cast: (value) => (value === '' ? undefined : value),
  });
  return rows.map(({ record, info }) => ({ at: `line ${info.lines}`, value: record }));
}

function problemOf({ aor, trunk, sipUri, callerId, refusal }: v.InferOutput<typeof row>): string | undefined {
  const dials = trunk ?? sipUri ?? callerId;
  if (dials === undefined && refusal === undefined)
    return 'expects nothing: write trunk, sipUri, callerId or refusal';
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
