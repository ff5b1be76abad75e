import type { CallContext } from '../lib/hooks/context';
import { Undecided } from '../lib/hooks/errors';
import { signedHook } from '../lib/hooks/signed-hook';
import { parseCallHook } from '../lib/jambonz/call-hook';
import { type CallEnd, parseCallStatus } from '../lib/jambonz/call-status';
import { beginningOf, type CallTag, signTag, tagOf, verifyTag } from '../lib/jambonz/call-tag';
import { parseDialAction } from '../lib/jambonz/dial-action';
import { ROUTES } from '../lib/jambonz/routes';
import { declineVerbs, dialVerbs, type WrittenVerbs } from '../lib/jambonz/verbs';
import type { WebhookSecret } from '../lib/jambonz/webhook-secrets';
import type { GrantState } from '../lib/registrar/auth/call-grant';
import { dialledUser } from '../lib/registrar/auth/to-header';
import type { Call, CallFacts, CallRecords } from '../lib/registrar/calls/call';
import { FIRST_LEASE_S, type LeaseResult, type OwnerLimits } from '../lib/registrar/calls/call-limits';
import { planNext } from '../lib/registrar/calls/failover';
import { applyFacts, type CallPlan, type DialPlanned, planCall } from '../lib/registrar/calls/plan';
import type { Aor } from '../lib/registrar/record/aor';

/** A registered phone dials: where does the call go, and as whom? */
export const callHook = signedHook(
  'call-hook',
  parseCallHook,
  ({ caller }) => caller?.realm,
  async (call, context: CallContext, baseUrl) => {
    // The grant needs no record, so both are asked for at the same time. The lease waits for both: who has no grant
    // must neither take a seat nor use up the customer's rate. Nothing is left under way when Lambda freezes us.
    const [records, grant] = await Promise.all([recordsOf(call.caller, context), redeemGrant(call, context)]);
    const planned = planCall(call, records, context.settings);
    const facts = await factsOf(call, planned, grant, context);
    const plan = applyFacts(planned, facts, context.settings);
    const { verbs, illegal } =
      plan.kind === 'dial'
        ? dial(tagOf(call, plan, 1, beginningOf(plan, context.now())), plan, await context.secrets(), baseUrl)
        : { verbs: declineVerbs(plan.status), illegal: [] };
    if (context.isOverdue()) return giveUp(call, planned, facts, context);
    context.report({ hook: 'call-hook', call, plan, grant: facts.grant, illegal });
    return { status: 200, body: verbs };
  },
);

/**
 * jambonz got 504 meanwhile: this answer dials nobody, and no end of it will be reported. Where jambonz asked again, the
 * call keeps what it holds. A write that lands even later is a seat for two minutes, and minutes that stay spent.
 */
async function giveUp(
  call: Call,
  wish: CallPlan,
  { lease }: CallFacts,
  { callLimits }: CallContext,
): Promise<never> {
  if (wish.kind === 'dial' && wish.limits && lease !== 'not-asked' && lease.result === 'acquired')
    await callLimits.undo(call.id, wish.limits.owner, lease);
  throw new Undecided('the call was decided too late');
}

/** A dial of ours ended: the next trunk, or the carrier's code. The list that is left ends the call otherwise. */
export const dialAction = signedHook(
  'dial-action',
  parseDialAction,
  aboutNoRealm,
  async ({ callId, outcome, customerData }, context: CallContext, baseUrl) => {
    const tag = verifyTag(customerData, callId, await context.secrets());
    if (!tag) {
      context.report({ hook: 'dial-action', refused: 'forged-call-data' });
      return { status: 200, body: [] };
    }
    const records = await recordsOf(tag.call.caller, context);
    const plan = planAgain(tag, records, context);
    const step = planNext(plan, tag, outcome);
    const { lease } = tag.began;
    if (step.kind === 'dial' && lease)
      await context.callLimits.extend(callId, { ...lease, seconds: FIRST_LEASE_S });
    const { verbs, illegal } =
      step.kind === 'dial' && plan.kind === 'dial'
        ? dial(tagOf(tag.call, plan, step.attempt, tag.began), plan, await context.secrets(), baseUrl)
        : { verbs: step.kind === 'give-up' ? declineVerbs(step.status) : [], illegal: [] };
    context.report({ hook: 'dial-action', tag, step, illegal });
    return { status: 200, body: verbs };
  },
);

