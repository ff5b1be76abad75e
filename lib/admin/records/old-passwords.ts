import { NoHistoryTable } from '../../aws/tools/customer-history';
import { aorOf, type Item, parseStored } from '../../aws/tools/customer-records';
import type { Deployment } from '../deployment';
import type { Step } from './bulk-write';
import { isCredentialPath, recordCredentials } from './record-credentials';

/** Those of these changes that put a password back in place of the one that replaced it, by `username@realm`. */
export async function oldPasswordsIn(
  deployment: Deployment,
  changed: readonly Step[],
): Promise<readonly string[]> {
  const suspects = changed.filter(({ changes }) => changes.some(({ path }) => isCredentialPath(path)));
  const old: string[] = [];
  for (const { aor, item, seen } of suspects)
    if (item && seen && (await isOld(deployment, item, seen))) old.push(aor);
  return old;
}

/** The newest credential goes, and one comes that the record had earlier, or has beside it as an older one. */
async function isOld(deployment: Deployment, item: Item, seen: Item): Promise<boolean> {
  const [newest, ...older] = secretsOf(seen).reverse();
  const coming = secretsOf(item);
  if (newest === undefined || coming.includes(newest) || coming.length === 0) return false;
  if (coming.some((it) => older.includes(it))) return true;
  const earlier = (await earlierVersions(deployment, seen)).flatMap(secretsOf);
  return coming.some((it) => earlier.includes(it));
}

async function earlierVersions({ history }: Deployment, seen: Item): Promise<Item[]> {
  try {
    return (await history.versions(aorOf(seen))).flatMap(({ record }) => (record ? [record] : []));
  } catch (cause) {
    if (cause instanceof NoHistoryTable) return [];
    throw cause;
  }
}

/** All credentials of a record as HA1s, oldest first. */
function secretsOf(item: Item): string[] {
  const { customer } = parseStored(item);
  return customer ? recordCredentials(customer, aorOf(item)).map(({ ha1 }) => ha1.toLowerCase()) : [];
}
