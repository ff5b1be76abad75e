import { type Aor, realmKey, sameRealm } from '../record/aor';
import type { Customer } from '../record/customer';
import { isInBlocks } from '../record/ip-address';
import { credentialsOf } from './credentials';
import { checkDigest, type DigestAnswer, type DigestVerdict, digestProblem } from './digest';
import { withoutEscapes } from './escapes';
import type { ReplayFinding, ReplayPolicy } from './replay';
import { readTo } from './to-header';

/** A REGISTER or INVITE of a device, as jambonz reports it. */
export interface AuthAttempt {
  readonly method: string;
  readonly digest: DigestAnswer;
  /** The packet's source address, or what the device wrote into X-Forwarded-For. */
  readonly source: { readonly address: string; readonly claimedByDevice: boolean };
  /** The User-Agent header: free text. */
  readonly userAgent: string;
  readonly callId: string;
  readonly contact: string;
  /** The To header: on REGISTER the AOR, on INVITE the dialled party. */
  readonly to: string;
  /** Seconds asked for; 0 is an un-REGISTER; undefined on INVITE, or when the device sent no valid number. */
  readonly expires: number | undefined;
}

/** All reasons of a refusal. `docs/authentication.md` explains each. */
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

/** A correct digest that may be a replay, and was accepted: under `observe`, or because it could not be checked. */
export type ReplayObserved = ReplayFinding | 'not-checked';

/** Whether the device may register or call. The reason is for logs and metrics; the device only gets ok or fail. */
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

/** The longest registration that is granted: a disabled account is unregistered within this time. */
export const MAX_REGISTRATION_S = 3600;

/**
 * Decides by the customer's record. An unknown account costs the same work as a wrong password.
 * @param customer undefined: there is no such account
 * @param now unix ms
 * @param call `emergency`: only the digest of the call is checked
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

/** The digest of a call is accepted once; that of a REGISTER is only observed by default: phones repeat lost requests. */
export function replayPolicy({ method }: AuthAttempt, customer: Customer | undefined): ReplayPolicy {
  return method === 'INVITE' ? 'enforce' : (customer?.registration?.replay ?? 'observe');
}

/** Whether the limiter counts it as a wrong password. An unknown account counts too, so that it looks the same. */
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

/** Compared with when there is no account or no credential, so that it takes as long as a known account. */
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

/** An HA1 is for one spelling of the realm: a phone that spells it differently needs `password` or another HA1. */
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
  // Before the account is checked: the answer reveals nothing about the account, and the limiter counts nothing.
  const problem = digestProblem(attempt.digest);
  if (problem) return problem;
  if (!customer) return 'unknown-account';
  if (verdict !== 'right') return verdict;
  // The call hook decides whether this number may be called, because it knows the Request-URI.
  if (attempt.method === 'INVITE')
    return call === 'emergency' ? undefined : callAddressRefusal(attempt, customer);
  if (customer.enabled === false && attempt.expires !== 0) return 'disabled';
  return addressRefusal(attempt, customer) ?? aorRefusal(attempt, customer);
}

/** An address that the device claimed is never inside the allowed ones. */
function addressRefusal({ source }: AuthAttempt, customer: Customer): 'address-not-allowed' | undefined {
  const allowed = customer.registration?.allowedAddresses;
  if (!allowed) return undefined;
  return !source.claimedByDevice && isInBlocks(source.address, allowed) ? undefined : 'address-not-allowed';
}

/** The address list applies to calls too, because a call with a stolen password needs no registration. */
function callAddressRefusal(attempt: AuthAttempt, customer: Customer): 'address-not-allowed' | undefined {
  return customer.registration?.callsFromAnywhere === true ? undefined : addressRefusal(attempt, customer);
}

/**
 * A device may register only its own AOR and those of its `registration.users`, because jambonz stores any To without
 * a check. The user part is compared with escapes decoded, so that no AOR belongs to two accounts.
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

/** min(asked, the record's maxExpires, 3600), in whole seconds, because jambonz passes it to Redis unchanged. */
function grantedExpires(asked: number | undefined, customer: Customer | undefined): number {
  const most = Math.min(customer?.registration?.maxExpires ?? MAX_REGISTRATION_S, MAX_REGISTRATION_S);
  return asked === undefined ? most : Math.min(asked, most);
}
