import { counted } from '../columns';
import { deploymentCommand, onRecords } from '../command-line';
import { readCallTests } from '../files/call-tests';
import { failuresToJson, findFailures, listFailures } from '../records/call-results';
import type { KnownRecords } from '../records/known-records';
import type { Outcome, Shell } from '../shell';

export const checkCommand = () =>
  deploymentCommand('check <calls>', 'do the calls of a file come out as it says?', [
    'check calls.csv',
    'check calls.csv --records new.json',
  ])
    .option('--records <file>', 'by the records of this file')
    .action((calls: string, options) =>
      onRecords(options, (shell, known) => checkCalls(shell, known, calls)),
    );

/** `check`: does every call of a file come out as it says? */
export async function checkCalls(shell: Shell, known: KnownRecords, file: string): Promise<Outcome> {
  const tests = await readCallTests(shell, file);
  const failures = await findFailures(known, tests);
  shell.print(
    [
      `${file} by the records of ${known.name}: ${counted(tests.length, 'call')}, ${failures.length} not as expected`,
      ...listFailures(failures),
    ].join('\n'),
  );
  return {
    code: failures.length > 0 ? 1 : 0,
    json: { calls: tests.length, failures: failuresToJson(failures) },
  };
}
