import type { GrantState } from '../registrar/auth/call-grant';
import { dialledUser } from '../registrar/auth/to-header';
import type { Call, CallFacts } from '../registrar/calls/call';
import type { OwnerLimits } from '../registrar/calls/call-limits';
import { applyFacts, type CallPlan } from '../registrar/calls/plan';
import type { CallContext } from './context';
import { Undecided } from './errors';

/**
 * What the tables say of a call that its records would let go. An emergency call needs neither grant nor lease, and a
 * call needs a lease only if it goes to a trunk.
 */
export async function factsOf(
  call: Call,
  plan: CallPlan,
  grant: GrantState,
  context: CallContext,
): Promise<CallFacts> {
  if (plan.kind === 'refuse' || isEmergency(plan)) return { grant: 'not-asked', lease: 'not-asked' };
  const { callGrant, callsWithoutMemory } = context.settings;
  if (grant === 'unknown' && callGrant === 'enforce' && callsWithoutMemory === 'refuse')
    throw new Undecided('nobody could look whether the call was authenticated');
  const isStopped = applyFacts(plan, { grant, lease: 'not-asked' }, context.settings).kind === 'refuse';
  return { grant, lease: isStopped ? 'not-asked' : await acquireLease(call, plan, context) };
}

/**
 * The same of a transfer or a forward, which has no grant of its own.
 * @param grant what is known of the call that it continues
 */
export async function factsOfNextCall(
  call: Call,
  plan: CallPlan,
  grant: 'granted' | 'new-source',
  context: CallContext,
): Promise<CallFacts> {
  const isStopped = applyFacts(plan, { grant, lease: 'not-asked' }, context.settings).kind === 'refuse';
  const lease = isStopped || isEmergency(plan) ? 'not-asked' : await acquireLease(call, plan, context);
  return { grant, lease };
}

/**
 * jambonz gets 504, or got it already: this answer dials nobody, and no end of it will be reported. Where jambonz asked
 * again, the call keeps what it holds. A write that lands even later is a lease for two minutes, and minutes that stay
 * spent.
 * @param wish the plan by the records alone
 */
export async function giveUp(
  call: Call,
  wish: CallPlan,
  { lease }: CallFacts,
  { callLimits }: CallContext,
  why = 'the call was decided too late',
): Promise<never> {
  const isHeld = typeof lease === 'object' && lease.result === 'acquired';
  if (wish.kind === 'dial' && wish.limits && isHeld) await callLimits.undo(call.id, wish.limits.owner, lease);
  throw new Undecided(why);
}

function isEmergency(plan: CallPlan): boolean {
  return plan.kind === 'dial' && plan.destination.because === 'emergency';
}

/**
 * A budget is never exceeded: a call that cannot be counted is not dialled, whatever the deployment says of caps. A
 * caller from outside proves nothing: its forward goes on only when it is counted.
 */
async function acquireLease(
  { id, origin }: Call,
  plan: CallPlan,
  { callLimits, settings }: CallContext,
): Promise<CallFacts['lease']> {
  const limits = plan.kind === 'dial' ? plan.limits : undefined;
  if (!limits) return 'not-asked';
  const lease = await callLimits.acquire(id, limits);
  if (lease.result !== 'unknown') return lease;
  if (isBudgeted(limits) || settings.callsWithoutMemory === 'refuse')
    throw new Undecided('nobody could look how many calls go on');
  return origin.kind === 'forward' && origin.of === 'inbound' ? 'forward-not-counted' : lease;
}

function isBudgeted({ budgets, observed }: OwnerLimits): boolean {
  return budgets.length > 0 && !observed.includes('budgets');
}

/** Redeems the grant that register-auth stored for the INVITE of this call. */
export async function redeemGrant(
  { origin, dialled, deviceCallId, id }: Call,
  { callGrants, settings }: CallContext,
): Promise<GrantState> {
  if (origin.kind !== 'account' || settings.callGrant === 'off') return 'not-asked';
  return callGrants.redeem({ aor: origin.aor, callId: deviceCallId, dialled: dialledUser(dialled) }, id);
}
