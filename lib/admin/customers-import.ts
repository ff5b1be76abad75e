import { open } from 'node:fs/promises';
import { aorOf, type Item, parseStored, type Written } from '../aws/tools/customer-records';
import { formatAor } from '../registrar/record/aor';
import type { FileRecord } from '../registrar/record/customer-file';
import { type Change, changesBetween, describeChange } from './changes';
import { counted } from './columns';
import { writeCsv } from './customers-csv';
import { readCustomersFile } from './customers-file';
import { describeFileProblem, type FileProblem } from './file-problems';
import { hashed } from './hashed';
import { readInput } from './input';
import type { Place } from './place';
import type { Outcome, Shell } from './shell';

/** So many writes are under way at a time. */
const AT_ONCE = 16;
/** So many records of a kind are named in a preview. */
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
 * written when anything in the file is wrong, unless `force` restores records with their problems; an import that was
 * interrupted can be run again.
 */
export async function importCustomers(
  shell: Shell,
  place: Place,
  file: string,
  options: { dryRun?: boolean; keepPasswords?: boolean; force?: boolean },
): Promise<Outcome> {
  const { records, problems } = readCustomersFile(await readInput(shell, file));
  if (problems.length > 0 && !(options.force && areOfRecords(problems, records)))
    return refuseFile(shell, file, problems, options);
  if (problems.length > 0)
    shell.complain(['written as they are, by --force:', ...listed(problems)].join('\n'));
  // A credential that cannot be read must not become one that can.
  const asTheyAre = (record: FileRecord) => options.keepPasswords || record.problems.length > 0;
  const items = records.map((record) => (asTheyAre(record) ? record.item : hashed(record.item)));
  const plan = await planImport(place, items);
  preview(shell, place, file, plan);
  if (options.dryRun) {
    shell.print('Nothing was written (--dry-run).');
    return { code: 0, json: { dryRun: true, ...summary(plan) } };
  }
  const conflicts = await apply(shell, place, [...plan.added, ...plan.changed]);
  if (conflicts.length > 0)
    shell.print(
      `Changed by somebody else meanwhile, and left as they are: ${conflicts.join(', ')}. Run the import again.`,
    );
  else if (plan.added.length + plan.changed.length > 0) shell.print('Written.');
  return { code: conflicts.length > 0 ? 1 : 0, json: { dryRun: false, ...summary(plan), conflicts } };
}

/** Each record has its key, and nothing else is wrong with the file: so each can be written, whatever is in it. */
function areOfRecords(problems: readonly FileProblem[], records: readonly FileRecord[]): boolean {
  const own = records.flatMap((record) => record.problems);
  return problems.length === own.length && records.every(({ customer }) => customer);
}

function refuseFile(
  shell: Shell,
  file: string,
  problems: readonly FileProblem[],
  { force = false }: { force?: boolean },
): Outcome {
  shell.print(
    [
      `${file}: ${counted(problems.length, 'problem')}, so nothing was written:`,
      ...listed(problems),
      ...(force ? ['--force writes records with problems, but not without their realm and username.'] : []),
    ].join('\n'),
  );
  return { code: 1, json: { problems } };
}

function listed(problems: readonly FileProblem[]): string[] {
  return problems.map((problem) => `  ${describeFileProblem(problem)}`);
}

async function planImport(place: Place, items: readonly Item[]): Promise<ImportPlan> {
  const known = await place.records.findMany(items.map(aorOf));
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

function preview(shell: Shell, place: Place, file: string, { added, changed, unchanged }: ImportPlan): void {
  const lines = [
    `${file} into ${place.name}: ${added.length} to add, ${changed.length} to change, ${unchanged} unchanged`,
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

/** @returns the records that somebody else wrote meanwhile */
async function apply(shell: Shell, { records }: Place, steps: readonly Step[]): Promise<string[]> {
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

/** `customers export`: all records, secrets included, in a form that `import` reads back. */
export async function exportCustomers(
  shell: Shell,
  place: Place,
  file: string | undefined,
  options: { format: 'json' | 'csv'; realm?: string },
): Promise<Outcome> {
  const items: Item[] = [];
  let withProblems = 0;
  for await (const page of place.records.pages(options.realm)) {
    items.push(...page.map(withoutVersion));
    withProblems += page.filter((item) => parseStored(item).problems.length > 0).length;
  }
  items.sort(
    (a, b) => compare(String(a.realm), String(b.realm)) || compare(String(a.username), String(b.username)),
  );
  const json = nested(items);
  const text = options.format === 'csv' ? writeCsv(items) : `${JSON.stringify(json, null, 2)}\n`;
  if (file === undefined) {
    shell.print(text.trimEnd());
    return { code: 0, json };
  }
  await writeSecretFile(file, text);
  shell.print(
    `${counted(items.length, 'record')} of ${place.name} in ${file}, with their secrets: keep it safe.`,
  );
  if (withProblems > 0)
    shell.print(
      `${counted(withProblems, 'record')} with problems: to restore them as they are, import with --force. See them with: npx edge-registrar lint`,
    );
  return { code: 0, json: { file, records: items.length } };
}

/** For its owner's eyes only, also where the file was there before with other permissions. */
async function writeSecretFile(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    if ((await file.stat()).isFile()) await file.chmod(0o600);
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

function nested(items: readonly Item[]): object {
  const realms: Record<string, Record<string, Item>> = {};
  for (const { realm, username, ...record } of items) {
    const accounts = realms[String(realm)] ?? {};
    accounts[String(username)] = record;
    realms[String(realm)] = accounts;
  }
  return realms;
}

function withoutVersion({ version, ...item }: Item): Item {
  return item;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
