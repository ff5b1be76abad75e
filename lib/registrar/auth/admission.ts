import { type Aor, realmKey, sameRealm } from '../record/aor';
import type { Customer } from '../record/customer';
import { isInBlocks } from '../record/ip-address';
import { credentialsOf } from './credentials';
import { checkDigest, type DigestAnswer, type DigestVerdict, digestProblem } from './digest';
import { withoutEscapes } from './escapes';
import type { ReplayFinding, ReplayPolicy } from './replay';
import { readTo } from './to-header';

/** What a device asks through jambonz: to register, or to call. */
export interface AuthAttempt {
  readonly method: string;
  readonly digest: DigestAnswer;
  /** Where jambonz got it from; whatever the device wrote into X-Forwarded-For, if it did. */
  readonly source: { readonly address: string; readonly claimedByDevice: boolean };
  /** The User-Agent header: free text. */
  readonly userAgent: string;
  readonly callId: string;
  readonly contact: string;
  /** The To header: on REGISTER the AOR, on INVITE the dialled party. */
  readonly to: string;
  /** Seconds asked for; 0 is an un-REGISTER; undefined on INVITE or when the device's number is none. */
  readonly expires: number | undefined;
}

/** Every reason for a no. The list is closed: `docs/authentication.md` says what each means. */
export const ADMISSION_REFUSALS = [
  'method-not-supported',
  'malformed-digest',
  'limited',
  'limited-address',
  'unknown-account',
  'no-credential',
  'wrong-digest',
  'wrong-digest-or-realm-case',
  'algorithm-not-supported',
  'qop-not-supported',
  'ha1-needs-md5',
  'disabled',
  'address-not-allowed',
  'ambiguous-to',
  'wrong-aor',
  'not-our-nonce',
  'nonce-from-future',
  'nonce-too-old',
  'replayed',
] as const;
export type AdmissionRefusal = (typeof ADMISSION_REFUSALS)[number];

/** A right digest that may have been used before, and was let through: under `observe`, or as nobody could look. */
export type ReplayObserved = ReplayFinding | 'not-checked';

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
      readonly observed?: ReplayObserved;
      /** An emergency call, which this would have refused otherwise. */
      readonly despite?: AdmissionRefusal;
    }
  | { readonly admitted: false; readonly aor: Aor; readonly because: AdmissionRefusal };

/** No registration is granted for longer, whatever is asked: a disabled account is off the air within it. */
export const MAX_REGISTRATION_S = 3600;

/**
 * Decides from the customer's record. An unknown account costs the same work as a wrong password.
 * @param customer undefined: there is no such account
 * @param now unix ms
 * @param call `emergency`: a call whose digest alone is asked
 */
export function admit(
  attempt: AuthAttempt,
  customer: Customer | undefined,
  now: number,
  call: 'usual' | 'emergency' = 'usual',
): Admission {
  const check = checkCredentials(attempt, customer, now);
  const refusal = refusalOf(attempt, customer, check, call);
  return refusal
    ? refuse(attempt, refusal)
    : {
        admitted: true,
        aor: aorOf(attempt),
        because: 'right-digest',
        credential: check.credential,
        expires: attempt.method === 'REGISTER' ? grantedExpires(attempt.expires, customer) : undefined,
      };
}

export function refuse(attempt: AuthAttempt, because: AdmissionRefusal): Admission {
  return { admitted: false, aor: aorOf(attempt), because };
}

/** A call's digest is used once. Refreshes are watched only, unless the record says so: a lost answer is retried. */
export function replayPolicy({ method }: AuthAttempt, customer: Customer | undefined): ReplayPolicy {
  return method === 'INVITE' ? 'enforce' : (customer?.registration?.replay ?? 'observe');
}

/** Was it a try at somebody's password? An unknown account is one, too: nobody is told that it is none. */
export function isPasswordFailure(admission: Admission): boolean {
  return !admission.admitted && PASSWORD_FAILURES.includes(admission.because);
}

const PASSWORD_FAILURES: readonly AdmissionRefusal[] = [
  'wrong-digest',
  'wrong-digest-or-realm-case',
  'ha1-needs-md5',
  'no-credential',
  'unknown-account',
];

function aorOf({ digest }: AuthAttempt): Aor {
  return { username: digest.username, realm: digest.realm };
}

