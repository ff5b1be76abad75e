import { parseCallHook } from '../lib/jambonz/call-hook';
import { parseCallStatus } from '../lib/jambonz/call-status';
import { parseDialAction } from '../lib/jambonz/dial-action';
import { signedHook } from '../lib/jambonz/signed-hook';
import { verbsOf } from '../lib/jambonz/verbs';
import { Undecided, type World } from '../lib/jambonz/world';
import type { GrantState } from '../lib/registrar/call-grant';
import { dialledUser } from '../lib/registrar/dialled';
import { type Call, planCall } from '../lib/registrar/plan';

/** A registered phone dials: where does the call go, and as whom? */
export const callHook = signedHook(
  'call-hook',
  parseCallHook,
  ({ caller }) => caller?.realm,
  async (call, world) => {
    const customer = call.caller && (await world.customers.find(call.caller));
    const grant = await takeGrant(call, world);
    const enforced = world.settings.callGrant === 'enforce' ? grant : 'not-asked';
    const plan = planCall(call, customer, world.settings, enforced);
    world.report({ hook: 'call-hook', plan, grant });
    return { status: 200, body: verbsOf(plan) };
  },
);

/** Was this very call authenticated? Its INVITE left a word about it. */
async function takeGrant(
  { caller, dialled, deviceCallId, callId }: Call,
  { callGrants, settings }: World,
): Promise<GrantState> {
  if (!caller || settings.callGrant === 'off') return 'not-asked';
  const grant = await callGrants.take(
    { aor: caller, callId: deviceCallId, dialled: dialledUser(dialled) },
    callId,
  );
  if (grant === 'unknown' && settings.callGrant === 'enforce' && settings.callsWithoutMemory === 'refuse')
    throw new Undecided('nobody could look whether the call was authenticated');
  return grant;
}

/** A dial ended: no verbs of ours replace those that are left. */
export const dialAction = signedHook('dial-action', parseDialAction, aboutNoRealm, async (dialled, world) => {
  world.report({ hook: 'dial-action', dialled });
  return { status: 200, body: [] };
});

/** A call changed its state. */
export const callStatus = signedHook('call-status', parseCallStatus, aboutNoRealm, async (change, world) => {
  world.report({ hook: 'call-status', change });
  return { status: 200, body: {} };
});

/** Neither may change a call, so any account's secret may report one. */
function aboutNoRealm(): undefined {
  return undefined;
}
