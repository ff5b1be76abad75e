import { answerAuthHook, parseAuthHook } from '../lib/jambonz/auth-hook';
import { signedHook } from '../lib/jambonz/signed-hook';
import { type Guesser, Undecided, type World } from '../lib/jambonz/world';
import {
  type Admission,
  type AuthAttempt,
  admit,
  isWrongGuess,
  type ReplayObserved,
  refuse,
  replayPolicy,
} from '../lib/registrar/admission';
import type { Customer } from '../lib/registrar/customer';
import { signedFor } from '../lib/registrar/dialled';
import { yieldsToEmergency } from '../lib/registrar/emergency-admission';
import { emergencyNumber } from '../lib/registrar/emergency-number';
import { policyOf } from '../lib/registrar/policy';
import { answerUse, findingOfNonce } from '../lib/registrar/replay';

/** A phone answered a digest challenge, on REGISTER or INVITE: is it who it says it is? */
export const registerAuth = signedHook(
  'register-auth',
  parseAuthHook,
  ({ digest }) => digest.realm,
  async (attempt, world) => {
    const admission = await decide(attempt, world);
    const { method, source, userAgent } = attempt;
    world.report({ hook: 'register-auth', method, source, userAgent, admission });
    return answerAuthHook(admission);
  },
);

async function decide(attempt: AuthAttempt, world: World): Promise<Admission> {
  const guesser = world.guesser(attempt.digest, attempt.source);
  const limited = await guesser.limited();
  if (limited && (attempt.method !== 'INVITE' || !guesser.mayLookAnyway())) return refuse(attempt, limited);
  const { proven, customer } = await prove(attempt, guesser, world);
  if (isWrongGuess(proven) && !limited) await guesser.failed();
  const usual = limited ? refuse(attempt, limited) : await once(proven, attempt, customer, world);
  const admission = await unlessEmergency(usual, attempt, customer, world);
  if (admission.admitted) await noteAdmission(admission, attempt, customer, guesser, world);
  return admission;
}

/**
 * Who is not known at this source is judged by the record as it is now, and so is every wrong answer: the time that
 * it takes does not tell whether the account exists, or was used lately.
 */
async function prove(
  attempt: AuthAttempt,
  guesser: Guesser,
  { customers, now }: World,
): Promise<{ proven: Admission; customer: Customer | undefined }> {
  const remembered = guesser.isKnown() ? customers.remembered(attempt.digest) : undefined;
  const proven = remembered && admit(attempt, remembered, now());
  if (proven?.admitted) return { proven, customer: remembered };
  const customer = await customers.findNow(attempt.digest);
  return { proven: admit(attempt, customer, now()), customer };
}

/** A digest is taken once: whoever heard it on the wire is refused. */
async function once(
  admission: Admission,
  attempt: AuthAttempt,
  customer: Customer | undefined,
  world: World,
): Promise<Admission> {
  const policy = replayPolicy(attempt, customer);
  if (!admission.admitted || policy === 'off') return admission;
  const finding =
    findingOfNonce(attempt.digest.nonce, world.now()) ?? (await useUp(attempt, customer, world));
  if (finding === undefined) return admission;
  return policy === 'observe' || finding === 'not-checked'
    ? { ...admission, observed: finding }
    : refuse(attempt, finding);
}

async function useUp(
  attempt: AuthAttempt,
  customer: Customer | undefined,
  world: World,
): Promise<ReplayObserved | undefined> {
  const { callsWithoutMemory, callGrant } = world.settings;
  const use = await world.usedAnswers.use(answerUse(attempt.digest, attempt));
  if (use === 'new') return undefined;
  if (use === 'replayed') return use;
  const mayWait = attempt.method === 'INVITE' && callsWithoutMemory === 'refuse';
  const passes = yieldsToEmergency('replayed', attempt, callGrant);
  if (mayWait && !(passes && (await isEmergency(attempt, customer, world))))
    throw new Undecided('nobody could look whether the digest was used before');
  return 'not-checked';
}

/** A call to an emergency number with a right digest passes what else guards the account. */
async function unlessEmergency(
  usual: Admission,
  attempt: AuthAttempt,
  customer: Customer | undefined,
  world: World,
): Promise<Admission> {
  if (usual.admitted || !yieldsToEmergency(usual.because, attempt, world.settings.callGrant)) return usual;
  const call = admit(attempt, customer, world.now(), 'emergency');
  return call.admitted && (await isEmergency(attempt, customer, world))
    ? { ...call, despite: usual.because }
    : usual;
}

/** By the account's own record and the one whose policy it uses, as the call hook will decide. */
async function isEmergency(
  attempt: AuthAttempt,
  account: Customer | undefined,
  { customers, settings }: World,
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
  guesser: Guesser,
  world: World,
): Promise<void> {
  // Whoever was let in for an emergency only is not known from now on.
  const known = despite === undefined ? guesser.succeeded(credential) : undefined;
  await Promise.all([known, leaveGrant(attempt, customer, world)]);
}

/** The call hook, which sees no digest, finds out by this that the call was authenticated. */
async function leaveGrant(attempt: AuthAttempt, customer: Customer | undefined, world: World): Promise<void> {
  const { method, digest, callId, to } = attempt;
  const { callGrant, callsWithoutMemory } = world.settings;
  if (method !== 'INVITE' || callGrant === 'off' || callId === '') return;
  const dialled = signedFor(digest.uri, to);
  if (dialled === undefined) return;
  const left = await world.callGrants.leave({ aor: digest, callId, dialled });
  // The call hook asks for no grant of an emergency call.
  if (
    !left &&
    callGrant === 'enforce' &&
    callsWithoutMemory === 'refuse' &&
    !(await isEmergency(attempt, customer, world))
  )
    throw new Undecided('the grant for the call could not be left');
}