interface CredentialCheck {
  readonly verdict: DigestVerdict | 'wrong-digest-or-realm-case' | 'no-credential';
  readonly credential: string;
}

/** An account without a credential, or none at all, is compared with this: it takes as long as a known one. */
const UNKNOWN_ACCOUNT_CREDENTIALS = [{ label: '', secret: { password: 'opens nothing' } }];

function checkCredentials(
  { method, digest }: AuthAttempt,
  customer: Customer | undefined,
  now: number,
): CredentialCheck {
  const own = customer ? credentialsOf(customer, now) : [];
  const proofs = (own.length > 0 ? own : UNKNOWN_ACCOUNT_CREDENTIALS).map(({ label, secret }) => ({
    verdict: explain(checkDigest(method, digest, secret), 'ha1' in secret, digest.realm),
    credential: label,
  }));
  if (own.length === 0) return { verdict: 'no-credential', credential: '' };
  return (
    proofs.find(({ verdict }) => verdict === 'right') ??
    proofs.find(({ verdict }) => verdict !== 'wrong-digest') ?? { verdict: 'wrong-digest', credential: '' }
  );
}

/** An HA1 holds the realm to the letter: a phone that writes it otherwise needs `password`, or another HA1. */
function explain(verdict: DigestVerdict, byHa1: boolean, realm: string): CredentialCheck['verdict'] {
  return verdict === 'wrong-digest' && byHa1 && realm !== realmKey(realm)
    ? 'wrong-digest-or-realm-case'
    : verdict;
}

function refusalOf(
  attempt: AuthAttempt,
  customer: Customer | undefined,
  { verdict }: CredentialCheck,
  call: 'usual' | 'emergency',
): AdmissionRefusal | undefined {
  if (attempt.method !== 'REGISTER' && attempt.method !== 'INVITE') return 'method-not-supported';
  // Before it is asked whose it is: the answer tells nothing of the account, and nothing is counted against anybody.
  const problem = digestProblem(attempt.digest);
  if (problem) return problem;
  if (!customer) return 'unknown-account';
  if (verdict !== 'right') return verdict;
  // Whether this call may be made, and to this number, is for the call hook to decide: it knows the Request-URI.
  if (attempt.method === 'INVITE')
    return call === 'emergency' ? undefined : callAddressRefusal(attempt, customer);
  if (customer.enabled === false && attempt.expires !== 0) return 'disabled';
  return addressRefusal(attempt, customer) ?? aorRefusal(attempt, customer);
}

/** An address that the device wrote itself is inside nothing. */
function addressRefusal({ source }: AuthAttempt, customer: Customer): 'address-not-allowed' | undefined {
  const allowed = customer.registration?.allowedAddresses;
  if (!allowed) return undefined;
  return !source.claimedByDevice && isInBlocks(source.address, allowed) ? undefined : 'address-not-allowed';
}

/** A stolen password needs no registration to call. */
function callAddressRefusal(attempt: AuthAttempt, customer: Customer): 'address-not-allowed' | undefined {
  return customer.registration?.callsFromAnywhere === true ? undefined : addressRefusal(attempt, customer);
}

/**
 * A device may register its own AOR and those of its `registration.users` only: jambonz stores whatever To says, and
 * takes it from nobody. An escaped user part is the user that it stands for, so that no AOR belongs to two accounts.
 */
function aorRefusal(
  { to, digest }: AuthAttempt,
  { registration }: Customer,
): 'ambiguous-to' | 'wrong-aor' | undefined {
  const address = readTo(to);
  if (!address) return 'ambiguous-to';
  const own = [digest.username, ...(registration?.users ?? [])];
  const isOwn = own.includes(withoutEscapes(address.user)) && sameRealm(address.host, digest.realm);
  return isOwn ? undefined : 'wrong-aor';
}

/** min(asked, the record's maxExpires, 3600): a whole number of seconds, as jambonz hands it to Redis as it is. */
function grantedExpires(asked: number | undefined, customer: Customer | undefined): number {
  const most = Math.min(customer?.registration?.maxExpires ?? MAX_REGISTRATION_S, MAX_REGISTRATION_S);
  return asked === undefined ? most : Math.min(asked, most);
}
