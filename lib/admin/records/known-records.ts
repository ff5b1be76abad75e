import { readCallCounts } from '../../aws/tools/call-counts';
import { parseStored } from '../../aws/tools/customer-records';
import type { CallRecords, CallSettings } from '../../registrar/calls/call';
import type { CallCounts } from '../../registrar/calls/call-limits';
import { type Aor, formatAor, realmKey } from '../../registrar/record/aor';
import type { Customer } from '../../registrar/record/customer';
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
    countsOf: memoryTable === undefined ? undefined : (owner) => readCallCounts(dynamodb, memoryTable, owner),
  };
}

/** The records of a deployment as they would be after these steps. */
export function recordsAfter(deployment: Deployment, steps: readonly Step[]): KnownRecords {
  const known = recordsInTable(deployment);
  const changed = new Map(steps.map(({ aor, item }) => [aor, item]));
  return {
    ...known,
    find: async ({ username, realm }) => {
      const aor = formatAor({ username, realm: realmKey(realm) });
      return changed.has(aor) ? parseStored(changed.get(aor)).customer : known.find({ username, realm });
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
  const byAor = new Map(
    records.flatMap(({ customer }) => (customer ? [[formatAor(customer), customer]] : [])),
  );
  return {
    name: file,
    options: [],
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
