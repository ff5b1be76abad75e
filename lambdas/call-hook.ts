import { parseCallHook } from '../lib/jambonz/call-hook';
import { parseCallStatus } from '../lib/jambonz/call-status';
import { openTag, sealTag, tagOf } from '../lib/jambonz/call-tag';
import { parseDialAction } from '../lib/jambonz/dial-action';
import { ROUTES } from '../lib/jambonz/routes';
import { signedHook } from '../lib/jambonz/signed-hook';
import { declineVerbs, dialVerbs, type WrittenVerbs } from '../lib/jambonz/verbs';
import type { WebhookSecret } from '../lib/jambonz/webhook-secrets';
import { Undecided, type World } from '../lib/jambonz/world';
import type { Aor } from '../lib/registrar/aor';
import type { GrantState } from '../lib/registrar/call-grant';
import { dialledUser } from '../lib/registrar/dialled';
import { planNext } from '../lib/registrar/failover';
import {
  type Call,
  type CallFacts,
  type CallPlan,
  type CallRecords,
  type DialPlanned,
  planCall,
  settle,
} from '../lib/registrar/plan';

/** A registered phone dials: where does the call go, and as whom? */
export const callHook = signedHook(
  'call-hook',
  parseCallHook,
  ({ caller }) => caller?.realm,
  async (call, world, baseUrl) => {
    const records = await recordsOf(call.caller, world);
    const wish = planCall(call, records, world.settings);
    const facts = await factsOf(call, wish, world);
    const plan = settle(wish, facts, world.settings);
    if (world.overdue()) return giveUp(call, plan, facts, world);
    const { verbs, illegal } =
      plan.kind === 'dial'
        ? dial(call, plan, 1, await world.secrets(), baseUrl)
        : { verbs: declineVerbs(plan.status), illegal: [] };
    world.report({ hook: 'call-hook', plan, grant: facts.grant, illegal });
    return { status: 200, body: verbs };
  },
);

/** jambonz was told 504 meanwhile: no end of this call will ever free its seat. */
async function giveUp(call: Call, plan: CallPlan, { seat }: CallFacts, { seats }: World): Promise<never> {
  if (seat === 'taken' && plan.kind === 'dial') await seats.end(call.id, plan.caps?.owner);
  throw new Undecided('the call was decided too late');
}

/** A dial of ours ended: the next trunk, or the carrier's code. The list that is left ends the call otherwise. */
export const dialAction = signedHook(
  'dial-action',
  parseDialAction,
  aboutNoRealm,
  async ({ callId, outcome, customerData }, world, baseUrl) => {
    const tag = openTag(customerData, callId, await world.secrets());
    if (!tag) {
      world.report({ hook: 'dial-action', refused: 'forged-call-data' });
      return { status: 200, body: [] };
    }
    const records = await recordsOf(tag.call.caller, world);
    const plan = planCall(tag.call, records, world.settings);
    const step = planNext(plan, tag, outcome);
    const { verbs, illegal } =
      step.kind === 'dial' && plan.kind === 'dial'
        ? dial(tag.call, plan, step.attempt, await world.secrets(), baseUrl)
        : { verbs: step.kind === 'give-up' ? declineVerbs(step.status) : [], illegal: [] };
    world.report({ hook: 'dial-action', tag, step, illegal });
    return { status: 200, body: verbs };
  },
);

/** A call ended: its seat is free again, and its record is written once. */
export const callStatus = signedHook('call-status', parseCallStatus, aboutNoRealm, async (end, world) => {
  if (end === 'not-an-end') return { status: 200, body: {} };
  const { customerData, ...ended } = end;
  const tag = openTag(customerData, end.callId, await world.secrets());
  const seat = tag && (await world.seats.end(end.callId, tag.seatOf));
  if (tag && seat !== 'ended-before') world.report({ hook: 'call-status', record: { ...ended, tag } });
  if (!tag && customerData !== undefined) world.report({ hook: 'call-status', refused: 'forged-call-data' });
  // hung up before the tag verb had run: whose call it was, jambonz cannot say
  if (customerData === undefined && end.status === 'no-answer') await world.seats.end(end.callId, undefined);
  return { status: 200, body: {} };
});

/** What the tables say of a call that its records would let go. An emergency call is asked nothing. */
async function factsOf(call: Call, plan: CallPlan, world: World): Promise<CallFacts> {
  if (plan.kind === 'refuse' || plan.destination.because === 'emergency')
    return { grant: 'not-asked', seat: 'not-asked' };
  const grant = await takeGrant(call, world);
  const stopped = grant === 'missing' && world.settings.callGrant === 'enforce';
  const seat = plan.caps && !stopped ? await world.seats.take(call.id, plan.caps) : 'not-asked';
  return { grant, seat };
}

/** Was this very call authenticated? Its INVITE left a word about it. */
async function takeGrant(
  { caller, dialled, deviceCallId, id }: Call,
  { callGrants, settings }: World,
): Promise<GrantState> {
  if (!caller || settings.callGrant === 'off') return 'not-asked';
  const grant = await callGrants.take(
    { aor: caller, callId: deviceCallId, dialled: dialledUser(dialled) },
    id,
  );
  if (grant === 'unknown' && settings.callGrant === 'enforce' && settings.callsWithoutMemory === 'refuse')
    throw new Undecided('nobody could look whether the call was authenticated');
  return grant;
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
): WrittenVerbs {
  const tag = sealTag(tagOf(call, plan, attempt), secrets);
  return dialVerbs(plan, attempt, tag, `${baseUrl}${ROUTES.dialAction}`);
}

/** Whose call it is stands in the signed call data, which is opened with the secrets of that realm only. */
function aboutNoRealm(): undefined {
  return undefined;
}
