import { dialledUser } from '../auth/to-header';
import { type Aor, formatAor, realmKey } from '../record/aor';
import type { Customer } from '../record/customer';
import type { Call } from './call';
import { MAX_PHONES, NOBODY_ANSWERED, RING_SECONDS, type RingPlanned } from './ring';

/** How an account can be called by the others of its customer. */
export interface AccountNames {
  readonly username: string;
  readonly shortDial: string | undefined;
  /** The user parts that its phones register besides its username. */
  readonly users: readonly string[];
  readonly enabled: boolean;
}

/** Who belongs to a customer. */
export interface AccountDirectory {
  /**
   * The accounts that name this record as their `customer`; not the record itself.
   * @throws Undecided when that could not be found out
   */
  accountsOf(customer: Aor): Promise<readonly AccountNames[]>;
}

/** A phone, or the phones of one account, of the caller's own customer. */
export interface Colleague {
  readonly account: Aor;
  readonly enabled: boolean;
  /** The AORs that ring: at least one. */
  readonly phones: readonly [Aor, ...Aor[]];
  readonly because: Exclude<RingPlanned['because'], 'number'>;
}

/** What an account's own record says of how it can be called. */
export function namesOf({ username, shortDial, registration, enabled }: Customer): AccountNames {
  return { username, shortDial, users: registration?.users ?? [], enabled: enabled !== false };
}

/** The number by which its colleagues know an account. */
export function shortNumberOf({ username, shortDial }: Customer): string {
  return shortDial ?? username;
}

/** The record that an account belongs to: the one that `customer` names, or itself. */
export function customerOf({ username, realm, customer }: Customer): Aor {
  return { username: customer ?? username, realm };
}

/**
 * Whom of its own customer an account calls: by username, then by a user part that is registered, then by short number.
 * A username rings all phones of its account, a registered user part that phone alone.
 */
export function findColleague(
  dialled: string,
  realm: string,
  accounts: readonly AccountNames[],
): Colleague | undefined {
  const wanted = dialledUser(dialled);
  const isWanted = (name: string | undefined) => name !== undefined && dialledUser(name) === wanted;
  const at = (username: string): Aor => ({ username, realm: realmKey(realm) });
  const found = (
    { username, enabled }: AccountNames,
    phones: readonly [string, ...string[]],
    because: Colleague['because'],
  ): Colleague => {
    const [first, ...others] = phones;
    const rest = others.slice(0, MAX_PHONES - 1).map(at);
    return { account: at(username), enabled, phones: [at(first), ...rest], because };
  };
  const all = ({ username, users }: AccountNames): [string, ...string[]] => [username, ...users];
  const byName = accounts.find(({ username }) => isWanted(username));
  if (byName) return found(byName, all(byName), 'username');
  for (const account of accounts) {
    const user = account.users.find(isWanted);
    if (user !== undefined) return found(account, [user], 'registered-user');
  }
  const byShort = accounts.find(({ shortDial }) => isWanted(shortDial));
  return byShort && found(byShort, all(byShort), 'short-dial');
}

/** A call to a colleague: with the caller's own short number, outside of destination rules, trunks and caps. */
export function planInternal(
  call: Call,
  caller: Customer,
  colleague: Colleague,
): RingPlanned | 'phone-disabled' {
  if (!colleague.enabled) return 'phone-disabled';
  const { account, phones, because } = colleague;
  return {
    kind: 'ring',
    because,
    caller: { username: caller.username, realm: caller.realm },
    called: call.dialled,
    callerId: { number: shortNumberOf(caller), name: undefined, hidden: false, because: 'short-number' },
    steps: [phones],
    ringSeconds: RING_SECONDS,
    overrideTo: undefined,
    maxSeconds: undefined,
    // A forwarded call is not forwarded again, so that two accounts that forward to each other end.
    fallback:
      call.origin.kind === 'forward'
        ? { kind: 'end', status: NOBODY_ANSWERED }
        : { kind: 'forward-of', account },
  };
}

/** The phones of a step, as logs and the call data name it. */
export function formatPhones(phones: readonly Aor[]): string {
  return phones.map(formatAor).join(',');
}
