import { Option } from 'commander';
import type { CredentialUse } from '../../aws/tools/credential-uses';
import { aorOf, type Item, parseStored } from '../../aws/tools/customer-records';
import { formatPhones } from '../../registrar/calls/internal-call';
import { formatAor } from '../../registrar/record/aor';
import type { Customer } from '../../registrar/record/customer';
import { NUMBERS } from '../../registrar/record/number-key';
import { type Policy, policyOf } from '../../registrar/record/policy';
import { isNumberItem } from '../../registrar/record/record-item';
import { columns, compareNames } from '../columns';
import { type CommonOptions, deploymentCommand, onDeployment } from '../command-line';
import type { Deployment } from '../deployment';
import { duration } from '../option-values';
import { credentialUsesOf, describeUse } from '../records/last-use';
import type { Outcome, Shell } from '../shell';
import { suggestion } from '../suggestion';

interface Options extends CommonOptions {
  readonly realm?: string;
  readonly customer?: string;
  readonly enabled?: boolean;
  readonly disabled?: boolean;
  readonly trunk?: string;
  /** ms. */
  readonly usedWithin?: number;
  /** ms. */
  readonly unusedFor?: number;
  readonly numbers?: boolean;
}

export const listCommand = () =>
  deploymentCommand(
    'list [text]',
    'every account in a line; with a text, those whose name or description holds it',
    [
      'customers list',
      'customers list acme --enabled',
      'customers list --customer AcmeInc --unused-for 30d',
      'customers list --numbers',
    ],
  )
    .option('--realm <realm>', 'of this realm only')
    .option('--customer <username>', 'that customer, and the accounts that belong to it')
    .option('--enabled', 'enabled accounts only')
    .addOption(new Option('--disabled', 'disabled accounts only').conflicts('enabled'))
    .option('--trunk <name>', 'accounts that have this trunk, or whose customer has it')
    .option('--used-within <time>', 'accounts whose phones logged in within this time, such as 12h', duration)
    .option(
      '--unused-for <time>',
      'accounts whose phones did not log in for this time, such as 30d',
      duration,
    )
    .option('--numbers', 'the numbers, and which phones they ring')
    .action((text: string | undefined, options: Options) =>
      onDeployment(options, (shell, deployment) =>
        options.numbers
          ? listNumbers(shell, deployment, options, text)
          : listCustomers(shell, deployment, options, text),
      ),
    );

/** `customers list`: every account in a line. */
export async function listCustomers(
  shell: Shell,
  deployment: Deployment,
  options: Options,
  text?: string,
): Promise<Outcome> {
  const items: Item[] = [];
  const uses = new Map<string, readonly CredentialUse[]>();
  for await (const page of deployment.records.pages(options.realm)) {
    const accounts = page.filter((item) => !isNumberItem(item));
    items.push(...accounts);
    for (const [aor, used] of await credentialUsesOf(deployment, accounts.map(aorOf))) uses.set(aor, used);
  }
  const policies = customersByAor(items);
  const rows = items
    .map((item) => ({ item, row: toRow(item, policies, uses.get(formatAor(aorOf(item)))?.[0]) }))
    .filter(({ item, row }) => isWanted(item, row, options, text, shell.now()))
    .map(({ row }) => row)
    .sort((a, b) => compareNames(a.aor, b.aor));
  shell.print(rows.length === 0 ? describeNone(shell, deployment, options, text) : table(shell, rows));
  return { code: 0, json: rows };
}

interface ListedNumber {
  readonly number: string;
  readonly enabled: boolean;
  /** One text a step, its phones with commas between them. */
  readonly rings: readonly string[];
  readonly fallback: string;
}

/** `customers list --numbers`: every number in a line. */
export async function listNumbers(
  shell: Shell,
  deployment: Deployment,
  { enabled, disabled }: Pick<Options, 'enabled' | 'disabled'>,
  text = '',
): Promise<Outcome> {
  const rows: ListedNumber[] = [];
  for await (const page of deployment.records.pages(NUMBERS))
    for (const item of page) {
      const row = toNumberRow(item);
      const words = `${JSON.stringify(row)} ${item.description ?? ''}`.toLowerCase();
      const wanted = (!enabled || row.enabled) && (!disabled || !row.enabled);
      if (wanted && words.includes(text.toLowerCase())) rows.push(row);
    }
  rows.sort((a, b) => compareNames(a.number, b.number));
  shell.print(
    rows.length === 0
      ? `No number of ${deployment.name} matches.`
      : columns(
          ['NUMBER', 'ENABLED', 'RINGS', 'THEN'],
          rows.map((row) => [row.number, row.enabled ? 'yes' : 'NO', row.rings.join(' | '), row.fallback]),
          shell.width,
        ),
  );
  return { code: 0, json: rows };
}

