import { type CredentialUse, readCredentialUses } from '../aws/tools/credential-uses';
import { aorOf, type Item, parseStored } from '../aws/tools/customer-records';
import { type Aor, formatAor } from '../registrar/record/aor';
import type { Problem } from '../registrar/record/customer';
import { changesBetween, describeChange } from './changes';
import { columns, counted } from './columns';
import { readAor } from './input';
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
    rows.push(...page.map((item) => listed(item, uses.get(formatAor(aorOf(item)))?.[0])));
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
  const { customer } = parseStored(item);
  const own = customer?.techPrefix !== undefined || customer?.outboundAuth ? ['default'] : [];
  return {
    aor: formatAor(aorOf(item)),
    enabled: customer !== undefined && customer.enabled !== false,
    trunks: customer?.trunks?.map(({ name }) => name) ?? own,
    lastUsed,
  };
}

/** `customers show`: one record, its secrets masked, and what is wrong with it. */
export async function showCustomer(shell: Shell, place: Place, aorText: string): Promise<Outcome> {
  const item = await findItem(place, readAor(aorText));
  const { problems } = parseStored(item);
  const used = (await usesOf(place, [aorOf(item)])).get(formatAor(aorOf(item))) ?? [];
  shell.print(describeRecord(item));
  for (const use of used) shell.print(`last used: credential ${describeUse(use)}`);
  if (problems.length > 0) shell.print(['problems:', ...describeProblems(problems)].join('\n'));
  return { code: 0, json: { record: mask(item), problems, used } };
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
  const aor = formatAor(aorOf(seen));
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
  const aor = formatAor(aorOf(item));
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
    names.push(...page.filter(({ customer }) => customer === username).map((item) => formatAor(aorOf(item))));
  return names.sort();
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

/** For people: one line a problem. */
export function describeProblems(problems: readonly Problem[]): string[] {
  return problems.map(({ path, fix }) => `  ${path ? `${path} ` : ''}${fix}`);
}
