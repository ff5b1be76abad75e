import { parseStored } from '../aws/tools/customer-records';
import type { CallRecords, CallSettings } from '../registrar/calls/call';
import { type Aor, formatAor, realmKey } from '../registrar/record/aor';
import type { Customer } from '../registrar/record/customer';
import { readCustomersFile } from './customers-file';
import { describeFileProblem } from './file-problems';
import { readInput } from './input';
import type { Place } from './place';
import { Refused, type Shell } from './shell';

/** Records that rules can be tried on: of a deployment, or of a file. */
export interface KnownRecords {
  /** For people. */
  readonly name: string;
  readonly settings: CallSettings;
  find(aor: Aor): Promise<Customer | undefined>;
}

/** The records of a deployment, read as the hooks read them. */
export function recordsInTable({ name, settings, records }: Place): KnownRecords {
  return { name, settings, find: async (aor) => parseStored(await records.find(aor)).customer };
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
    throw new Refused(`${file}:\n${problems.map((it) => `  ${describeFileProblem(it)}`).join('\n')}`);
  const byAor = new Map(
    records.flatMap(({ customer }) => (customer ? [[formatAor(customer), customer]] : [])),
  );
  return {
    name: file,
    settings,
    find: async ({ username, realm }) => byAor.get(formatAor({ username, realm: realmKey(realm) })),
  };
}

/** The caller's record, and the one whose policy it uses. */
export async function callRecordsOf(known: KnownRecords, caller: Aor): Promise<CallRecords> {
  const account = await known.find(caller);
  const named =
    account?.customer === undefined
      ? undefined
      : await known.find({ ...account, username: account.customer });
  return { account, named };
}