/** By the records as they are now; how long the call may talk stays as it was settled. Ringing used none of it. */
function planAgain({ call, began }: CallTag, records: CallRecords, { settings }: CallContext): CallPlan {
  const plan = planCall(call, records, settings);
  if (plan.kind === 'refuse' || began.maxSeconds === undefined) return plan;
  return { ...plan, maxSeconds: Math.min(began.maxSeconds, plan.maxSeconds ?? began.maxSeconds) };
}

/** A call was answered: it keeps its seat. It ended: its seat is free again, and its record is written once. */
export const callStatus = signedHook(
  'call-status',
  parseCallStatus,
  aboutNoRealm,
  async (change, context: CallContext) => {
    if (change === 'nothing-to-us') return { status: 200, body: {} };
    const { customerData, callId } = change;
    const tag = verifyTag(customerData, callId, await context.secrets());
    if (!tag && customerData !== undefined)
      context.report({ hook: 'call-status', refused: 'forged-call-data' });
    if (change.kind === 'ended') await endCall(change, tag, context);
    else if (tag?.began.lease) await context.callLimits.extend(callId, tag.began.lease);
    return { status: 200, body: {} };
  },
);

async function endCall(end: CallEnd, tag: CallTag | undefined, context: CallContext): Promise<void> {
  const { kind, customerData, used, ...ended } = end;
  const lease = tag?.began.lease;
  const seat =
    tag && (await context.callLimits.release(end.callId, lease, used ?? lease?.reserved?.seconds ?? 0));
  if (tag && seat !== 'ended-before') context.report({ hook: 'call-status', record: { ...ended, tag } });
  // Hung up before the tag verb had run: whose call it was, jambonz cannot say.
  if (customerData === undefined && end.status === 'no-answer')
    await context.callLimits.release(end.callId, undefined, 0);
}

/** What the tables say of a call that its records would let go. An emergency call needs neither grant nor lease. */
async function factsOf(
  call: Call,
  plan: CallPlan,
  grant: GrantState,
  context: CallContext,
): Promise<CallFacts> {
  if (plan.kind === 'refuse' || plan.destination.because === 'emergency')
    return { grant: 'not-asked', lease: 'not-asked' };
  const { callGrant, callsWithoutMemory } = context.settings;
  if (grant === 'unknown' && callGrant === 'enforce' && callsWithoutMemory === 'refuse')
    throw new Undecided('nobody could look whether the call was authenticated');
  const isStopped = applyFacts(plan, { grant, lease: 'not-asked' }, context.settings).kind === 'refuse';
  const lease = plan.limits && !isStopped ? await takeSeatFor(call, plan.limits, context) : 'not-asked';
  return { grant, lease };
}

/** A budget is never exceeded: a call that cannot be counted is not dialled, whatever the deployment says of caps. */
async function takeSeatFor(
  { id }: Call,
  limits: OwnerLimits,
  { callLimits, settings }: CallContext,
): Promise<LeaseResult> {
  const lease = await callLimits.acquire(id, limits);
  const isBudgeted = limits.budgets.length > 0 && !limits.observed.includes('budgets');
  if (lease.result === 'unknown' && (isBudgeted || settings.callsWithoutMemory === 'refuse'))
    throw new Undecided('nobody could look how many calls go on');
  return lease;
}

/** Was this very call authenticated? Its INVITE left a word about it. */
async function redeemGrant(
  { caller, dialled, deviceCallId, id }: Call,
  { callGrants, settings }: CallContext,
): Promise<GrantState> {
  if (!caller || settings.callGrant === 'off') return 'not-asked';
  return callGrants.redeem({ aor: caller, callId: deviceCallId, dialled: dialledUser(dialled) }, id);
}

async function recordsOf(caller: Aor | undefined, { customers }: CallContext): Promise<CallRecords> {
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
  return dialVerbs(plan, tag.attempt, signTag(tag, secrets), `${baseUrl}${ROUTES.dialAction}`);
}

/** Whose call it is stands in the signed call data, which is opened with the secrets of that realm only. */
function aboutNoRealm(): undefined {
  return undefined;
}
