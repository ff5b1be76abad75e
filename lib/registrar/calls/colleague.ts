import { dialledUser } from '../auth/to-header';
import { type Aor, realmKey } from '../record/aor';
import type { Customer } from '../record/customer';
import { MAX_PHONES, type RingPlanned } from './ring';

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
  /** The name that was dialled, as the record has it. */
  readonly called: string;
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
 * A username and a short number ring all phones of the account, a registered user part that phone alone.
 */
export function findColleague(
  dialled: string,
  realm: string,
  accounts: readonly AccountNames[],
): Colleague | undefined {
  const wanted = dialledUser(dialled);
  const isWanted = (name: string) => dialledUser(name) === wanted;
  const ways = (account: AccountNames): readonly Way[] => [
    { called: account.username, rings: [account.username, ...account.users], because: 'username' },
    ...account.users.map((user): Way => ({ called: user, rings: [user], because: 'registered-user' })),
    ...shortDialOf(account),
  ];
  for (const because of WAYS)
    for (const account of accounts) {
      const way = ways(account).find((it) => it.because === because && isWanted(it.called));
      if (way) return colleague(account, way, realmKey(realm));
    }
  return undefined;
}

/** In this order. */
const WAYS = ['username', 'registered-user', 'short-dial'] as const;

/** A name to dial, and the user parts that ring then. */
interface Way extends Pick<Colleague, 'called' | 'because'> {
  readonly rings: readonly [string, ...string[]];
}

function shortDialOf({ username, users, shortDial }: AccountNames): readonly Way[] {
  return shortDial === undefined
    ? []
    : [{ called: shortDial, rings: [username, ...users], because: 'short-dial' }];
}

function colleague(
  { username, enabled }: AccountNames,
  { called, rings, because }: Way,
  realm: string,
): Colleague {
  const [first, ...others] = rings;
  const more = others.slice(0, MAX_PHONES - 1).map((user) => ({ username: user, realm }));
  return {
    account: { username, realm },
    called,
    enabled,
    phones: [{ username: first, realm }, ...more],
    because,
  };
}
