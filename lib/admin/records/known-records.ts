import { readCallCounts } from '../../aws/tools/call-counts';
import { type Item, parseStored } from '../../aws/tools/customer-records';
import { type RecordSource, recordsOf } from '../../hooks/call-records';
import type { Call, CallRecords, CallSettings } from '../../registrar/calls/call';
import type { CallCounts } from '../../registrar/calls/call-limits';
import { namesOf } from '../../registrar/calls/colleague';
import { type Aor, formatAor, realmKey } from '../../registrar/record/aor';
import type { Customer } from '../../registrar/record/customer';
import { NUMBERS } from '../../registrar/record/number-key';
import type { NumberRecord } from '../../registrar/record/number-record';
import type { ParsedItem } from '../../registrar/record/record-item';
import type { Deployment } from '../deployment';
import { readCustomersFile } from '../files/customers-file';
import { reportProblems } from '../files/file-problems';
import { readInput } from '../input';
import { Refused, type Shell } from '../shell';
import { suggestion } from '../suggestion';
import type { Step } from './bulk-write';

/** Records that rules can be tried on: of a deployment, or of a file. */
export interface KnownRecords {
  /** For people. */
  readonly name: string;
  /** The options that name them, for commands that are suggested. */
  readonly options: readonly string[];
  readonly settings: CallSettings;
  find(aor: Aor): Promise<Customer | undefined>;
  /** @param digits of the number, without + */
  findNumber(digits: string): Promise<NumberRecord | undefined>;
  /** The accounts of a realm. */
  accountsIn(realm: string): Promise<readonly Customer[]>;
  /** What the hooks have counted for an owner of caps; absent where no deployment is known. */
  readonly countsOf?: ((owner: Aor) => Promise<CallCounts>) | undefined;
}

/** The records of a deployment, read as the hooks read them. */
export function recordsInTable(deployment: Deployment): KnownRecords {
  const { name, options, settings, records, dynamodb, memoryTable } = deployment;
  return {
    name,
    options,
    settings,
    find: async (aor) => parseStored(await records.find(aor)).customer,
    findNumber: async (digits) =>
      parseStored(await records.find({ realm: NUMBERS, username: digits })).number,
    accountsIn: async (realm) => {
      const accounts: Customer[] = [];
      for await (const page of records.pages(realm)) accounts.push(...page.flatMap(customersIn));
      return accounts;
    },
    countsOf: memoryTable === undefined ? undefined : (owner) => readCallCounts(dynamodb, memoryTable, owner),
  };
}

function customersIn(item: Item | undefined): Customer[] {
  const { customer } = parseStored(item);
  return customer ? [customer] : [];
}

/** The records of a deployment as they would be after these steps. */
export function recordsAfter(deployment: Deployment, steps: readonly Step[]): KnownRecords {
  const known = recordsInTable(deployment);
  const changed = new Map(steps.map(({ aor, item }) => [aor, item]));
  const after = async <T>(aor: Aor, of: (item: ParsedItem) => T, before: () => Promise<T>): Promise<T> => {
    const key = formatAor({ ...aor, realm: realmKey(aor.realm) });
    return changed.has(key) ? of(parseStored(changed.get(key))) : before();
  };
  return {
    ...known,
    find: (aor) =>
      after(
        aor,
        ({ customer }) => customer,
        () => known.find(aor),
      ),
    findNumber: (digits) =>
      after(
        { realm: NUMBERS, username: digits },
        ({ number }) => number,
        () => known.findNumber(digits),
      ),
    accountsIn: async (realm) => {
      const kept = (await known.accountsIn(realm)).filter((it) => !changed.has(formatAor(it)));
      const written = [...changed.values()].flatMap(customersIn).filter((it) => it.realm === realmKey(realm));
      return [...kept, ...written];
    },
  };
}

/**
 * The records of a file.
 * @throws Refused when anything in it is wrong
 */
export async function recordsInFile(
  shell: Shell,
  file: string,
  settings: CallSettings,
): Promise<KnownRecords> {
  const { records, problems } = readCustomersFile(await readInput(shell, file));
  if (problems.length > 0)
    throw new Refused(
      reportProblems(file, problems, `${suggestion(shell, ['lint', file, '--all'])} prints all`),
    );
  const customers = records.flatMap(({ customer }) => (customer ? [customer] : []));
  const byAor = new Map(customers.map((customer) => [formatAor(customer), customer]));
  const numbers = new Map(records.flatMap(({ number }) => (number ? [[number.username, number]] : [])));
  return {
    name: file,
    options: [],
    settings,
    find: async ({ username, realm }) => byAor.get(formatAor({ username, realm: realmKey(realm) })),
    findNumber: async (digits) => numbers.get(digits),
    accountsIn: async (realm) => customers.filter((it) => it.realm === realmKey(realm)),
  };
}

/** The records that a call goes by, read as the call hook reads them. */
export function callRecordsOf(known: KnownRecords, call: Call): Promise<CallRecords> {
  return recordsOf(call, sourceOf(known), [{ secret: 'one that covers every realm' }]);
}

/** Those of these AORs that no account is called, and no account may register. */
export async function unknownPhones(known: KnownRecords, phones: readonly Aor[]): Promise<string[]> {
  const unknown: string[] = [];
  for (const phone of phones) {
    if (await known.find(phone)) continue;
    const accounts = await known.accountsIn(phone.realm);
    if (!accounts.some(({ registration }) => registration?.users?.includes(phone.username)))
      unknown.push(formatAor(phone));
  }
  return unknown;
}

function sourceOf({ find, findNumber, accountsIn, settings }: KnownRecords): RecordSource {
  return {
    customers: { find, findNow: find, remembered: () => undefined },
    numbers: { find: findNumber },
    directory: {
      accountsOf: async ({ username, realm }) =>
        (await accountsIn(realm)).filter(({ customer }) => customer === username).map(namesOf),
    },
    settings,
  };
}
