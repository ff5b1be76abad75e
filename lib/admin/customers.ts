import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getNodeValue } from 'jsonc-parser';
import { type CredentialUse, readCredentialUses } from '../aws/credential-uses';
import type { Item } from '../aws/customer-records';
import { isObject } from '../jambonz/hook';
import { type Aor, formatAor } from '../registrar/aor';
import { type Problem, parseCustomer } from '../registrar/customer';
import { changesBetween, describeChange } from './changes';
import { columns, counted } from './columns';
import { readJsonText } from './customers-file';
import { hashed } from './hashed';
import { readAor, readInput } from './input';
import { mask } from './mask';
import type { Place } from './place';
import { type Outcome, Refused, type Shell, WrongUsage } from './shell';

/** `customers list`: every account in a line. */
export async function listCustomers(
  shell: Shell,
  place: Place,
  options: { realm?: string },
): Promise<Outcome> {
  const rows: ListedCustomer[] = [];
  for await (const page of place.records.pages(options.realm)) {
    const uses = await usesOf(place, page.map(aorOf));
    rows.push(...page.map((item) => listed(item, uses.get(nameOf(item))?.[0])));
  }
  rows.sort((a, b) => (a.aor < b.aor ? -1 : 1));
  shell.print(
    rows.length === 0
      ? `${place.name} holds no record${options.realm === undefined ? '' : ` of ${options.realm}`}. Add some: npx edge-registrar customers import FILE`
      : columns(
          ['AOR', 'ENABLED', 'TRUNKS', 'LAST USED CREDENTIAL'],
          rows.map(({ aor, enabled, trunks, lastUsed }) => [
            aor,
            enabled ? 'yes' : 'NO',
            trunks.join(', ') || '-',
            lastUsed ? describeUse(lastUsed) : '-',
          ]),
        ),
  );
  return { code: 0, json: rows };
}

interface ListedCustomer {
  readonly aor: string;
  readonly enabled: boolean;
  readonly trunks: readonly string[];
  readonly lastUsed: CredentialUse | undefined;
}

function listed(item: Item, lastUsed: ListedCustomer['lastUsed']): ListedCustomer {
  const { customer } = parseCustomer(item);
  const own = customer?.techPrefix !== undefined || customer?.outboundAuth ? ['default'] : [];
  return {
    aor: nameOf(item),
    enabled: customer !== undefined && customer.enabled !== false,
    trunks: customer?.trunks?.map(({ name }) => name) ?? own,
    lastUsed,
  };
}

/** `customers show`: one record, its secrets masked, and what is wrong with it. */
export async function showCustomer(shell: Shell, place: Place, aorText: string): Promise<Outcome> {
  const item = await findItem(place, readAor(aorText));
  const { problems } = parseCustomer(item);
  const used = (await usesOf(place, [aorOf(item)])).get(nameOf(item)) ?? [];
  shell.print(describeRecord(item));
  for (const use of used) shell.print(`last used: credential ${describeUse(use)}`);
  if (problems.length > 0) shell.print(['problems:', ...describeProblems(problems)].join('\n'));
  return { code: 0, json: { record: mask(item), problems, used } };
}

/** `customers put`: writes one whole record, read as JSON from a file or standard input. */
export async function putCustomer(
  shell: Shell,
  place: Place,
  aorText: string,
  options: { file: string; dryRun?: boolean; keepPasswords?: boolean },
): Promise<Outcome> {
  const aor = readAor(aorText);
  const read = readRecord(await readInput(shell, options.file), aor);
  if ('problems' in read) return refuseRecord(shell, aor, read.problems);
  const item = options.keepPasswords ? read.item : hashed(read.item);
  return change(shell, place, await place.records.find(aor), item, options);
}

/** `customers enable` and `disable`. */
export async function enableCustomer(
  shell: Shell,
  place: Place,
  aorText: string,
  enabled: boolean,
  options: { dryRun?: boolean },
): Promise<Outcome> {
  const seen = await findItem(place, readAor(aorText));
  const outcome = await change(shell, place, seen, { ...seen, enabled }, options);
  if (!enabled && outcome.code === 0)
    shell.print(
      'Calls stop within a minute; a phone that is registered stays so until its time runs out, at most 3600 s.',
    );
  return outcome;
}

