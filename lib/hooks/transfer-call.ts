import { beginningOf, type CallTag, tagOf } from '../jambonz/call-tag';
import type { WrittenVerbs } from '../jambonz/verbs';
import type { Call } from '../registrar/calls/call';
import { applyFacts, type CallPlan, type DialPlanned, planCall } from '../registrar/calls/plan';
import type { RingPlanned } from '../registrar/calls/ring';
import { factsOfNextCall, giveUp } from './call-facts';
import { recordsOf } from './call-records';
import { verbsFor } from './call-verbs';
import type { Asked } from './next-dial';

/** What comes of a transfer, in jambonz's words. Where the plan is a refusal nothing is said, and the call goes on. */
export interface Transferred extends WrittenVerbs {
  readonly plan: CallPlan;
}

/**
 * A transfer is a call of its own, with a lease of its own: from now on two legs talk, and neither is the caller's. The
 * first call's lease is kept for the called leg.
 */
export async function transfer(call: Call, first: CallTag, asked: Asked): Promise<Transferred> {
  const { context, signedBy } = asked;
  const wish = planCall(call, await recordsOf(call, context, signedBy), context.settings);
  const grant = first.began.fromNewSource ? 'new-source' : 'granted';
  const facts = await factsOfNextCall(call, wish, grant, context);
  const plan = applyFacts(wish, facts, context.settings);
  if (context.isOverdue()) return giveUp(call, wish, facts, context);
  if (plan.kind === 'refuse') return { plan, verbs: [], illegal: [] };
  const written = await writeTransfer(call, within(plan, first, context.now()), first, asked);
  if (!written.verbs.some(({ verb }) => verb === 'dial'))
    return giveUp(call, wish, facts, context, 'no legal SIP can be written for the transfer');
  const handedOn = await context.callLimits.handOn(first.call.id, first.began.lease);
  if (!handedOn && context.settings.callsWithoutMemory === 'refuse')
    return giveUp(call, wish, facts, context, 'the seat of the transferred call could not be kept');
  return { plan, ...written };
}

/**
 * jambonz forgets the time limit of the first dial when its caller hands the call on: what is left of it holds for both
 * legs. Ringing is taken for talking, so that no reserved minute is talked twice. An emergency call has no limit.
 * @param now unix ms
 */
function within<Plan extends DialPlanned | RingPlanned>(plan: Plan, { began }: CallTag, now: number): Plan {
  if (plan.destination?.because === 'emergency' || began.maxSeconds === undefined) return plan;
  const elapsed = began.at === undefined ? 0 : Math.max(0, Math.floor(now / 1000) - began.at);
  const left = Math.max(1, began.maxSeconds - elapsed);
  return { ...plan, maxSeconds: Math.min(left, plan.maxSeconds ?? left) };
}

function writeTransfer(
  call: Call,
  plan: DialPlanned | RingPlanned,
  first: CallTag,
  { context, baseUrl }: Asked,
): Promise<WrittenVerbs> {
  const began = beginningOf(plan, context.now(), first.began.fromNewSource);
  return verbsFor(tagOf(call, plan, 1, { began, first }), plan, context, baseUrl);
}