function toNumberRow(item: Item): ListedNumber {
  const { number } = parseStored(item);
  const fallback = number?.fallback;
  return {
    number: aorOf(item).username,
    enabled: number !== undefined && number.enabled !== false,
    rings: number?.ring.map(formatPhones) ?? [],
    fallback: !fallback
      ? '-'
      : 'as' in fallback
        ? `${fallback.dial} as ${formatAor(fallback.as)}`
        : `SIP ${fallback.status}`,
  };
}

function table(shell: Shell, rows: readonly ListedCustomer[]): string {
  return columns(
    ['AOR', 'ENABLED', 'TRUNKS', 'LAST USED CREDENTIAL'],
    rows.map(({ aor, enabled, trunks, lastUsed }) => [
      aor,
      enabled ? 'yes' : 'NO',
      trunks.join(', ') || '-',
      lastUsed ? describeUse(lastUsed) : '-',
    ]),
    shell.width,
  );
}

function describeNone(
  shell: Shell,
  deployment: Deployment,
  options: Options,
  text: string | undefined,
): string {
  const { realm, customer, enabled, disabled, trunk, usedWithin, unusedFor } = options;
  const filters = [text, customer, enabled, disabled, trunk, usedWithin, unusedFor];
  if (filters.some((it) => it !== undefined)) return `No account of ${deployment.name} matches.`;
  const where = realm === undefined ? '' : ` of ${realm}`;
  return `${deployment.name} has no records${where}. Add some: ${suggestion(shell, 'customers import FILE'.split(' '), deployment)}`;
}

function isWanted(
  { realm, username, description, customer: owner }: Item,
  { enabled, trunks, lastUsed }: ListedCustomer,
  options: Options,
  text: string | undefined,
  now: number,
): boolean {
  const { customer, trunk, usedWithin, unusedFor } = options;
  const words = `${username}@${realm} ${description ?? ''}`.toLowerCase();
  const unused = lastUsed ? now - lastUsed.at : Number.POSITIVE_INFINITY;
  return (
    (text === undefined || words.includes(text.toLowerCase())) &&
    (customer === undefined || owner === customer || username === customer) &&
    (!options.enabled || enabled) &&
    (!options.disabled || !enabled) &&
    (trunk === undefined || trunks.includes(trunk)) &&
    (usedWithin === undefined || unused < usedWithin) &&
    (unusedFor === undefined || unused >= unusedFor)
  );
}

interface ListedCustomer {
  readonly aor: string;
  readonly enabled: boolean;
  readonly trunks: readonly string[];
  readonly lastUsed: CredentialUse | undefined;
}

/** Where an account's own record names no trunk, its calls go over those of its customer. */
function toRow(
  item: Item,
  known: ReadonlyMap<string, Customer>,
  lastUsed: ListedCustomer['lastUsed'],
): ListedCustomer {
  const aor = formatAor(aorOf(item));
  const customer = known.get(aor);
  return {
    aor,
    enabled: customer !== undefined && customer.enabled !== false,
    trunks: customer ? trunksOf(policyOf(customer, namedBy(customer, known))) : [],
    lastUsed,
  };
}

function customersByAor(items: readonly Item[]): ReadonlyMap<string, Customer> {
  return new Map(
    items.flatMap((item) => {
      const { customer } = parseStored(item);
      return customer ? [[formatAor(aorOf(item)), customer] as const] : [];
    }),
  );
}

function namedBy({ customer, realm }: Customer, known: ReadonlyMap<string, Customer>): Customer | undefined {
  return customer === undefined ? undefined : known.get(formatAor({ username: customer, realm }));
}

function trunksOf({ trunks, techPrefix, outboundAuth }: Policy): readonly string[] {
  if (trunks) return trunks.map(({ name }) => name);
  return techPrefix !== undefined || outboundAuth ? ['default'] : [];
}
