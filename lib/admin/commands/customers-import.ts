import { aorOf, type Item, type Written } from '../../aws/customer-records';
import { formatAor } from '../../registrar/aor';
import { counted } from '../columns';
import { type CommonOptions, onDeployment, writingCommand } from '../command-line';
import type { Deployment } from '../deployment';
import { readCustomersFile } from '../files/customers-file';
import { describeFileProblem, type FileProblem } from '../files/file-problems';
import { readInput } from '../input';
import { type Change, changesBetween, describeChange } from '../records/changes';
import { hashed } from '../records/hashed';
import type { Outcome, Shell } from '../shell';

interface Options extends CommonOptions {
  readonly dryRun?: boolean;
  readonly keepPasswords?: boolean;
}

export const importCommand = () =>
  writingCommand('import <file>', 'write the records of a JSON or CSV file (-: standard input)', [
    'customers import customers.csv --dry-run',
    'customers import customers.csv --stack edge-registrar',
  ])
    .option('--keep-passwords', 'keep plain passwords, instead of their ha1')
    .action((file: string, options: Options) =>
      onDeployment(options, (shell, deployment) => importCustomers(shell, deployment, file, options)),
    );

/** Number of writes at a time. */
const AT_ONCE = 16;
/** Number of records of a kind that a preview names. */
const MOST_NAMED = 20;

/** What an import does to one record. */
interface Step {
  readonly aor: string;
  readonly item: Item;
  readonly seen: Item | undefined;
  readonly changes: readonly Change[];
}

/** What an import would do, or does. */
interface ImportPlan {
  readonly added: readonly Step[];
  readonly changed: readonly Step[];
  readonly unchanged: number;
}

/**
 * `customers import`: brings the table to what a file says. Records that are not in the file stay. Nothing is
 * written when anything in the file is wrong; an import that was interrupted can be run again.
 */
export async function importCustomers(
  shell: Shell,
  deployment: Deployment,
  file: string,
  options: Options,
): Promise<Outcome> {
  const { records, problems } = readCustomersFile(await readInput(shell, file));
  if (problems.length > 0) return refuseFile(shell, file, problems);
  const items = records.map(({ item }) => (options.keepPasswords ? item : hashed(item)));
  const plan = await planImport(deployment, items);
  preview(shell, deployment, file, plan);
  if (options.dryRun) {
    shell.print('Nothing was written (--dry-run).');
    return { code: 0, json: { dryRun: true, ...summary(plan) } };
  }
  const conflicts = await apply(shell, deployment, [...plan.added, ...plan.changed]);
  if (conflicts.length > 0)
    shell.print(
      `Changed by someone else during the import, and left as they are: ${conflicts.join(', ')}. Run the import again.`,
    );
  else if (plan.added.length + plan.changed.length > 0) shell.print('Written.');
  return { code: conflicts.length > 0 ? 1 : 0, json: { dryRun: false, ...summary(plan), conflicts } };
}

function refuseFile(shell: Shell, file: string, problems: readonly FileProblem[]): Outcome {
  shell.print(
    [
      `${file}: ${counted(problems.length, 'problem')}; nothing was written:`,
      ...problems.map((problem) => `  ${describeFileProblem(problem)}`),
    ].join('\n'),
  );
  return { code: 1, json: { problems } };
}

async function planImport(deployment: Deployment, items: readonly Item[]): Promise<ImportPlan> {
  const known = await deployment.records.findMany(items.map(aorOf));
  const steps = items.map((item): Step => {
    const aor = formatAor(aorOf(item));
    const seen = known.get(aor);
    return { aor, item, seen, changes: seen ? changesBetween(seen, item) : [] };
  });
  return {
    added: steps.filter(({ seen }) => !seen),
    changed: steps.filter(({ seen, changes }) => seen && changes.length > 0),
    unchanged: steps.filter(({ seen, changes }) => seen && changes.length === 0).length,
  };
}

function preview(
  shell: Shell,
  deployment: Deployment,
  file: string,
  { added, changed, unchanged }: ImportPlan,
): void {
  const lines = [
    `${file} into ${deployment.name}: ${added.length} to add, ${changed.length} to change, ${unchanged} unchanged`,
    ...named(added, ({ aor }) => [`  + ${aor}`]),
    ...named(changed, ({ aor, changes }) => [
      `  ~ ${aor}`,
      ...changes.map((it) => `      ${describeChange(it)}`),
    ]),
  ];
  shell.print(lines.join('\n'));
}

function named(steps: readonly Step[], lines: (step: Step) => string[]): string[] {
  const more = steps.length - MOST_NAMED;
  return [...steps.slice(0, MOST_NAMED).flatMap(lines), ...(more > 0 ? [`  … and ${more} more`] : [])];
}

function summary({ added, changed, unchanged }: ImportPlan): object {
  return {
    added: added.map(({ aor }) => aor),
    changed: changed.map(({ aor, changes }) => ({ aor, fields: changes.map(({ path }) => path) })),
    unchanged,
  };
}

/** @returns the records that someone else wrote during the import */
async function apply(shell: Shell, { records }: Deployment, steps: readonly Step[]): Promise<string[]> {
  if (steps.length === 0) return [];
  const progress = shell.progress('writing records', steps.length);
  const queue = [...steps].reverse();
  const conflicts: string[] = [];
  const work = async () => {
    for (let step = queue.pop(); step; step = queue.pop()) {
      const written: Written = await records.write(step.item, step.seen);
      if (written === 'changed-meanwhile') conflicts.push(step.aor);
      progress.advance(1);
    }
  };
  const stopAll = (cause: unknown) => {
    queue.length = 0;
    throw cause;
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => work().catch(stopAll)));
  progress.stop();
  const broken = ends.find((end) => end.status === 'rejected');
  if (broken) throw broken.reason;
  return conflicts.sort();
}
