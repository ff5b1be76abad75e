import { aorOf, parseStored } from '../aws/tools/customer-records';
import { formatAor } from '../registrar/record/aor';
import type { Customer } from '../registrar/record/customer';
import { counted } from './columns';
import { readCustomersFile } from './customers-file';
import { describeFileProblem } from './file-problems';
import { readInput } from './input';
import { warningsOf } from './lint-rules';
import type { Place } from './place';
import type { Outcome, Shell } from './shell';

/** What was looked at, and what is wrong there in words. */
interface Looked {
  readonly name: string;
  readonly customers: readonly Customer[];
  readonly problems: readonly string[];
}

/** `lint FILE`: all problems, then what a reviewer would ask about. */
export async function lintFile(shell: Shell, file: string, options: { strict?: boolean }): Promise<Outcome> {
  const { records, problems } = readCustomersFile(await readInput(shell, file));
  const customers = records.flatMap(({ customer }) => (customer ? [customer] : []));
  return tell(shell, { name: file, customers, problems: problems.map(describeFileProblem) }, options);
}

/** `lint`: the same of the table. */
export async function lintTable(shell: Shell, place: Place, options: { strict?: boolean }): Promise<Outcome> {
  const customers: Customer[] = [];
  const problems: string[] = [];
  for await (const page of place.records.pages())
    for (const item of page) {
      const parsed = parseStored(item);
      if (parsed.customer) customers.push(parsed.customer);
      problems.push(...parsed.problems.map(({ path, fix }) => `${formatAor(aorOf(item))}: ${path} ${fix}`));
    }
  customers.sort((a, b) => (formatAor(a) < formatAor(b) ? -1 : 1));
  return tell(shell, { name: place.name, customers, problems: problems.sort() }, options);
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
