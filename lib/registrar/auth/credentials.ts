import type { Customer } from '../record/customer';
import type { Secret } from './digest';

/** One way to log in: a secret, and the label by which logs and counters name it. */
export interface Credential {
  readonly label: string;
  readonly secret: Secret;
}

/**
 * The credentials of an account that are valid now: `password`, `ha1` and those of `credentials` within their
 * times (notBefore inclusive, notAfter exclusive).
 * @param now unix ms
 */
export function credentialsOf(customer: Customer, now: number): Credential[] {
  const own: Credential[] = [];
  if (customer.password !== undefined)
    own.push({ label: 'password', secret: { password: customer.password } });
  if (customer.ha1 !== undefined) own.push({ label: 'ha1', secret: { ha1: customer.ha1 } });
  if (!customer.credentials) return own;
  const timed = customer.credentials.flatMap(({ label, password, ha1, notBefore, notAfter }, at) => {
    const valid =
      now >= (notBefore ? Date.parse(notBefore) : -Infinity) &&
      now < (notAfter ? Date.parse(notAfter) : Infinity);
    const secret = password !== undefined ? { password } : ha1 !== undefined ? { ha1 } : undefined;
    return valid && secret ? [{ label: label ?? `credentials[${at}]`, secret }] : [];
  });
  return [...own, ...timed];
}
