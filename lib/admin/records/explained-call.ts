import { parseCallHook } from '../../jambonz/call-hook';
import { beginningOf, signTag, tagOf } from '../../jambonz/call-tag';
import { ROUTES } from '../../jambonz/routes';
import { declineVerbs, dialVerbs, type Verb } from '../../jambonz/verbs';
import { callHookPayload, carrierCallPayload } from '../../local/jambonz-simulator';
import { invite } from '../../local/sip-phone';
import type { Call } from '../../registrar/calls/call';
import type { CallPlan } from '../../registrar/calls/plan';
import type { Aor } from '../../registrar/record/aor';

/** The call as the call hook would read it from jambonz, of a phone that presents this From. */
export function callOf(aor: Aor, dialled: string, from: string | undefined): Call {
  const request = invite({ aor, password: '' }, dialled, 0);
  const announced = { invite: request, dialled, callId: 'explained', ...(from !== undefined && { from }) };
  const call = parseCallHook({ ...callHookPayload(announced) });
  if (!call) throw new Error('the simulated call was not understood');
  return call;
}

/** A carrier's call to a number of ours, as the call hook would read it from jambonz. */
export function carrierCallOf(called: string, from: string): Call {
  const call = parseCallHook({ ...carrierCallPayload({ called, from, callId: 'explained' }) });
  if (!call) throw new Error('the simulated call was not understood');
  return call;
}

/** The first answer to jambonz; without the signature in its tag, which would authenticate a call. */
export function verbsOf(call: Call, plan: CallPlan, hooks = 'https://HOOKS'): Verb[] {
  if (plan.kind === 'refuse') return declineVerbs(plan.status);
  const tag = signTag(tagOf(call, plan, 1, { began: beginningOf(plan, 0, false) }), [
    { secret: 'explained' },
  ]);
  const { dialAction, refer } = ROUTES;
  const mayTransfer = call.origin.kind === 'account';
  return dialVerbs(
    plan,
    1,
    { ...tag, mac: '***' },
    { actionHook: hooks + dialAction, referHook: mayTransfer ? hooks + refer : undefined },
  ).verbs;
}
