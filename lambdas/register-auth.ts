import type { HookContext } from '../lib/hooks/context';
import { Undecided } from '../lib/hooks/errors';
import { signedHook } from '../lib/hooks/signed-hook';
import { answerAuthHook, parseAuthHook } from '../lib/jambonz/auth-hook';
import {
  type Admission,
  type AuthAttempt,
  admit,
  isPasswordFailure,
  type ReplayObserved,
  refuse,
  replayPolicy,
} from '../lib/registrar/auth/admission';
import type { BruteForceGuard } from '../lib/registrar/auth/brute-force';
import { yieldsToEmergency } from '../lib/registrar/auth/emergency-admission';
import { answerUse, findingOfNonce } from '../lib/registrar/auth/replay';
import { signedFor } from '../lib/registrar/auth/to-header';
import { emergencyNumber } from '../lib/registrar/calls/emergency-number';
import type { Customer } from '../lib/registrar/record/customer';
import { policyOf } from '../lib/registrar/record/policy';

/** A phone answered a digest challenge, on REGISTER or INVITE: is it who it says it is? */
export const registerAuth = signedHook(
  'register-auth',
  parseAuthHook,
  ({ digest }) => digest.realm,
  async (attempt, context) => {
    const admission = await decide(attempt, context);
    const { method, source, userAgent } = attempt;
    context.report({ hook: 'register-auth', method, source, userAgent, admission });
    return answerAuthHook(admission);
  },
);

async function decide(attempt: AuthAttempt, context: HookContext): Promise<Admission> {
  const guard = context.bruteForceGuard(attempt.digest, attempt.source);
  const limited = await guard.isBlocked();
  if (limited && (attempt.method !== 'INVITE' || !guard.mayLookAnyway())) return refuse(attempt, limited);
  const { proven: verified, customer } = await prove(attempt, context);
  if (isPasswordFailure(verified) && !limited) await guard.recordFailure();
  const usual = limited ? refuse(attempt, limited) : await checkReplay(verified, attempt, customer, context);
  const admission = await unlessEmergency(usual, attempt, customer, context);
  if (admission.admitted) await noteAdmission(admission, attempt, customer, guard, context);
  return admission;
}

/**
 * The remembered record can let somebody in. Nobody is refused by it, but by the record as it is now: the time that a
 * refusal takes does not tell whether the account exists, or was used lately.
 */
async function prove(
  attempt: AuthAttempt,
  { customers, now }: HookContext,
): Promise<{ proven: Admission; customer: Customer | undefined }> {
  const remembered = customers.remembered(attempt.digest);
  const proven = remembered && admit(attempt, remembered, now());
  if (proven?.admitted) return { proven, customer: remembered };
  const customer = await customers.findNow(attempt.digest);
  return { proven: admit(attempt, customer, now()), customer };
}

/** A digest is taken once: whoever heard it on the wire is refused. */
async function checkReplay(
  admission: Admission,
  attempt: AuthAttempt,
  customer: Customer | undefined,
  context: HookContext,
): Promise<Admission> {
  const policy = replayPolicy(attempt, customer);
  if (!admission.admitted || policy === 'off') return admission;
  const finding =
    findingOfNonce(attempt.digest.nonce, context.now()) ?? (await claimAnswer(attempt, customer, context));
  if (finding === undefined) return admission;
  return policy === 'observe' || finding === 'not-checked'
    ? { ...admission, observed: finding }
    : refuse(attempt, finding);
}

async function claimAnswer(
  attempt: AuthAttempt,
  customer: Customer | undefined,
  context: HookContext,
): Promise<ReplayObserved | undefined> {
  const use = await context.replay.claim(answerUse(attempt.digest, attempt));
  if (use === 'first-use' || use === 'same-request') return undefined;
  if (use === 'replayed') return use;
  const mayWait = attempt.method === 'INVITE' && context.settings.callsWithoutMemory === 'refuse';
  if (mayWait && !(await isEmergency(attempt, customer, context)))
    throw new Undecided('nobody could look whether the digest was used before');
  return 'not-checked';
}

/** A call to an emergency number with a right digest passes what else guards the account. */
async function unlessEmergency(
  usual: Admission,
  attempt: AuthAttempt,
  customer: Customer | undefined,
  context: HookContext,
): Promise<Admission> {
  if (usual.admitted || !yieldsToEmergency(usual.because, attempt, context.settings.callGrant)) return usual;
  const call = admit(attempt, customer, context.now(), 'emergency');
  return call.admitted && (await isEmergency(attempt, customer, context))
    ? { ...call, despite: usual.because }
    : usual;
}

/** By the account's own record and the one whose policy it uses, as the call hook will decide. */
async function isEmergency(
  attempt: AuthAttempt,
  account: Customer | undefined,
  { customers, settings }: HookContext,
): Promise<boolean> {
  const number = signedFor(attempt.digest.uri, attempt.to);
  if (number === undefined || !account) return false;
  const { customer, realm } = account;
  const named = customer === undefined ? undefined : await customers.find({ username: customer, realm });
  return emergencyNumber(number, policyOf(account, named), settings) !== undefined;
}

async function noteAdmission(
  { credential, despite }: Extract<Admission, { admitted: true }>,
  attempt: AuthAttempt,
  customer: Customer | undefined,
  guard: BruteForceGuard,
  context: HookContext,
): Promise<void> {
  // Asked first: from now on the account was used from there.
  const isNew = despite === undefined && (await isFromNewSource(attempt, customer, guard, context));
  // Whoever was let in for an emergency only is not known from now on.
  const known = despite === undefined ? guard.recordSuccess(credential) : undefined;
  await Promise.all([known, issueGrant(attempt, customer, isNew, context)]);
}

/** Only here it is sure where a call comes from. Without the rule nothing is looked up. */
async function isFromNewSource(
  attempt: AuthAttempt,
  customer: Customer | undefined,
  guard: BruteForceGuard,
  context: HookContext,
): Promise<boolean> {
  const { settings } = context;
  const rule = customer?.registration?.newSource;
  if (attempt.method !== 'INVITE' || !rule || settings.callGrant === 'off') return false;
  const isNew = await guard.isNewFor(rule.hours * HOUR_MS);
  if (
    isNew === 'unknown' &&
    settings.callsWithoutMemory === 'refuse' &&
    !(await isEmergency(attempt, customer, context))
  )
    throw new Undecided('nobody could look whether the account was used from there before');
  return isNew === true;
}

const HOUR_MS = 3600_000;

/** The call hook, which sees no digest, finds out by this that the call was authenticated, and where it came from. */
async function issueGrant(
  attempt: AuthAttempt,
  customer: Customer | undefined,
  isFromNewSource: boolean,
  context: HookContext,
): Promise<void> {
  const { method, digest, callId, to } = attempt;
  const { callGrant, callsWithoutMemory } = context.settings;
  if (method !== 'INVITE' || callGrant === 'off' || callId === '') return;
  const dialled = signedFor(digest.uri, to);
  if (dialled === undefined) return;
  const left = await context.callGrants.issue({ aor: digest, callId, dialled }, isFromNewSource);
  // The call hook asks for no grant of an emergency call.
  if (
    !left &&
    callGrant === 'enforce' &&
    callsWithoutMemory === 'refuse' &&
    !(await isEmergency(attempt, customer, context))
  )
    throw new Undecided('the grant for the call could not be left');
}
