/** The keys of the tables: all key attributes are texts. */
export const TABLE_KEYS: Readonly<Record<TableName, { readonly partition: string; readonly sort?: string }>> =
  {
    /** One item per SIP account, written by admins and read by the hooks. */
    customers: { partition: 'realm', sort: 'username' },
    /** What the hooks remember for a while: each item ends by itself at `TTL_ATTRIBUTE`. */
    memory: { partition: 'key' },
    /** Versions of customers that admins replaced, written and read by the command line only. */
    history: { partition: 'aor', sort: 'version' },
  };
export type TableName = 'customers' | 'memory' | 'history';

/** The table that keeps the earlier versions of a Customers table. */
export function historyTableOf(customersTable: string): string {
  return `${customersTable}-history`;
}

/**
 * The index of the customers table by which an account finds its colleagues. It holds records that name a `customer`,
 * and of those nothing but how they can be called.
 */
export const ACCOUNTS_OF_CUSTOMER = {
  name: 'accounts-of-customer',
  partition: 'customer',
  sort: 'realm',
  includes: ['shortDial', 'registration', 'enabled'],
} as const;

/** The time-to-live attribute of the memory table, unix seconds. DynamoDB deletes late: compare it in code too. */
export const TTL_ATTRIBUTE = 'endsAt';
