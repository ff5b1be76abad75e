import { answerAuthHook, parseAuthHook } from '../lib/jambonz/auth-hook';
import { signedHook } from '../lib/jambonz/signed-hook';
import { admit } from '../lib/registrar/admission';

/** A phone answered a digest challenge, on REGISTER or INVITE: is it who it says it is? */
export const registerAuth = signedHook('register-auth', parseAuthHook, async (attempt, world) => {
  const customer = await world.customers.find(attempt.digest);
  const admission = admit(attempt, customer, world.now());
  world.report({ hook: 'register-auth', method: attempt.method, admission });
  return answerAuthHook(admission);
});
