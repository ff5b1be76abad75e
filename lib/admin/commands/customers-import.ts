import { aorOf, type Item } from '../../aws/tools/customer-records';
import { formatAor } from '../../registrar/record/aor';
import type { FileRecord } from '../../registrar/record/customer-file';
import { isNumberItem } from '../../registrar/record/record-item';
import { compareNames, counted } from '../columns';
import { type CommonOptions, onDeployment, writingCommand } from '../command-line';
import type { Deployment } from '../deployment';
import { readCallTests } from '../files/call-tests';
import { findColumnMap } from '../files/column-maps';
import { readCustomersFile } from '../files/customers-file';
import { type FileProblem, groupByKind, reportProblems, toKind } from '../files/file-problems';
import { readInput } from '../input';
import { applyPlan, type Step } from '../records/bulk-write';
import { failuresToJson, findFailures, listFailures } from '../records/call-results';
import { changesBetween, describeChange } from '../records/changes';
import { hashedUnlessSame } from '../records/hashed';
import { type KnownRecords, recordsAfter } from '../records/known-records';
import { oldPasswordsIn } from '../records/old-passwords';
import { USED_WITHIN } from '../records/record-change';
import { type Outcome, Refused, type Shell, WrongUsage } from '../shell';

/** Number of records of a kind that a preview names. */
const MOST_NAMED = 20;
/** More changes than this to a deployment are confirmed. */
const MOST_UNASKED = 100;

interface Options extends CommonOptions {
  readonly map?: string;
  readonly realm?: string;
  readonly prune?: boolean;
  readonly check?: string;
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly keepPasswords?: boolean;
}

export const importCommand = () =>
  writingCommand('import <file>', 'write the records of a JSON or CSV file (-: standard input)', [
    'customers import customers.csv --dry-run',
    'customers import customers.csv --stack edge-registrar',
    'customers import extensions.csv --map freepbx --realm sip.example.com',
    'customers import customers.json --check calls.csv --prune',
  ])
    .option('--map <file>', 'our field: their column; or the word freepbx, fusionpbx or kamailio')
    .option('--realm <realm>', 'with --map: the realm of all accounts of the file')
    .option('--prune', 'remove the accounts of these realms that the file lacks')
    .option('--check <calls>', 'write nothing unless these calls come out as expected afterwards')
    .option('--keep-passwords', 'keep plain passwords, instead of their ha1')
    .option('--force', 'write records with problems as they are, and passwords that were replaced since')
    .option('--yes', 'do not ask before many changes')
    .option('--all', 'print all problems and all changes')
    .addHelpText('after', '\nFiles of FreePBX, FusionPBX, Kamailio and others: docs/import.md')
    .action((file: string, options: Options) =>
      onDeployment(options, (shell, deployment) => importCustomers(shell, deployment, file, options)),
    );

/** What an import would do, or does. */
interface ImportPlan {
  readonly added: readonly Step[];
  readonly changed: readonly Step[];
  readonly removed: readonly Step[];
  readonly unchanged: number;
}

/**
 * `customers import`: brings the table to what a file says. Accounts that are not in the file stay, unless they are
 * pruned. Nothing is written when anything in the file is wrong, unless `force` restores records with their problems; an import that was interrupted can be run again.
 */
export async function importCustomers(
  shell: Shell,
  deployment: Deployment,
  file: string,
  options: Options,
): Promise<Outcome> {
  const map = await findColumnMap(shell, options);
  const { records, problems, warnings, unused = [] } = readCustomersFile(await readInput(shell, file), map);
  for (const warning of groupByKind(warnings.map(toKind), options)) shell.complain(`${file}: ${warning}`);
  if (unused.length > 0) shell.print(`columns that the map does not use: ${unused.join(', ')}`);
  if (problems.length > 0) {
    const end = endOf(problems, records, options);
    shell.print(reportProblems(file, problems, end, options));
    if (end !== FORCED) return { code: 1, json: { problems } };
  }
  const plan = await planImport(deployment, records, options);
  shell.print(describePlan(shell, deployment, file, plan, options));
  await refuseOldPasswords(deployment, plan, options);
  const failures = await failedCalls(shell, deployment, plan, options);
  if (failures) return failures;
  if (options.dryRun) {
    shell.print('Nothing was written (--dry-run).');
    return { code: 0, json: { dryRun: true, ...summary(plan, options) } };
  }
  if (!(await isConfirmed(shell, deployment, plan, options))) {
    shell.print('Nothing was written.');
    return { code: 1, json: { dryRun: false, ...summary(plan, options), written: 0 } };
  }
  return write(shell, deployment, plan, options);
}

