import { type AccountDirectory, type AccountNames, namesOf } from '../../registrar/calls/colleague';
import { type Aor, isRealm, isUsername, realmKey } from '../../registrar/record/aor';
import { parseCustomer } from '../../registrar/record/customer';
import type { Input, Item } from '../client/dynamodb';
import { type CustomersTable, recordCache } from './record-cache';
import { type Budget, withRetry } from './retry';
import { ACCOUNTS_OF_CUSTOMER } from './tables';

/**
 * Who belongs to a customer, from an index of the Customers table that holds names and no secret. Usernames alone could
 * be read by key; short numbers and registered user parts could not, and a second item for each of them would be a
 * second truth. One query, at most once a minute, finds whatever is dialled among the phones of a customer, and tells as
 * well that it is nobody's: 100 bytes for each account, 500 phones in 7 read units.
 */
export function accountDirectoryStore(table: CustomersTable): AccountDirectory {
  const cache = recordCache<readonly AccountNames[]>(table, {
    read: (customer, budget) => readAccounts(table, customer, budget),
    mayServeStale: () => true,
  });
  return {
    accountsOf: async ({ username, realm }) => {
      if (!isUsername(username) || !isRealm(realm)) return [];
      return (await cache.find({ username, realm: realmKey(realm) })) ?? [];
    },
  };
}

/** The problems of these records are reported where they are read whole. */
async function readAccounts(
  table: CustomersTable,
  customer: Aor,
  budget: Budget,
): Promise<readonly AccountNames[]> {
  const began = table.now();
  const items = await readPages(table, customer, budget).finally(() => table.onRead(table.now() - began));
  return items.flatMap((item) => {
    const account = parseCustomer(item).customer;
    return account ? [namesOf(account)] : [];
  });
}

async function readPages(
  { dynamodb, tableName, timers }: CustomersTable,
  { username, realm }: Aor,
  budget: Budget,
): Promise<readonly Item[]> {
  const { name, partition, sort } = ACCOUNTS_OF_CUSTOMER;
  const all: Item[] = [];
  let from: Item | undefined;
  do {
    const input: Input = {
      TableName: tableName,
      IndexName: name,
      KeyConditionExpression: '#customer = :customer AND #realm = :realm',
      ExpressionAttributeNames: { '#customer': partition, '#realm': sort },
      ExpressionAttributeValues: { ':customer': username, ':realm': realm },
      ...(from && { ExclusiveStartKey: from }),
    };
    const ask = (signal: AbortSignal) => dynamodb('Query', input, signal);
    const { Items = [], LastEvaluatedKey } = await withRetry('the customers table', budget, ask, [], timers);
    all.push(...Items);
    from = LastEvaluatedKey;
  } while (from);
  return all;
}
