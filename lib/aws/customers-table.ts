import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Customers, Undecided } from '../jambonz/world';
import { type Aor, formatAor, isRealm, isUsername, realmKey } from '../registrar/aor';
import { type Customer, type Problem, parseCustomer } from '../registrar/customer';
import type { DynamoDB } from './dynamodb';

/** The whole look-up, retries included: a phone waits, and so does the call behind it. */
const LOOKUP_BUDGET_MS = 900;

/** The Customers table, read by key. `onProblems` hears of records that an admin should mend. */
export function customersTable(
  dynamodb: DynamoDB,
  tableName: string,
  onProblems: (aor: Aor, problems: readonly Problem[]) => void,
): Customers {
  return {
    find: async ({ username, realm }) => {
      const aor: Aor = { username, realm: realmKey(realm) };
      if (!isUsername(username) || !isRealm(realm)) return undefined;
      const item = await getItem(dynamodb, tableName, aor);
      return item === undefined ? undefined : readItem(item, aor, onProblems);
    },
  };
}

async function getItem(dynamodb: DynamoDB, tableName: string, aor: Aor): Promise<unknown> {
  try {
    const command = new GetCommand({
      TableName: tableName,
      Key: { realm: aor.realm, username: aor.username },
    });
    return (await dynamodb.send(command, { abortSignal: AbortSignal.timeout(LOOKUP_BUDGET_MS) })).Item;
  } catch (cause) {
    throw new Undecided(`the customers table could not be read: ${nameOf(cause)}`, { cause });
  }
}

/** A record that is not the one asked for, or that has no legal key, is nobody's. */
function readItem(
  item: unknown,
  aor: Aor,
  onProblems: (aor: Aor, problems: readonly Problem[]) => void,
): Customer | undefined {
  const { customer, problems } = parseCustomer(item);
  if (problems.length > 0) onProblems(aor, problems);
  return customer && formatAor(customer) === formatAor(aor) ? customer : undefined;
}

function nameOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : 'unknown error';
}
