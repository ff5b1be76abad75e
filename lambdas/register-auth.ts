import type { AuthContext } from '../lib/hooks/context';
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
  async (attempt, context: AuthContext) => {
    const admission = await decide(attempt, context);
    const { method, source, userAgent } = attempt;
    context.report({ hook: 'register-auth', method, source, userAgent, admission });
    return answerAuthHook(admission);
  },
);

/** Only what has to be asked is waited for: most phones are known here, and a minute long their records are too. */
async function decide(attempt: AuthAttempt, context: AuthContext): Promise<Admission> {
  const guard = context.bruteForceGuard(attempt.digest, attempt.source);
  const blocked = guard.isBlocked();
  const isStranger = blocked instanceof Promise;
  const record = isStranger ? readBeside(attempt, context) : undefined;
  const limited = isStranger ? await blocked : blocked;
  if (limited && (attempt.method !== 'INVITE' || !guard.mayLookAnyway())) return refuse(attempt, limited);
  const { proven, customer } =
    (isStranger ? undefined : proveByMemory(attempt, context)) ?? (await prove(attempt, record, context));
  if (isPasswordFailure(proven) && !limited) await guard.recordFailure();
  const early = !limited && mayNoteAtOnce(proven, attempt, customer);
  const noted = early ? note(proven, guard) : undefined;
  const newSource =
    proven.admitted && !limited ? askForNewSource(attempt, customer, guard, context) : undefined;
  const checked = limited ? refuse(attempt, limited) : checkReplay(proven, attempt, customer, context);
  const usual = checked instanceof Promise ? await checked : checked;
  const admission = usual.admitted ? usual : await unlessEmergency(usual, attempt, customer, context);
  if (!admission.admitted) return admission;
  // Asked for before the login is noted: from now on the account was used from there.
  const isNew = newSource !== undefined && admission.despite === undefined && (await newSource);
  const writes = [early ? noted : note(admission, guard), issueGrant(attempt, customer, isNew, context)];
  if (writes.some((it) => it !== undefined)) await Promise.all(writes);
  return admission;
}

/**
 * A stranger's record, asked for in the same tick as what is known of the stranger: one round trip to DynamoDB. It is
 * one whether the account exists or not, and whether its record is remembered or not.
 */
function readBeside({ digest }: AuthAttempt, { customers }: AuthContext): Promise<Customer | undefined> {
  const record = customers.findNow(digest);
  // Who is limited is refused, whether the record could be read or not.
  record.catch(() => {});
  return record;
}

interface Proof {
  readonly proven: Admission;
  readonly customer: Customer | undefined;
}

/**
 * The cached record can admit an account. A refusal is decided by the record as it is now, so that its duration does
 * not reveal whether the account exists or was used lately.
 */
function proveByMemory(attempt: AuthAttempt, { customers, now }: AuthContext): Proof | undefined {
  const customer = customers.remembered(attempt.digest);
  const proven = customer && admit(attempt, customer, now());
  return proven?.admitted ? { proven, customer } : undefined;
}

/** @param record as it is now, where it was asked for already */
async function prove(
  attempt: AuthAttempt,
  record: Promise<Customer | undefined> | undefined,
  { customers, now }: AuthContext,
): Promise<Proof> {
  const customer = await (record ?? customers.findNow(attempt.digest));
  return { proven: admit(attempt, customer, now()), customer };
}

/** A digest is accepted once, so a captured one is refused. */
function checkReplay(
  admission: Admission,
  attempt: AuthAttempt,
  customer: Customer | undefined,
  context: AuthContext,
): Admission | Promise<Admission> {
  const policy = replayPolicy(attempt, customer);
  return admission.admitted && policy !== 'off'
    ? claimed(admission, policy, attempt, customer, context)
    : admission;
}

async function claimed(
  admission: Admitted,
  policy: 'observe' | 'enforce',
  attempt: AuthAttempt,
  customer: Customer | undefined,
  context: AuthContext,
): Promise<Admission> {
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
  context: AuthContext,
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
  context: AuthContext,
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
  { customers, settings }: AuthContext,
): Promise<boolean> {
  const number = signedFor(attempt.digest.uri, attempt.to);
  if (number === undefined || !account) return false;
  const { customer, realm } = account;
  const named = customer === undefined ? undefined : await customers.find({ username: customer, realm });
  return emergencyNumber(number, policyOf(account, named), settings) !== undefined;
}

/** A login that was admitted for an emergency call only does not make its source known. */
function note({ credential, despite }: Admitted, guard: BruteForceGuard): Promise<void> | undefined {
  return despite === undefined ? guard.recordSuccess(credential) : undefined;
}

/**
 * A login makes its source known, which nobody who is refused may be. Under `observe` and `off` no right digest is
 * refused as a replay; under `enforce` the login waits for that.
 */
function mayNoteAtOnce(
  admission: Admission,
  attempt: AuthAttempt,
  customer: Customer | undefined,
): admission is Admitted {
  return admission.admitted && replayPolicy(attempt, customer) !== 'enforce';
}

type Admitted = Extract<Admission, { admitted: true }>;

/**
 * Only here it is sure where a call comes from. Without the rule nothing is looked up; with it, beside the look at
 * earlier uses of the digest.
 * @returns undefined: there is no such rule for this request
 */
function askForNewSource(
  attempt: AuthAttempt,
  customer: Customer | undefined,
  guard: BruteForceGuard,
  context: AuthContext,
): Promise<boolean> | undefined {
  const rule = customer?.registration?.newSource;
  if (attempt.method !== 'INVITE' || !rule || context.settings.callGrant === 'off') return undefined;
  const isNew = isFromNewSource(rule.hours * HOUR_MS, attempt, customer, guard, context);
  // A replay is refused, whether this could be found out or not.
  isNew.catch(() => {});
  return isNew;
}

async function isFromNewSource(
  milliseconds: number,
  attempt: AuthAttempt,
  customer: Customer | undefined,
  guard: BruteForceGuard,
  context: AuthContext,
): Promise<boolean> {
  const isNew = await guard.isNewFor(milliseconds);
  if (
    isNew === 'unknown' &&
    context.settings.callsWithoutMemory === 'refuse' &&
    !(await isEmergency(attempt, customer, context))
  )
    throw new Undecided('nobody could look whether the account was used from there before');
  return isNew === true;
}

const HOUR_MS = 3600_000;

/** The call hook, which sees no digest, finds out by this that the call was authenticated, and where it came from. */
function issueGrant(
  attempt: AuthAttempt,
  customer: Customer | undefined,
  isFromNewSource: boolean,
  context: AuthContext,
): Promise<void> | undefined {
  const { method, digest, callId, to } = attempt;
  if (method !== 'INVITE' || context.settings.callGrant === 'off' || callId === '') return undefined;
  const dialled = signedFor(digest.uri, to);
  return dialled === undefined ? undefined : leaveGrant(dialled, attempt, customer, isFromNewSource, context);
}

async function leaveGrant(
  dialled: string,
  attempt: AuthAttempt,
  customer: Customer | undefined,
  isFromNewSource: boolean,
  context: AuthContext,
): Promise<void> {
  const { digest, callId } = attempt;
  const { callGrant, callsWithoutMemory } = context.settings;
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
