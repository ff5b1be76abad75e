import type { Aor } from '../registrar/aor';
import type { Customer } from '../registrar/customer';
import { hashCredentials } from '../registrar/digest';

/** A credential as records hold it, without a plain password. */
export interface RecordCredential {
  readonly label: string;
  readonly ha1: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
}

/** All of a record, oldest first: `password`, `ha1`, then the list, each under the label that logs know it by. */
export function recordCredentials(customer: Customer, { username, realm }: Aor): RecordCredential[] {
  const { password, ha1, credentials = [] } = customer;
  const hash = (text: string) => hashCredentials(username, realm, text);
  return [
    ...(password === undefined ? [] : [{ label: 'password', ha1: hash(password) }]),
    ...(ha1 === undefined ? [] : [{ label: 'ha1', ha1 }]),
    ...credentials.map(({ label, password, ha1 = hash(password ?? ''), notBefore, notAfter }, at) => ({
      label: label ?? `credential-${at}`,
      ha1,
      ...(notBefore !== undefined && { notBefore }),
      ...(notAfter !== undefined && { notAfter }),
    })),
  ];
}
