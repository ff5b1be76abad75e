import { parseCallHook } from '../lib/jambonz/call-hook';
import { type CallEnd, parseCallStatus } from '../lib/jambonz/call-status';
import { type CallTag, openTag, sealTag, tagOf } from '../lib/jambonz/call-tag';
import { parseDialAction } from '../lib/jambonz/dial-action';
import { ROUTES } from '../lib/jambonz/routes';
import { signedHook } from '../lib/jambonz/signed-hook';
import { declineVerbs, dialVerbs, type WrittenVerbs } from '../lib/jambonz/verbs';
import type { WebhookSecret } from '../lib/jambonz/webhook-secrets';
import { Undecided, type World } from '../lib/jambonz/world';
import type { Aor } from '../lib/registrar/aor';
import type { GrantState } from '../lib/registrar/call-grant';
import { type Caps, FIRST_LEASE_S, type Seat } from '../lib/registrar/caps';
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
        ? dial(tagOf(call, plan, 1), plan, await world.secrets(), baseUrl)
        : { verbs: declineVerbs(plan.status), illegal: [] };
    world.report({ hook: 'call-hook', plan, grant: facts.grant, illegal });
    return { status: 200, body: verbs };
  },
);

/** jambonz got 504 meanwhile: no end of this call will be reported. A write that lands even later ends with its lease. */
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
    if (step.kind === 'dial' && tag.lease)
      await world.seats.extend(callId, { ...tag.lease, seconds: FIRST_LEASE_S });
    const { verbs, illegal } =
      step.kind === 'dial' && plan.kind === 'dial'
        ? dial(tagOf(tag.call, plan, step.attempt, tag.lease), plan, await world.secrets(), baseUrl)
        : { verbs: step.kind === 'give-up' ? declineVerbs(step.status) : [], illegal: [] };
    world.report({ hook: 'dial-action', tag, step, illegal });
    return { status: 200, body: verbs };
  },
);

/** A call was answered: it keeps its seat. It ended: its seat is free again, and its record is written once. */
export const callStatus = signedHook('call-status', parseCallStatus, aboutNoRealm, async (change, world) => {
  if (change === 'nothing-to-us') return { status: 200, body: {} };
  const { customerData, callId } = change;
  const tag = openTag(customerData, callId, await world.secrets());
  if (!tag && customerData !== undefined) world.report({ hook: 'call-status', refused: 'forged-call-data' });
  if (change.kind === 'ended') await endCall(change, tag, world);
  else if (tag?.lease) await world.seats.extend(callId, tag.lease);
  return { status: 200, body: {} };
});

async function endCall(end: CallEnd, tag: CallTag | undefined, world: World): Promise<void> {
  const { kind, customerData, ...ended } = end;
  const seat = tag && (await world.seats.end(end.callId, tag.lease?.owner));
  if (tag && seat !== 'ended-before') world.report({ hook: 'call-status', record: { ...ended, tag } });
  // Hung up before the tag verb had run: whose call it was, jambonz cannot say.
  if (customerData === undefined && end.status === 'no-answer') await world.seats.end(end.callId, undefined);
}

/** What the tables say of a call that its records would let go. An emergency call is asked nothing. */
async function factsOf(call: Call, plan: CallPlan, world: World): Promise<CallFacts> {
  if (plan.kind === 'refuse' || plan.destination.because === 'emergency')
    return { grant: 'not-asked', seat: 'not-asked' };
  const grant = await takeGrant(call, world);
  const stopped = grant === 'missing' && world.settings.callGrant === 'enforce';
  const seat = plan.caps && !stopped ? await takeSeatFor(call, plan.caps, world) : 'not-asked';
  return { grant, seat };
}

async function takeSeatFor({ id }: Call, caps: Caps, { seats, settings }: World): Promise<Seat> {
  const seat = await seats.take(id, caps);
  if (seat === 'unknown' && settings.callsWithoutMemory === 'refuse')
    throw new Undecided('nobody could look how many calls go on');
  return seat;
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
  tag: CallTag,
  plan: DialPlanned,
  secrets: readonly WebhookSecret[],
  baseUrl: string,
): WrittenVerbs {
  return dialVerbs(plan, tag.attempt, sealTag(tag, secrets), `${baseUrl}${ROUTES.dialAction}`);
}

/** Whose call it is stands in the signed call data, which is opened with the secrets of that realm only. */
function aboutNoRealm(): undefined {
  return undefined;
}
