import type { Customers } from '../../hooks/context';
import { type Aor, formatAor, isRealm, isUsername, realmKey } from '../../registrar/record/aor';
import { type Customer, parseCustomer } from '../../registrar/record/customer';
import { type CustomersTable, readItem, recordCache } from './record-cache';
import type { Budget } from './retry';

/** SIP accounts. While the table is unavailable, the cached record of a disabled account is not used. */
export function customersStore(table: CustomersTable): Customers {
  const cache = recordCache<Customer>(table, {
    read: (aor, budget) => readCustomer(table, aor, budget),
    mayServeStale: ({ enabled }) => enabled !== false,
  });
  return {
    find: async (named) => {
      const aor = legal(named);
      return aor && cache.find(aor);
    },
    findNow: async (named) => {
      const aor = legal(named);
      return aor && cache.findNow(aor);
    },
    remembered: (named) => {
      const aor = legal(named);
      return aor && cache.remembered(aor);
    },
  };
}

/** The key as the table has it; undefined: no account can have this name. */
function legal({ username, realm }: Aor): Aor | undefined {
  return isUsername(username) && isRealm(realm) ? { username, realm: realmKey(realm) } : undefined;
}

/** A record with another key than the one asked for, or without a legal key, counts as missing. */
async function readCustomer(table: CustomersTable, aor: Aor, budget: Budget): Promise<Customer | undefined> {
  const item = await readItem(table, aor, budget);
  if (item === undefined) return undefined;
  const { customer, problems } = parseCustomer(item);
  const foreign = customer && formatAor(customer) !== formatAor(aor);
  const reported = foreign
    ? [{ path: 'realm', fix: 'is not the key that was asked for', unknownField: false }]
    : problems;
  if (reported.length > 0) table.onProblems(aor, reported);
  return foreign ? undefined : customer;
}
