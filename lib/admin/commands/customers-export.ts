import { type Item, parseStored } from '../../aws/tools/customer-records';
import { compareNames, counted } from '../columns';
import { type CommonOptions, deploymentCommand, onDeployment } from '../command-line';
import type { Deployment } from '../deployment';
import { writeCsv } from '../files/customers-csv';
import { writePrivateFile } from '../files/private-file';
import { type Outcome, Refused, type Shell } from '../shell';
import { suggestion } from '../suggestion';

export const exportCommand = () =>
  deploymentCommand('export [file]', 'all records, secrets included, as import reads them', [
    'customers export backup.json',
    'customers export customers.csv --realm register.telecomsxchange.com',
  ])
    .option('--csv', 'as CSV; JSON otherwise, and when the file ends in .json')
    .option('--realm <realm>', 'of this realm only')
    .option('--force', 'replace a file that is there')
    .action(
      (
        file: string | undefined,
        options: CommonOptions & { csv?: boolean; realm?: string; force?: boolean },
      ) => {
        const format = options.csv || file?.endsWith('.csv') ? 'csv' : 'json';
        return onDeployment(options, (shell, deployment) =>
          exportCustomers(shell, deployment, file, { ...options, format }),
        );
      },
    );

/** `customers export`: all records, secrets included, in a form that `import` reads back. */
export async function exportCustomers(
  shell: Shell,
  deployment: Deployment,
  file: string | undefined,
  options: { format: 'json' | 'csv'; realm?: string; force?: boolean },
): Promise<Outcome> {
  const items: Item[] = [];
  let withProblems = 0;
  for await (const page of deployment.records.pages(options.realm)) {
    items.push(...page.map(withoutVersion));
    withProblems += page.filter((item) => parseStored(item).problems.length > 0).length;
  }
  if (items.length === 0 && options.realm !== undefined) throw await noSuchRealm(deployment, options.realm);
  items.sort((a, b) => compareNames(String(a.realm), String(b.realm)) || compareNames(nameOf(a), nameOf(b)));
  const json = nested(items);
  const text = options.format === 'csv' ? writeCsv(items) : `${JSON.stringify(json, null, 2)}\n`;
  if (file === undefined) {
    shell.print(text.trimEnd());
    return { code: 0, json };
  }
  await writePrivateFile(file, text, options);
  shell.print(
    `${counted(items.length, 'record')} of ${deployment.name} in ${file}, with their secrets: keep it safe.`,
  );
  if (withProblems > 0)
    shell.print(
      `${counted(withProblems, 'record')} with problems: to restore them as they are, import with --force. ${suggestion(shell, ['lint'], deployment)} prints the problems.`,
    );
  return { code: 0, json: { file, records: items.length } };
}

async function noSuchRealm({ name, records }: Deployment, realm: string): Promise<Refused> {
  const realms = new Set<string>();
  for await (const page of records.pages()) for (const item of page) realms.add(String(item.realm));
  const known = [...realms].sort(compareNames).join(', ');
  return new Refused(
    `${name} has no record of realm ${realm}; ${known === '' ? 'it is empty' : `its realms are ${known}`}`,
  );
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

function nameOf({ username }: Item): string {
  return String(username);
}

function withoutVersion({ version, ...item }: Item): Item {
  return item;
}
