import type { CredentialUse } from '../../aws/credential-uses';
import { aorOf, type Item } from '../../aws/customer-records';
import { formatAor } from '../../registrar/aor';
import { parseCustomer } from '../../registrar/customer';
import { columns } from '../columns';
import { type CommonOptions, deploymentCommand, onDeployment } from '../command-line';
import type { Deployment } from '../deployment';
import { credentialUsesOf, describeUse } from '../records/last-use';
import type { Outcome, Shell } from '../shell';

interface Options extends CommonOptions {
  readonly realm?: string;
}

export const listCommand = () =>
  deploymentCommand('list', 'every account in a line', [
    'customers list',
    'customers list --realm register.telecomsxchange.com',
  ])
    .option('--realm <realm>', 'of this realm only')
    .action((options: Options) =>
      onDeployment(options, (shell, deployment) => listCustomers(shell, deployment, options)),
    );

/** `customers list`: every account in a line. */
export async function listCustomers(
  shell: Shell,
  deployment: Deployment,
  options: Options,
): Promise<Outcome> {
  const rows: ListedCustomer[] = [];
  for await (const page of deployment.records.pages(options.realm)) {
    const uses = await credentialUsesOf(deployment, page.map(aorOf));
    rows.push(...page.map((item) => listed(item, uses.get(formatAor(aorOf(item)))?.[0])));
  }
  rows.sort((a, b) => (a.aor < b.aor ? -1 : 1));
  shell.print(
    rows.length === 0
      ? `${deployment.name} holds no record${options.realm === undefined ? '' : ` of ${options.realm}`}. Add some: npx edge-registrar customers import FILE`
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
    aor: formatAor(aorOf(item)),
    enabled: customer !== undefined && customer.enabled !== false,
    trunks: customer?.trunks?.map(({ name }) => name) ?? own,
    lastUsed,
  };
}