/** `customers remove`: asks first. */
export async function removeCustomer(
  shell: Shell,
  place: Place,
  aorText: string,
  options: { dryRun?: boolean; yes?: boolean },
): Promise<Outcome> {
  const seen = await findItem(place, readAor(aorText));
  const aor = nameOf(seen);
  const dependents = await accountsUsing(place, seen);
  shell.print(
    [
      `${aor} will be removed from ${place.name}:`,
      describeRecord(seen),
      ...(dependents.length > 0
        ? [
            `${counted(dependents.length, 'account')} without trunks then, as they use its policy: ${dependents.join(', ')}`,
          ]
        : []),
    ].join('\n'),
  );
  if (options.dryRun) {
    shell.print('Nothing was removed (--dry-run).');
    return { code: 0, json: { removed: false, aor, dependents } };
  }
  const sure = options.yes || (await shell.confirm(`Remove ${aor}?`));
  if (sure === undefined) throw new WrongUsage('nobody is here to answer: say --yes');
  if (!sure) {
    shell.print('Nothing was removed.');
    return { code: 1, json: { removed: false, aor, dependents } };
  }
  if ((await place.records.remove(seen)) === 'changed-meanwhile') throw changedMeanwhile(aor);
  shell.print('Removed.');
  return { code: 0, json: { removed: true, aor, dependents } };
}

/** `customers edit`: one record in the user's editor. Its secrets stand there as `<secret 1>`, and stay if left so. */
export async function editCustomer(
  shell: Shell,
  place: Place,
  aorText: string,
  options: { dryRun?: boolean; keepPasswords?: boolean },
): Promise<Outcome> {
  const aor = readAor(aorText);
  const seen = await findItem(place, aor);
  const { version: _, ...shown } = seen;
  const secrets: string[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'edge-registrar-'));
  const file = join(folder, `${aor.username.replace(/[^\w.-]/g, '_')}.json`);
  await writeFile(file, `${JSON.stringify(hideSecrets(shown, secrets), null, 2)}\n`, { mode: 0o600 });
  const read = await editUntilRight(shell, file, aor, secrets);
  const kept = `Your text is kept in ${file}.`;
  if ('problems' in read) {
    const outcome = refuseRecord(shell, aor, read.problems);
    shell.print(kept);
    return outcome;
  }
  try {
    const item = options.keepPasswords ? read.item : hashed(read.item);
    const outcome = await change(shell, place, seen, item, options);
    await rm(folder, { recursive: true });
    return outcome;
  } catch (cause) {
    shell.print(kept);
    throw cause;
  }
}

type ReadRecord = { readonly item: Item } | { readonly problems: readonly Problem[] };

async function editUntilRight(
  shell: Shell,
  file: string,
  aor: Aor,
  secrets: readonly string[],
): Promise<ReadRecord> {
  for (;;) {
    await shell.edit(file);
    const read = readRecord(await readFile(file, 'utf8'), aor, secrets);
    if ('item' in read) return read;
    shell.complain(['this cannot be written:', ...describeProblems(read.problems)].join('\n'));
    if (!(await shell.confirm('Open the editor again?'))) return read;
  }
}

/** Reads one record as JSON; its key may be left out, and may not be another. */
function readRecord(text: string, aor: Aor, secrets: readonly string[] = []): ReadRecord {
  const read = readJsonText(text);
  if ('problems' in read)
    return {
      problems: read.problems.map(({ line, fix }) => ({ path: `line ${line}`, fix, unknownField: false })),
    };
  const json: unknown = getNodeValue(read.root);
  if (!isObject(json))
    return {
      problems: [{ path: '', fix: 'write an object: { "techPrefix": "…", … }', unknownField: false }],
    };
  const { version: _, ...written } = json;
  const item = { ...aor, ...bringBack(written, secrets) };
  const { problems } = parseCustomer(item);
  const same = String(item.realm).toLowerCase() === aor.realm && item.username === aor.username;
  const all = same ? problems : [...problems, keyProblem(aor)];
  return all.length > 0 ? { problems: all } : { item: { ...item, ...aor } };
}

