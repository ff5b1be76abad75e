import type { Item } from '../aws/tools/customer-records';
import { hashCredentials } from '../registrar/auth/digest';
import { isObject } from '../registrar/record/json';

/**
 * The same record with `ha1` in place of every plain SIP password, as the table should keep it. A password beside
 * another ha1 becomes one of `credentials`: both go on opening the door.
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

function hashedCredential(credential: unknown, hash: (text: string) => string): unknown {
  if (!isObject(credential) || typeof credential.password !== 'string') return credential;
  const { password, ...rest } = credential;
  return { ...rest, ha1: hash(password) };
}