const FORCED = 'written as they are, by --force';

/** What comes of a file with problems. */
function endOf(
  problems: readonly FileProblem[],
  records: readonly FileRecord[],
  { force = false }: Options,
): string {
  if (!force) return 'nothing was written';
  // Each record has its key, and nothing else is wrong with the file: so each can be written, whatever is in it.
  const own = records.flatMap((record) => record.problems);
  return problems.length === own.length && records.every(({ customer, number }) => customer ?? number)
    ? FORCED
    : 'nothing was written: --force writes records with problems, but not without their realm and username';
}

async function planImport(
  deployment: Deployment,
  records: readonly FileRecord[],
  { keepPasswords, prune }: Options,
): Promise<ImportPlan> {
  const items = records.map(({ item }) => item);
  const known = await deployment.records.findMany(items.map(aorOf));
  const steps = records.map(({ item: raw, problems }): Step => {
    const aor = formatAor(aorOf(raw));
    const seen = known.get(aor);
    // A credential that cannot be read must not become one that can.
    const item = keepPasswords || problems.length > 0 ? raw : hashedUnlessSame(raw, seen);
    return { aor, item, seen, changes: seen ? changesBetween(seen, item) : [] };
  });
  return {
    added: steps.filter(({ seen }) => !seen),
    changed: steps.filter(({ seen, changes }) => seen && changes.length > 0),
    unchanged: steps.filter(({ seen, changes }) => seen && changes.length === 0).length,
    removed: prune ? await absentIn(deployment, items) : [],
  };
}

/** The accounts of the file's realms that the file lacks. */
async function absentIn({ records }: Deployment, items: readonly Item[]): Promise<Step[]> {
  const present = new Set(items.map((item) => formatAor(aorOf(item))));
  const absent: Step[] = [];
  for (const realm of new Set(items.map(({ realm }) => String(realm))))
    for await (const page of records.pages(realm))
      for (const seen of page) {
        const aor = formatAor(aorOf(seen));
        if (!present.has(aor)) absent.push({ aor, item: undefined, seen, changes: [] });
      }
  return absent.sort((a, b) => compareNames(a.aor, b.aor));
}

function describePlan(
  shell: Shell,
  deployment: Deployment,
  file: string,
  { added, changed, removed, unchanged }: ImportPlan,
  options: Options,
): string {
  const number = (steps: readonly Step[]) => steps.length.toLocaleString('en');
  const prune = options.prune ? `, ${number(removed)} to remove` : '';
  return [
    `${file} into ${deployment.name}: ${number(added)} to add, ${number(changed)} to change${prune}, ${unchanged.toLocaleString('en')} unchanged`,
    ...named(added, options, ({ aor }) => [shell.paint('green', `  + ${aor}`)]),
    ...named(changed, options, ({ aor, changes }) => [
      shell.paint('yellow', `  ~ ${aor}`),
      ...changes.map((it) => `      ${describeChange(it)}`),
    ]),
    ...named(removed, options, ({ aor }) => [shell.paint('red', `  - ${aor}`)]),
    ...(options.map === undefined ? [] : withoutCredential(added)),
    ...losingCredentials(changed),
    ...enabledAgain(changed),
  ].join('\n');
}

/** Extensions of a PBX that no phone logs in as. */
function withoutCredential(added: readonly Step[]): string[] {
  const steps = added.filter(({ item }) => !isNumberItem(item) && !hasCredential(item));
  return listAccounts('without a credential, which no phone can use', steps);
}

/** A file without passwords takes those away that the table has. */
function losingCredentials(changed: readonly Step[]): string[] {
  const steps = changed.filter(({ seen, item }) => hasCredential(seen) && !hasCredential(item));
  return listAccounts('that the file gives no credential; no phone could log in any more', steps);
}

/** A file that does not say `enabled` undoes `customers disable`. */
function enabledAgain(changed: readonly Step[]): string[] {
  const steps = changed.filter(
    ({ seen, item }) => !isNumberItem(seen) && seen?.enabled === false && item?.enabled !== false,
  );
  return listAccounts('that the table has as disabled, and the file enables', steps);
}

