import { type Aor, readTo, sameRealm } from './aor';
import { credentialsOf } from './credentials';
import type { Customer } from './customer';
import { checkDigest, type DigestAnswer, type DigestVerdict } from './digest';

/** What a device asks through jambonz: to register, or to call. */
export interface AuthAttempt {
  readonly method: string;
  readonly digest: DigestAnswer;
  /** The To header: on REGISTER the AOR, on INVITE the dialled party. */
  readonly to: string;
  /** Seconds asked for; 0 is an un-REGISTER; undefined on INVITE or when the device's number is none. */
  readonly expires: number | undefined;
}

export type AdmissionRefusal =
  | Exclude<DigestVerdict, 'right'>
  | 'method-not-supported'
  | 'unknown-account'
  | 'no-credential'
  | 'disabled'
  | 'ambiguous-to'
  | 'wrong-aor';

/** May the device register, or call? The reason is for logs and counters; the device learns ok or fail. */
export type Admission =
  | {
      readonly admitted: true;
      readonly aor: Aor;
      readonly because: 'right-digest';
      /** The label of the credential that was used. */
      readonly credential: string;
      /** Seconds granted; undefined on INVITE. */
      readonly expires: number | undefined;
    }
  | { readonly admitted: false; readonly aor: Aor; readonly because: AdmissionRefusal };

/** No registration is granted for longer, whatever is asked: a disabled account is off the air within it. */
export const LONGEST_REGISTRATION_S = 3600;

/**
 * Decides from the customer's record. An unknown account costs the same work as a wrong password.
 * @param customer undefined: there is no such account
 * @param now unix ms
 */
export function admit(attempt: AuthAttempt, customer: Customer | undefined, now: number): Admission {
  const aor: Aor = { username: attempt.digest.username, realm: attempt.digest.realm };
  const proof = prove(attempt, customer, now);
  const refusal = refusalOf(attempt, customer, proof);
  return refusal
    ? { admitted: false, aor, because: refusal }
    : {
        admitted: true,
        aor,
        because: 'right-digest',
        credential: proof.credential,
        expires: attempt.method === 'REGISTER' ? grantedExpires(attempt.expires, customer) : undefined,
      };
}

interface Proof {
  readonly verdict: DigestVerdict | 'no-credential';
  readonly credential: string;
}

/** An account without a credential, or none at all, is compared with this: it takes as long as a known one. */
const NOBODY = [{ label: '', secret: { password: 'opens nothing' } }];

function prove({ method, digest }: AuthAttempt, customer: Customer | undefined, now: number): Proof {
  const own = customer ? credentialsOf(customer, now) : [];
  const proofs = (own.length > 0 ? own : NOBODY).map(({ label, secret }) => ({
    verdict: checkDigest(method, digest, secret),
    credential: label,
  }));
  if (own.length === 0) return { verdict: 'no-credential', credential: '' };
  return (
    proofs.find(({ verdict }) => verdict === 'right') ??
    proofs.find(({ verdict }) => verdict !== 'wrong-digest') ?? { verdict: 'wrong-digest', credential: '' }
  );
}

function refusalOf(
  attempt: AuthAttempt,
  customer: Customer | undefined,
  { verdict }: Proof,
): AdmissionRefusal | undefined {
  if (attempt.method !== 'REGISTER' && attempt.method !== 'INVITE') return 'method-not-supported';
  if (!customer) return 'unknown-account';
  if (verdict !== 'right') return verdict;
  const leaving = attempt.method === 'REGISTER' && attempt.expires === 0;
  if (customer.enabled === false && !leaving) return 'disabled';
  return attempt.method === 'REGISTER' ? aorRefusal(attempt) : undefined;
}

/** A device may register its own AOR only: jambonz stores whatever To says, and takes it from nobody. */
function aorRefusal({ to, digest }: AuthAttempt): 'ambiguous-to' | 'wrong-aor' | undefined {
  const address = readTo(to);
  if (!address) return 'ambiguous-to';
  return address.user === digest.username && sameRealm(address.host, digest.realm) ? undefined : 'wrong-aor';
}

/** min(asked, the record's maxExpires, 3600): a whole number of seconds, as jambonz hands it to Redis as it is. */
function grantedExpires(asked: number | undefined, customer: Customer | undefined): number {
  const most = Math.min(customer?.registration?.maxExpires ?? LONGEST_REGISTRATION_S, LONGEST_REGISTRATION_S);
  return asked === undefined ? most : Math.min(asked, most);
}
