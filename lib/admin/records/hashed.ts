import { isDeepStrictEqual } from 'node:util';
import type { Item } from '../../aws/tools/customer-records';
import { hashCredentials } from '../../registrar/auth/digest';
import { isObject } from '../../registrar/record/json';

/**
 * The same record with `ha1` in place of every plain SIP password, as the table should keep it. A password beside
 * another ha1 becomes one of `credentials`: both stay valid.
 */
export function hashed(item: Item): Item {
  const { realm, username, password, credentials, ...rest } = item;
  const hash = (text: string) => hashCredentials(String(username), String(realm), text);
  const list = Array.isArray(credentials) ? credentials.map((it) => hashedCredential(it, hash)) : [];
  const own = typeof password === 'string' ? hash(password) : undefined;
  const beside = own !== undefined && rest.ha1 !== undefined && rest.ha1 !== own;
  const all = beside ? [{ label: 'password', ha1: own }, ...list] : list;
  return {
    realm,
    username,
    ...rest,
    ...(own !== undefined && !beside && { ha1: own }),
    ...((credentials !== undefined || beside) && { credentials: all }),
  };
}

/** The same, but for plain passwords that the record in the table has too: an import of an export changes nothing. */
export function hashedUnlessSame(item: Item, seen: Item | undefined): Item {
  const same = ['password', 'credentials'].filter(
    (name) => item[name] !== undefined && isDeepStrictEqual(item[name], seen?.[name]),
  );
  const kept = Object.fromEntries(same.map((name) => [name, item[name]]));
  const others = Object.fromEntries(Object.entries(item).filter(([name]) => !same.includes(name)));
  return { ...hashed(others), ...kept };
}

function hashedCredential(credential: unknown, hash: (text: string) => string): unknown {
  if (!isObject(credential) || typeof credential.password !== 'string') return credential;
  const { password, ...rest } = credential;
  return { ...rest, ha1: hash(password) };
}
