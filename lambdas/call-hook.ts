import { parseCallHook } from '../lib/jambonz/call-hook';
import { parseCallStatus } from '../lib/jambonz/call-status';
import { openTag, sealTag, tagOf } from '../lib/jambonz/call-tag';
import { parseDialAction } from '../lib/jambonz/dial-action';
import { ROUTES } from '../lib/jambonz/routes';
import { signedHook } from '../lib/jambonz/signed-hook';
import { declineVerbs, dialVerbs, type Verb } from '../lib/jambonz/verbs';
import type { WebhookSecret } from '../lib/jambonz/webhook-secrets';
import type { World } from '../lib/jambonz/world';
import type { Aor } from '../lib/registrar/aor';
import { planNext } from '../lib/registrar/failover';
import {
  type Call,
  type CallPlan,
  type CallRecords,
  type DialPlanned,
  NOTHING_ASKED,
  planCall,
} from '../lib/registrar/plan';

/** A registered phone dials: where does the call go, and as whom? */
export const callHook = signedHook('call-hook', parseCallHook, async (call, world, baseUrl) => {
  const plan = await seated(call, await recordsOf(call.caller, world), world);
  world.report({ hook: 'call-hook', plan });
  const body =
    plan.kind === 'dial' ? dial(call, plan, 1, await world.secrets(), baseUrl) : declineVerbs(plan.status);
  return { status: 200, body };
});

/** A dial of ours ended: the next trunk, or the carrier's code. The list that is left ends the call otherwise. */
export const dialAction = signedHook(
  'dial-action',
  parseDialAction,
  async ({ callId, outcome, customerData }, world, baseUrl) => {
    const tag = openTag(customerData, callId, await world.secrets());
    if (!tag) {
      world.report({ hook: 'dial-action', refused: 'forged-call-data' });
      return { status: 200, body: [] };
    }
    const records = await recordsOf(tag.call.caller, world);
    const plan = planCall(tag.call, records, NOTHING_ASKED, world.settings);
    const step = planNext(plan, tag, outcome);
    world.report({ hook: 'dial-action', tag, step });
    if (step.kind === 'dial' && plan.kind === 'dial')
      return { status: 200, body: dial(tag.call, plan, step.attempt, await world.secrets(), baseUrl) };
    return { status: 200, body: step.kind === 'give-up' ? declineVerbs(step.status) : [] };
  },
);

/** A call ended: its seat is free again, and its record is written once. */
export const callStatus = signedHook('call-status', parseCallStatus, async (end, world) => {
  if (end === 'not-an-end') return { status: 200, body: {} };
  const { customerData, ...ended } = end;
  const tag = openTag(customerData, end.callId, await world.secrets());
  if (tag && (await world.seats.end(end.callId, tag.seatOf)))
    world.report({ hook: 'call-status', record: { ...ended, tag } });
  if (!tag && customerData !== undefined) world.report({ hook: 'call-status', refused: 'forged-call-data' });
  // hung up before the tag verb had run: whose call it was, jambonz cannot say
  if (customerData === undefined && end.status === 'no-answer') await world.seats.end(end.callId, undefined);
  return { status: 200, body: {} };
});

/** The plan of a call that has its seat, where its customer has caps. */
async function seated(call: Call, records: CallRecords, world: World): Promise<CallPlan> {
  const plan = planCall(call, records, NOTHING_ASKED, world.settings);
  if (plan.kind === 'refuse' || !plan.caps) return plan;
  const seat = await world.seats.take(call.id, plan.caps);
  return planCall(call, records, { ...NOTHING_ASKED, seat }, world.settings);
}

async function recordsOf(caller: Aor | undefined, { customers }: World): Promise<CallRecords> {
  const account = caller && (await customers.find(caller));
  if (account?.customer === undefined) return { account, named: undefined };
  return { account, named: await customers.find({ username: account.customer, realm: account.realm }) };
}

function dial(
  call: Call,
  plan: DialPlanned,
  attempt: number,
  secrets: readonly WebhookSecret[],
  baseUrl: string,
): Verb[] {
  const tag = sealTag(tagOf(call, plan, attempt), secrets);
  return dialVerbs(plan, attempt, tag, `${baseUrl}${ROUTES.dialAction}`);
}
