import { hashCredentials } from '../registrar/auth/digest';
import type { Aor } from '../registrar/record/aor';
import type { Customer } from '../registrar/record/customer';

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