function keyProblem(aor: Aor): Problem {
  return {
    path: 'realm, username',
    fix: `must stay those of ${formatAor(aor)}; to rename an account, put a new one and remove this`,
    unknownField: false,
  };
}

/** Each text under a secret's name becomes `<secret 1>`, `<secret 2>` …, in the order of `secrets`. */
function hideSecrets(value: unknown, secrets: string[]): unknown {
  if (Array.isArray(value)) return value.map((it) => hideSecrets(it, secrets));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      typeof inner === 'string' && mask({ [key]: inner })[key] !== inner
        ? `<secret ${secrets.push(inner)}>`
        : hideSecrets(inner, secrets),
    ]),
  );
}

function bringBack<T>(value: T, secrets: readonly string[]): T;
function bringBack(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') {
    const at = /^<secret (\d+)>$/.exec(value)?.[1];
    return (at && secrets[Number(at) - 1]) ?? value;
  }
  if (Array.isArray(value)) return value.map((it) => bringBack(it, secrets));
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bringBack(inner, secrets)]))
    : value;
}

/**
 * Says what changes, then writes it, unless somebody else wrote the record meanwhile.
 * @throws Refused in that case
 */
export async function change(
  shell: Shell,
  place: Place,
  seen: Item | undefined,
  item: Item,
  { dryRun = false }: { dryRun?: boolean },
): Promise<Outcome> {
  const aor = nameOf(item);
  const changes = changesBetween(seen ?? { realm: item.realm, username: item.username }, item);
  const json = { aor, changes: mask(changes.map(({ path }) => path)), written: false };
  if (seen && changes.length === 0) {
    shell.print(`${aor} is so already; nothing was written.`);
    return { code: 0, json };
  }
  shell.print(
    [`${seen ? '~' : '+'} ${aor} in ${place.name}`, ...changes.map((it) => `    ${describeChange(it)}`)].join(
      '\n',
    ),
  );
  if (dryRun) {
    shell.print('Nothing was written (--dry-run).');
    return { code: 0, json };
  }
  if ((await place.records.write(item, seen)) === 'changed-meanwhile') throw changedMeanwhile(aor);
  shell.print('Written.');
  return { code: 0, json: { ...json, written: true } };
}

function changedMeanwhile(aor: string): Refused {
  return new Refused(
    `${aor} was changed by somebody else meanwhile, so nothing was written: look at it, and do yours again`,
  );
}

/** @throws Refused when there is no such record */
export async function findItem(place: Place, aor: Aor): Promise<Item> {
  const item = await place.records.find(aor);
  if (!item)
    throw new Refused(
      `${place.name} has no record of ${formatAor(aor)}; usernames are compared to the letter`,
    );
  return item;
}

async function accountsUsing(place: Place, { realm, username }: Item): Promise<string[]> {
  const names: string[] = [];
  for await (const page of place.records.pages(String(realm)))
    names.push(...page.filter(({ customer }) => customer === username).map(nameOf));
  return names.sort();
}

function refuseRecord(shell: Shell, aor: Aor, problems: readonly Problem[]): Outcome {
  shell.print(
    [
      `${formatAor(aor)}: ${counted(problems.length, 'problem')}, so nothing was written:`,
      ...describeProblems(problems),
    ].join('\n'),
  );
  return { code: 1, json: { aor: formatAor(aor), problems } };
}

/** Of a table alone nobody knows. */
async function usesOf(
  { dynamodb, memoryTable }: Place,
  aors: readonly Aor[],
): Promise<ReadonlyMap<string, readonly CredentialUse[]>> {
  return memoryTable === undefined ? new Map() : readCredentialUses(dynamodb, memoryTable, aors);
}

function describeUse({ label, at }: CredentialUse): string {
  return `${label}, ${new Date(at).toISOString()}`;
}

/** The whole record, its key first, without a secret. */
function describeRecord({ realm, username, ...record }: Item): string {
  return JSON.stringify(mask({ realm, username, ...record }), null, 2);
}

function describeProblems(problems: readonly Problem[]): string[] {
  return problems.map(({ path, fix }) => `  ${path ? `${path} ` : ''}${fix}`);
}

function aorOf({ realm, username }: Item): Aor {
  return { realm: String(realm), username: String(username) };
}

function nameOf(item: Item): string {
  return formatAor(aorOf(item));
}
