import { aorOf, parseStored } from '../../aws/tools/customer-records';
import { formatAor } from '../../registrar/record/aor';
import type { Customer } from '../../registrar/record/customer';
import type { NumberRecord } from '../../registrar/record/number-record';
import { compareNames, counted } from '../columns';
import { type CommonOptions, deploymentCommand, onDeployment, run } from '../command-line';
import type { Deployment } from '../deployment';
import { readCustomersFile } from '../files/customers-file';
import {
  describeFileProblem,
  groupByKind,
  nullCredentials,
  type OfKind,
  toKind,
} from '../files/file-problems';
import { readInput } from '../input';
import { withNearestField } from '../records/field-names';
import { numberWarnings } from '../records/lint-reached';
import type { Warning } from '../records/lint-remark';
import { warningsOf } from '../records/lint-rules';
import type { Outcome, Shell } from '../shell';
import { suggestion } from '../suggestion';

interface Options extends CommonOptions {
  readonly strict?: boolean;
  readonly all?: boolean;
}

export const lintCommand = () =>
  deploymentCommand('lint [file]', 'all problems of a file, or of the table, and what looks wrong', [
    'lint',
    'lint customers.csv --strict',
  ])
    .option('--strict', 'exit code 1 on warnings too')
    .option('--all', 'print all of a kind, not 20')
    .action((file: string | undefined, options: Options) =>
      file === undefined
        ? onDeployment(options, (shell, deployment) => lintTable(shell, deployment, options))
        : run(options, (shell) => lintFile(shell, file, options)),
    );

/** What was read, and what is wrong there. */
interface Linted {
  readonly name: string;
  readonly customers: readonly Customer[];
  readonly numbers: readonly NumberRecord[];
  readonly problems: readonly OfKind[];
  /** Found in the text of the file. */
  readonly warnings: readonly OfKind[];
  /** For the commands that are suggested. */
  readonly deployment: Pick<Deployment, 'options'>;
}

/** `lint FILE`: all problems, then all warnings. */
export async function lintFile(shell: Shell, file: string, options: Options): Promise<Outcome> {
  const { records, problems, warnings } = readCustomersFile(await readInput(shell, file));
  return report(
    shell,
    {
      name: file,
      customers: records.flatMap(({ customer }) => (customer ? [customer] : [])),
      numbers: records.flatMap(({ number }) => (number ? [number] : [])),
      problems: problems.map(toKind),
      warnings: warnings.map(toKind),
      deployment: { options: [] },
    },
    options,
  );
}

/** `lint`: the same of the table. */
export async function lintTable(shell: Shell, deployment: Deployment, options: Options): Promise<Outcome> {
  const customers: Customer[] = [];
  const numbers: NumberRecord[] = [];
  const problems: OfKind[] = [];
  for await (const page of deployment.records.pages())
    for (const item of page) {
      const parsed = parseStored(item);
      const at = formatAor(aorOf(item));
      if (parsed.customer) customers.push(parsed.customer);
      if (parsed.number) numbers.push(parsed.number);
      for (const { path, fix } of parsed.problems.map(withNearestField))
        problems.push({ kind: `${path.replace(/\d+/g, 'n')} ${fix}`, text: `${at}: ${path} ${fix}` });
      for (const problem of nullCredentials({ at, item }, () => 0))
        problems.push({ kind: problem.fix, text: describeFileProblem(problem).replace('line 0: ', '') });
    }
  customers.sort((a, b) => compareNames(formatAor(a), formatAor(b)));
  problems.sort((a, b) => compareNames(a.text, b.text));
  numbers.sort((a, b) => compareNames(a.username, b.username));
  const linted = { name: deployment.name, customers, numbers, problems, warnings: [], deployment };
  return report(shell, linted, options);
}

/** The count is at the end, where a terminal shows it. */
function report(shell: Shell, linted: Linted, options: Options): Outcome {
  const { name, customers, numbers, problems } = linted;
  const warnings = [...warningsOf(customers, shell.now()), ...numberWarnings(numbers, customers)];
  const records = customers.length + numbers.length;
  const described = [...linted.warnings, ...warnings.map((it) => describeWarning(shell, it, linted))];
  const marked = (mark: string, lines: readonly string[]) => lines.map((it) => `  ${mark}  ${it}`);
  shell.print(
    [
      ...marked(shell.paint('red', 'PROBLEM'), groupByKind(problems, options)),
      ...marked(shell.paint('yellow', 'WARNING'), groupByKind(described, options)),
      `${name}: ${counted(records, 'record')}, ${counted(problems.length, 'problem')}, ${counted(described.length, 'warning')}`,
    ].join('\n'),
  );
  const found = problems.length > 0 || (options.strict && described.length > 0);
  const json = { records, problems: problems.map(({ text }) => text), warnings };
  return { code: found ? 1 : 0, json };
}

function describeWarning(shell: Shell, warning: Warning, { deployment }: Linted): OfKind {
  const { path, what, fix, command } = warning;
  const run = command ? `: ${suggestion(shell, command, deployment)}` : '';
  return {
    kind: `${path.replace(/\d+/g, 'n')} ${fix}`,
    text: `${formatAor(warning)}: ${path} ${what}\n           ${fix}${run}`,
  };
}
