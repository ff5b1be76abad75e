import { answerAuthHook, parseAuthHook } from '../lib/jambonz/auth-hook';
import { signedHook } from '../lib/jambonz/signed-hook';
import { Undecided, type World } from '../lib/jambonz/world';
import {
  type Admission,
  type AuthAttempt,
  admit,
  isWrongGuess,
  type ReplayObserved,
  refuse,
  replayPolicy,
} from '../lib/registrar/admission';
import { dialledInTo } from '../lib/registrar/dialled';
import { answerUse, findingOfNonce, type ReplayPolicy } from '../lib/registrar/replay';

/** A phone answered a digest challenge, on REGISTER or INVITE: is it who it says it is? */
export const registerAuth = signedHook(
  'register-auth',
  parseAuthHook,
  ({ digest }) => digest.realm,
  async (attempt, world) => {
    const admission = await decide(attempt, world);
    world.report({ hook: 'register-auth', method: attempt.method, admission, address: seenAddress(attempt) });
    return answerAuthHook(admission);
  },
);

/** What a device claims about itself is no help to anybody who reads the log. */
function seenAddress({ source }: AuthAttempt): string | undefined {
  return source.claimedByDevice ? undefined : source.address;
}

async function decide(attempt: AuthAttempt, world: World): Promise<Admission> {
  const guesser = world.guesser(attempt.digest, attempt.source);
  const limited = await guesser.limited();
  if (limited) return refuse(attempt, limited);
  const customer = await world.customers.find(attempt.digest);
  const proven = admit(attempt, customer, world.now());
  const admission = await once(proven, attempt, replayPolicy(attempt, customer), world);
  if (isWrongGuess(admission)) await guesser.failed();
  if (admission.admitted)
    await Promise.all([guesser.succeeded(admission.credential), leaveGrant(attempt, world)]);
  return admission;
}

/** A digest opens the door once: whoever heard it on the wire stays outside. */
async function once(
  admission: Admission,
  attempt: AuthAttempt,
  policy: ReplayPolicy,
  world: World,
): Promise<Admission> {
  if (!admission.admitted || policy === 'off') return admission;
  const finding = findingOfNonce(attempt.digest.nonce, world.now()) ?? (await useUp(attempt, world));
  if (finding === undefined) return admission;
  return policy === 'observe' || finding === 'not-checked'
    ? { ...admission, observed: finding }
    : refuse(attempt, finding);
}

async function useUp(attempt: AuthAttempt, world: World): Promise<ReplayObserved | undefined> {
  const use = await world.usedAnswers.use(answerUse(attempt.digest, attempt));
  if (use === 'new') return undefined;
  if (use === 'unknown' && attempt.method === 'INVITE' && world.settings.callsWithoutMemory === 'refuse')
    throw new Undecided('nobody could look whether the digest was used before');
  return use === 'unknown' ? 'not-checked' : use;
}

/** The call hook, which sees no digest, finds out by this that the call was authenticated. */
async function leaveGrant({ method, digest, callId, to }: AuthAttempt, world: World): Promise<void> {
  const { callGrant } = world.settings;
  if (method !== 'INVITE' || callGrant === 'off' || callId === '') return;
  const dialled = dialledInTo(to);
  if (dialled === undefined) return;
  const left = await world.callGrants.leave({ aor: digest, callId, dialled });
  if (!left && callGrant === 'enforce') throw new Undecided('the grant for the call could not be left');
}
