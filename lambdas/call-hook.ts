import { parseCallHook } from '../lib/jambonz/call-hook';
import { parseCallStatus } from '../lib/jambonz/call-status';
import { parseDialAction } from '../lib/jambonz/dial-action';
import { signedHook } from '../lib/jambonz/signed-hook';
import { verbsOf } from '../lib/jambonz/verbs';
import { planCall } from '../lib/registrar/plan';

/** A registered phone dials: where does the call go, and as whom? */
export const callHook = signedHook('call-hook', parseCallHook, async (call, world) => {
  const customer = call.caller && (await world.customers.find(call.caller));
  const plan = planCall(call, customer, world.settings);
  world.report({ hook: 'call-hook', plan });
  return { status: 200, body: verbsOf(plan) };
});

/** A dial ended: no verbs of ours replace those that are left. */
export const dialAction = signedHook('dial-action', parseDialAction, async (dialled, world) => {
  world.report({ hook: 'dial-action', dialled });
  return { status: 200, body: [] };
});

/** A call changed its state. */
export const callStatus = signedHook('call-status', parseCallStatus, async (change, world) => {
  world.report({ hook: 'call-status', change });
  return { status: 200, body: {} };
});
