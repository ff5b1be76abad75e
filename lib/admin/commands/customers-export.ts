import { writeFile } from 'node:fs/promises';
import type { Item } from '../../aws/customer-records';
import { counted } from '../columns';
import { type CommonOptions, deploymentCommand, onDeployment } from '../command-line';
import type { Deployment } from '../deployment';
import { writeCsv } from '../files/customers-csv';
import type { Outcome, Shell } from '../shell';

export const exportCommand = () =>
  deploymentCommand('export [file]', 'all records, secrets included, as import reads them', [
    'customers export backup.json',
    'customers export customers.csv --realm register.telecomsxchange.com',
  ])
    .option('--csv', 'as CSV; JSON otherwise, and when the file ends in .json')
    .option('--realm <realm>', 'of this realm only')
    .action((file: string | undefined, options: CommonOptions & { csv?: boolean; realm?: string }) => {
      const format = options.csv || file?.endsWith('.csv') ? 'csv' : 'json';
      return onDeployment(options, (shell, deployment) =>
        exportCustomers(shell, deployment, file, { ...options, format }),
      );
    });

/** `customers export`: all records, secrets included, in a form that `import` reads back. */
export async function exportCustomers(
  shell: Shell,
  deployment: Deployment,
  file: string | undefined,
  options: { format: 'json' | 'csv'; realm?: string },
): Promise<Outcome> {
  const items: Item[] = [];
  for await (const page of deployment.records.pages(options.realm)) items.push(...page.map(withoutVersion));
  items.sort(
    (a, b) => compare(String(a.realm), String(b.realm)) || compare(String(a.username), String(b.username)),
  );
  const json = nested(items);
  const text = options.format === 'csv' ? writeCsv(items) : `${JSON.stringify(json, null, 2)}\n`;
  if (file === undefined) {
    shell.print(text.trimEnd());
    return { code: 0, json };
  }
  await writeFile(file, text, { mode: 0o600 });
  shell.print(
    `${counted(items.length, 'record')} of ${deployment.name} in ${file}, with their secrets: keep it safe.`,
  );
  return { code: 0, json: { file, records: items.length } };
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
