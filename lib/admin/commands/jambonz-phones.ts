import { aorOf, type Item, parseStored } from '../../aws/tools/customer-records';
import { formatAor, realmKey } from '../../registrar/record/aor';
import { columns, compareNames, counted } from '../columns';
import { onDeployment } from '../command-line';
import type { Deployment } from '../deployment';
import { connectJambonz, type JambonzApi, type RegisteredPhone } from '../jambonz/jambonz-api';
import { type JambonzCommandOptions, jambonzCommand } from '../jambonz/jambonz-command';
import { type Outcome, Refused, type Shell } from '../shell';

export const phonesCommand = () =>
  jambonzCommand('phones', 'who is registered now, as jambonz says, beside our records', [
    'jambonz phones --api https://jambonz.example.com/api/v1 --account 9351f46a-678c-43f5-b8a6-d4eb58d131af --stack edge-registrar',
  ]).action((options: JambonzCommandOptions) =>
    onDeployment(options, async (shell, deployment) =>
      listPhones(shell, deployment, await connectJambonz(shell, options)),
    ),
  );

/** An account, or a phone that has none. */
interface ListedPhone {
  readonly aor: string;
  readonly registered: boolean;
  /** ISO 8601; undefined: not registered, or jambonz does not say. */
  readonly until: string | undefined;
  readonly protocol: string | undefined;
  readonly contact: string | undefined;
  readonly record: 'enabled' | 'disabled' | 'none';
}

/** `jambonz phones`: each account of the realm with its registration, and each registered phone without an account. */
export async function listPhones(shell: Shell, deployment: Deployment, api: JambonzApi): Promise<Outcome> {
  const { name, sip_realm } = await api.account();
  if (!sip_realm) throw new Refused(`account ${name} has no SIP realm: no phone can register`);
  const realm = realmKey(sip_realm);
  const phones = new Map((await api.phones()).map((it) => [`${it.name}@${realm}`, it]));
  const records = await recordsBelow(deployment, realm);
  const others = (await api.registeredUsers()).filter((user) => !phones.has(`${user}@${realm}`));
  const elsewhere = new Set(others.map((user) => aorBelow(user, realm, records)));
  const rows = [...new Set([...phones.keys(), ...elsewhere, ...records.keys()])]
    .sort(compareNames)
    .map((aor) => toRow(aor, elsewhere.has(aor), phones.get(aor), records.get(aor)));
  const registered = rows.filter((it) => it.registered);
  const strangers = registered.filter(({ record }) => record === 'none').length;
  shell.print(
    [
      ...(rows.length > 0 ? [table(shell, rows)] : []),
      `${registered.length.toLocaleString('en')} of ${counted(rows.length, 'phone')} registered${strangers > 0 ? `, ${strangers} of them without a record` : ''}`,
    ].join('\n'),
  );
  return { code: 0, json: rows };
}

/** The records of the realm, and of names one label below it, which reach the same account. */
async function recordsBelow({ records }: Deployment, realm: string): Promise<ReadonlyMap<string, Item>> {
  const found = new Map<string, Item>();
  for await (const page of records.pages())
    for (const item of page) {
      const own = String(item.realm);
      if (own === realm || own.endsWith(`.${realm}`)) found.set(formatAor(aorOf(item)), item);
    }
  return found;
}

/** For phones below its realm jambonz returns the user only: the account is the one of that name, if there is only one. */
function aorBelow(user: string, realm: string, records: ReadonlyMap<string, Item>): string {
  const named = [...records.keys()].filter((aor) => aor.startsWith(`${user}@`) && aor !== `${user}@${realm}`);
  const [only] = named;
  return only !== undefined && named.length === 1 ? only : `${user}@*.${realm}`;
}

function toRow(
  aor: string,
  elsewhere: boolean,
  phone: RegisteredPhone | undefined,
  item: Item | undefined,
): ListedPhone {
  const { expiryTime, protocol, contact } = phone ?? {};
  const enabled = item && parseStored(item).customer?.enabled !== false;
  return {
    aor,
    registered: elsewhere || phone !== undefined,
    until: expiryTime ? new Date(expiryTime).toISOString() : undefined,
    protocol: protocol ?? undefined,
    contact: contact ?? undefined,
    record: item ? (enabled ? 'enabled' : 'disabled') : 'none',
  };
}

function table(shell: Shell, rows: readonly ListedPhone[]): string {
  return columns(
    ['AOR', 'REGISTERED UNTIL', 'OVER', 'RECORD', 'CONTACT'],
    rows.map(({ aor, registered, until, protocol, record, contact }) => [
      aor,
      registered ? (until ?? 'yes') : '-',
      protocol ?? '-',
      record,
      contact ?? '-',
    ]),
    shell.width,
  );
}
