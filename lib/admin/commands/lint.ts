import { aorOf } from '../../aws/customer-records';
import { formatAor } from '../../registrar/aor';
import { type Customer, parseCustomer } from '../../registrar/customer';
import { counted } from '../columns';
import { type CommonOptions, deploymentCommand, onDeployment, run } from '../command-line';
import type { Deployment } from '../deployment';
import { readCustomersFile } from '../files/customers-file';
import { describeFileProblem } from '../files/file-problems';
import { readInput } from '../input';
import { warningsOf } from '../records/lint-rules';
import type { Outcome, Shell } from '../shell';

export const lintCommand = () =>
  deploymentCommand('lint [file]', 'all problems of a file, or of the table, and what looks wrong', [
    'lint',
    'lint customers.csv --strict',
  ])
    .option('--strict', 'exit code 1 on warnings too')
    .action((file: string | undefined, options: CommonOptions & { strict?: boolean }) =>
      file === undefined
        ? onDeployment(options, (shell, deployment) => lintTable(shell, deployment, options))
        : run(options, (shell) => lintFile(shell, file, options)),
    );

/** What was looked at, and what is wrong there in words. */
interface Looked {
  readonly name: string;
  readonly customers: readonly Customer[];
  readonly problems: readonly string[];
}

/** `lint FILE`: all problems, then all warnings. */
export async function lintFile(shell: Shell, file: string, options: { strict?: boolean }): Promise<Outcome> {
  const { records, problems } = readCustomersFile(await readInput(shell, file));
  const customers = records.flatMap(({ customer }) => (customer ? [customer] : []));
  return tell(shell, { name: file, customers, problems: problems.map(describeFileProblem) }, options);
}

/** `lint`: the same of the table. */
export async function lintTable(
  shell: Shell,
  deployment: Deployment,
  options: { strict?: boolean },
): Promise<Outcome> {
  const customers: Customer[] = [];
  const problems: string[] = [];
  for await (const page of deployment.records.pages())
    for (const item of page) {
      const parsed = parseCustomer(item);
      if (parsed.customer) customers.push(parsed.customer);
      problems.push(...parsed.problems.map(({ path, fix }) => `${formatAor(aorOf(item))}: ${path} ${fix}`));
    }
  customers.sort((a, b) => (formatAor(a) < formatAor(b) ? -1 : 1));
  return tell(shell, { name: deployment.name, customers, problems: problems.sort() }, options);
}

function tell(
  shell: Shell,
  { name, customers, problems }: Looked,
  { strict = false }: { strict?: boolean },
): Outcome {
  const warnings = warningsOf(customers, shell.now());
  shell.print(
    [
      `${name}: ${counted(customers.length, 'record')}, ${counted(problems.length, 'problem')}, ${counted(warnings.length, 'warning')}`,
      ...problems.map((it) => `  PROBLEM  ${it}`),
      ...warnings.map((it) => `  WARNING  ${formatAor(it)}: ${it.path} ${it.what}\n           ${it.fix}`),
    ].join('\n'),
  );
  const found = problems.length > 0 || (strict && warnings.length > 0);
  return { code: found ? 1 : 0, json: { records: customers.length, problems, warnings } };
}
