import { callSettingsForFile } from '../call-settings';
import { counted } from '../columns';
import { type CommonOptions, plainCommand, run } from '../command-line';
import { readCallTests } from '../files/call-tests';
import { callToJson, compareResults, describeCall, resultOf } from '../records/call-results';
import { type KnownRecords, recordsInFile } from '../records/known-records';
import type { Outcome, Shell } from '../shell';

export const diffCommand = () =>
  plainCommand('diff <old> <new>', 'which calls would other records change?', [
    'diff old.json new.json --calls calls.csv',
  ])
    .requiredOption('--calls <file>', 'the calls, as for check')
    .option('--stack <name>', 'with the settings of this CloudFormation stack')
    .action((before: string, after: string, options: CommonOptions & { calls: string; stack?: string }) =>
      run(options, async (shell) => {
        const settings = await callSettingsForFile(shell, options);
        const old = await recordsInFile(shell, before, settings);
        const changed = await recordsInFile(shell, after, settings);
        return diffCalls(shell, old, changed, options.calls);
      }),
    );

/** `diff`: which calls of a file would other records change? */
export async function diffCalls(
  shell: Shell,
  before: KnownRecords,
  after: KnownRecords,
  file: string,
): Promise<Outcome> {
  const tests = await readCallTests(shell, file);
  const changed = [];
  for (const test of tests) {
    const differences = compareResults(await resultOf(before, test), await resultOf(after, test));
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
    json: {
      calls: tests.length,
      changed: changed.map(({ test, differences }) => callToJson(test, differences)),
    },
  };
}