function hasCredential(item: Item | undefined): boolean {
  return item !== undefined && ('ha1' in item || 'password' in item || 'credentials' in item);
}

function listAccounts(what: string, steps: readonly Step[]): string[] {
  if (steps.length === 0) return [];
  return [`${counted(steps.length, 'account')} ${what}: ${namesOf(steps.map(({ aor }) => aor))}`];
}

function namesOf(aors: readonly string[]): string {
  const more =
    aors.length > MOST_NAMED ? `, and ${(aors.length - MOST_NAMED).toLocaleString('en')} more` : '';
  return `${aors.slice(0, MOST_NAMED).join(', ')}${more}`;
}

function named(steps: readonly Step[], { all }: Options, lines: (step: Step) => string[]): string[] {
  const more = all ? 0 : steps.length - MOST_NAMED;
  return [
    ...steps.slice(0, all ? undefined : MOST_NAMED).flatMap(lines),
    ...(more > 0 ? [`  … and ${more.toLocaleString('en')} more (--all)`] : []),
  ];
}

/** @throws Refused unless that is forced */
async function refuseOldPasswords(
  deployment: Deployment,
  { changed }: ImportPlan,
  { force }: Options,
): Promise<void> {
  const old = force ? [] : await oldPasswordsIn(deployment, changed);
  if (old.length === 0) return;
  throw new Refused(
    `the file has an older password than the table for ${namesOf(old)}: the password was changed since; nothing was written. Put the credentials that "customers export" shows into the file, or pass --force to go back`,
  );
}

/** undefined: all come out as expected, or none are to be checked. */
async function failedCalls(
  shell: Shell,
  deployment: Deployment,
  plan: ImportPlan,
  { check }: Options,
): Promise<Outcome | undefined> {
  if (check === undefined) return undefined;
  const tests = await readCallTests(shell, check);
  const known: KnownRecords = recordsAfter(deployment, [...plan.added, ...plan.changed, ...plan.removed]);
  const failures = await findFailures(known, tests);
  shell.print(
    [
      `${check}: ${counted(tests.length, 'call')}, ${failures.length} not as expected`,
      ...listFailures(failures),
    ].join('\n'),
  );
  if (failures.length === 0) return undefined;
  shell.print('Nothing was written.');
  return { code: 1, json: { calls: tests.length, failures: failuresToJson(failures) } };
}

/** @throws WrongUsage without a terminal */
async function isConfirmed(
  shell: Shell,
  deployment: Deployment,
  { added, changed, removed }: ImportPlan,
  { yes }: Options,
): Promise<boolean> {
  const count = added.length + changed.length + removed.length;
  if (yes || deployment.isLocal || (count <= MOST_UNASKED && removed.length === 0)) return true;
  const sure = await shell.confirm(`Write ${counted(count, 'change')} to ${deployment.name}?`);
  if (sure === undefined) throw new WrongUsage('not a terminal; pass --yes to confirm');
  return sure;
}

async function write(
  shell: Shell,
  deployment: Deployment,
  plan: ImportPlan,
  options: Options,
): Promise<Outcome> {
  const steps = [...plan.added, ...plan.changed, ...plan.removed];
  const { written, conflicts, interrupted } = await applyPlan(shell, deployment, steps);
  const json = { dryRun: false, ...summary(plan, options), conflicts };
  if (interrupted && written < steps.length) {
    shell.complain(
      `interrupted: ${written.toLocaleString('en')} of ${steps.length.toLocaleString('en')} written; run it again`,
    );
    return { code: 130, json: { ...json, written } };
  }
  if (conflicts.length > 0)
    shell.print(
      `Changed by someone else during the import, and left as they are: ${conflicts.join(', ')}. Run the import again.`,
    );
  else if (steps.length > 0) shell.print(`Written. ${USED_WITHIN}`);
  return { code: conflicts.length > 0 ? 1 : 0, json };
}

function summary({ added, changed, removed, unchanged }: ImportPlan, { prune }: Options): object {
  return {
    added: added.map(({ aor }) => aor),
    changed: changed.map(({ aor, changes }) => ({ aor, fields: changes.map(({ path }) => path) })),
    ...(prune && { removed: removed.map(({ aor }) => aor) }),
    unchanged,
  };
}
