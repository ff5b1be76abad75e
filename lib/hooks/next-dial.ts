import { beginningOf, type CallTag, tagOf } from '../jambonz/call-tag';
import { declineVerbs, type WrittenVerbs } from '../jambonz/verbs';
import type { WebhookSecret } from '../jambonz/webhook-secrets';
import { FIRST_LEASE_S, handedOnCall, type Lease } from '../registrar/calls/call-limits';
import { type DialOutcome, type NextStep, planNext } from '../registrar/calls/failover';
import { forwardCall } from '../registrar/calls/forward';
import { applyFacts, type CallPlan, type DialPlanned, planCall } from '../registrar/calls/plan';
import type { RingPlanned } from '../registrar/calls/ring';
import { factsOfNextCall, giveUp } from './call-facts';
import { recordsOf } from './call-records';
import { verbsFor } from './call-verbs';
import type { CallContext } from './context';

/** What follows a dial that ended, and in jambonz's words. */
export interface Following extends WrittenVerbs {
  readonly step: NextStep;
  /** How the call goes on elsewhere, when no phone answered. */
  readonly forward?: CallPlan;
}

/** What a hook knows besides the call. */
export interface Asked {
  readonly context: CallContext;
  readonly baseUrl: string;
  readonly signedBy: readonly WebhookSecret[];
}

/** The next trunk or phones by the records as they are now; else on to another number, or the code that ends the call. */
export async function following(tag: CallTag, outcome: DialOutcome, asked: Asked): Promise<Following> {
  const { context, signedBy } = asked;
  const plan = within(
    planCall(tag.call, await recordsOf(tag.call, context, signedBy), context.settings),
    tag.began.maxSeconds,
  );
  const step = planNext(plan, tag, outcome);
  if (step.kind === 'fall-back' && plan.kind === 'ring') return fallBack(step, plan, tag, asked);
  if ((step.kind === 'dial' || step.kind === 'ring') && plan.kind !== 'refuse')
    return { step, ...(await dialNext(tag, plan, step.attempt, asked)) };
  return { step, verbs: step.kind === 'give-up' ? declineVerbs(step.status) : [], illegal: [] };
}

/** How long the call may talk stays as it was settled. Ringing used none of it. */
function within(plan: CallPlan, maxSeconds: number | undefined): CallPlan {
  if (plan.kind === 'refuse' || maxSeconds === undefined) return plan;
  return { ...plan, maxSeconds: Math.min(maxSeconds, plan.maxSeconds ?? maxSeconds) };
}

async function dialNext(
  tag: CallTag,
  plan: DialPlanned | RingPlanned,
  attempt: number,
  { context, baseUrl }: Asked,
): Promise<WrittenVerbs> {
  const { call, began, first } = tag;
  const keep = (id: string, held: Lease | undefined) =>
    held && context.callLimits.extend(id, { ...held, seconds: FIRST_LEASE_S });
  await Promise.all([
    keep(call.id, began.lease),
    first && keep(handedOnCall(first.call.id), first.began.lease),
  ]);
  return verbsFor(tagOf(call, plan, attempt, tag), plan, context, baseUrl);
}

/** A forward is a call of its own, by the rules of the account that pays. The caller need not know why there is none. */
async function fallBack(
  { to, status }: Extract<NextStep, { kind: 'fall-back' }>,
  plan: RingPlanned,
  tag: CallTag,
  { context, baseUrl, signedBy }: Asked,
): Promise<Following> {
  const { customers, settings } = context;
  const end = (
    because: Extract<NextStep, { kind: 'give-up' }>['because'],
    forward?: CallPlan,
  ): Following => ({
    step: { kind: 'give-up', status, because },
    ...(forward && { forward }),
    verbs: declineVerbs(status),
    illegal: [],
  });
  const account = to.kind === 'forward-of' ? await customers.find(to.account) : undefined;
  const call = forwardCall(tag.call, plan, to, account);
  if (!call) return end('nobody-answered');
  const wish = planCall(call, await recordsOf(call, context, signedBy), settings);
  const facts = await factsOfNextCall(call, wish, 'granted', context);
  const settled = applyFacts(wish, facts, settings);
  if (context.isOverdue()) return giveUp(call, wish, facts, context);
  const forward = tag.first ? within(settled, tag.began.maxSeconds) : settled;
  if (forward.kind === 'refuse') return end(forward.because, forward);
  const next = tagOf(call, forward, 1, {
    began: beginningOf(forward, context.now(), tag.began.fromNewSource),
    first: tag.first,
  });
  const step: NextStep = { kind: 'fall-back', to, status, because: 'nobody-answered' };
  return { step, forward, ...(await verbsFor(next, forward, context, baseUrl)) };
}
