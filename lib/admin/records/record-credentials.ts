import { type Item, parseStored } from '../../aws/tools/customer-records';
import { hashCredentials } from '../../registrar/auth/digest';
import { type Aor, formatAor } from '../../registrar/record/aor';
import type { Customer } from '../../registrar/record/customer';
import { counted } from '../columns';
import { Refused } from '../shell';

/** A credential as records hold it, without a plain password. */
export interface RecordCredential {
  /** A legal one: that of the record, or one made from its place. */
  readonly label: string;
  /** How logs and the memory table call it. */
  readonly knownAs: string;
  readonly ha1: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
}

/** All of a record, oldest first: `password`, `ha1`, then the list. */
export function recordCredentials(customer: Customer, { username, realm }: Aor): RecordCredential[] {
  const { password, ha1, credentials = [] } = customer;
  const hash = (text: string) => hashCredentials(username, realm, text);
  return [
    ...(password === undefined ? [] : [{ label: 'password', knownAs: 'password', ha1: hash(password) }]),
    ...(ha1 === undefined ? [] : [{ label: 'ha1', knownAs: 'ha1', ha1 }]),
    ...credentials.map(({ label, password, ha1 = hash(password ?? ''), notBefore, notAfter }, at) => ({
      label: label ?? `credential-${at}`,
      knownAs: label ?? `credentials[${at}]`,
      ha1,
      ...(notBefore !== undefined && { notBefore }),
      ...(notAfter !== undefined && { notAfter }),
    })),
  ];
}

/** Those of an item, as `recordCredentials` reads them. @throws Refused when they cannot be read */
export function allCredentials(item: Item, aor: Aor): RecordCredential[] {
  return recordCredentials(readCustomer(item, aor), aor);
}

/** As a record holds it. */
export function written({ knownAs: _, ...credential }: RecordCredential): object {
  return credential;
}

/** Is it a path of a record's own credentials? */
export function isCredentialPath(path: string): boolean {
  return /^(password|ha1|credentials)/.test(path);
}

/** @throws Refused when the record, or one of its credentials, cannot be read */
export function readCustomer(item: Item, aor: Aor): Customer {
  const { customer, problems } = parseStored(item);
  if (customer && !problems.some(({ path }) => isCredentialPath(path))) return customer;
  throw new Refused(
    `${formatAor(aor)} has ${counted(problems.length, 'problem')} in its record: fix it first with "customers edit"`,
  );
}
