import { parse } from 'csv-parse/sync';
import * as v from 'valibot';
import { planCall } from '../registrar/calls/plan';
import { type Aor, formatAor } from '../registrar/record/aor';
import { counted } from './columns';
import { callOf, verbsOf } from './explain';
import { readAor, readInput } from './input';
import { callRecordsOf, type KnownRecords } from './known-records';
import { type Outcome, type Shell, WrongUsage } from './shell';

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

/** `check`: does every call of a file come out as it says? */
export async function checkCalls(shell: Shell, known: KnownRecords, file: string): Promise<Outcome> {
  const tests = await readCallTests(shell, file);
  const failures = [];
  for (const test of tests) {
    const result = await resultOf(known, test);
    const differences = compare(test.expected, result).filter(
      ({ name }) => test.expected[name] !== undefined,
    );
    if (differences.length > 0) failures.push({ test, differences });
  }
  shell.print(
    [
      `${file} by the records of ${known.name}: ${counted(tests.length, 'call')}, ${failures.length} otherwise than expected`,
      ...failures.flatMap(({ test, differences }) => [
        describeCall(test),
        ...differences.map(
          ({ name, before, after }) => `    ${name}: expected ${before ?? '-'}, is ${after ?? '-'}`,
        ),
      ]),
    ].join('\n'),
  );
  return {
    code: failures.length > 0 ? 1 : 0,
    json: {
      calls: tests.length,
      failures: failures.map(({ test, differences }) => toJson(test, differences)),
    },
  };
}

/** `diff`: which calls of a file would come out otherwise by other records? */
export async function diffCalls(
  shell: Shell,
  before: KnownRecords,
  after: KnownRecords,
  file: string,
): Promise<Outcome> {
  const tests = await readCallTests(shell, file);
  const changed = [];
  for (const test of tests) {
    const differences = compare(await resultOf(before, test), await resultOf(after, test));
    if (differences.length > 0) changed.push({ test, differences });
  }
  shell.print(
    [
      `${file}, ${before.name} -> ${after.name}: ${counted(tests.length, 'call')}, ${changed.length} changed`,
      ...changed.flatMap(({ test, differences }) => [
        describeCall(test),
        ...differences.map(({ name, before, after }) => `    ${name}: ${before ?? '-'} -> ${after ?? '-'}`),
      ]),
    ].join('\n'),
  );
  return {
    code: changed.length > 0 ? 1 : 0,
    json: { calls: tests.length, changed: changed.map(({ test, differences }) => toJson(test, differences)) },
  };
}

const RESULTS = ['trunk', 'sipUri', 'callerId', 'refusal'] as const;

interface Difference {
  readonly name: (typeof RESULTS)[number];
  readonly before: string | undefined;
  readonly after: string | undefined;
}

function compare(before: CallResult, after: CallResult): Difference[] {
  return RESULTS.filter((name) => before[name] !== after[name]).map((name) => ({
    name,
    before: before[name],
    after: after[name],
  }));
}

async function resultOf(known: KnownRecords, { aor, dialled, from }: CallTest): Promise<CallResult> {
  const records = await callRecordsOf(known, aor);
  const call = callOf(aor, dialled, from);
  const plan = planCall(call, records, known.settings);
  if (plan.kind === 'refuse') return { refusal: plan.because };
  const dial = verbsOf(call, plan).find((verb) => verb.verb === 'dial');
  if (!dial) return {};
  const [target] = dial.target;
  const { callerId } = dial;
  if (plan.kind === 'ring' || target.type === 'user') return { callerId };
  return { trunk: plan.attempts[0].trunk, sipUri: target.sipUri, callerId };
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
async function readCallTests(shell: Shell, file: string): Promise<CallTest[]> {
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

function describeCall({ at, aor, dialled, from }: CallTest): string {
  return `  ${at}: ${formatAor(aor)} dials ${dialled}${from === undefined ? '' : ` as ${from}`}`;
}

function toJson({ at, aor, dialled, from }: CallTest, differences: readonly Difference[]): object {
  return { at, aor: formatAor(aor), dialled, from, differences };
}
