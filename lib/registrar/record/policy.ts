import type { Customer } from './customer';

/** The record that decides an account's calls, after inheritance. */
export interface Policy extends Customer {
  /** Whose caps these are: the username of the record that `limits` came from. */
  readonly limitsOwner: string;
}

const POLICY_FIELDS = [
  'callerId',
  'trunks',
  'techPrefix',
  'outboundAuth',
  'dialPlan',
  'destinations',
  'failover',
  'limits',
  'observe',
  'emergency',
  'internalCalls',
  'dialMusic',
] as const satisfies readonly (keyof Customer)[];

/**
 * What an account's calls go by: its own fields, and where it has none those of the record that `customer` names.
 * One hop: the `customer` of that record is not followed.
 * @param named the record that `account.customer` names
 */
export function policyOf(account: Customer, named: Customer | undefined): Policy {
  const inherited = Object.fromEntries(
    POLICY_FIELDS.flatMap((field) => (named?.[field] === undefined ? [] : [[field, named[field]]])),
  ) as Pick<Customer, (typeof POLICY_FIELDS)[number]>;
  const limitsOwner = account.limits === undefined && named?.limits ? named.username : account.username;
  return {
    ...inherited,
    ...account,
    enabled: account.enabled !== false && named?.enabled !== false,
    limitsOwner,
  };
}
