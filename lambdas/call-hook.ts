import { endCall, endUnanswered, legChanged } from '../lib/hooks/call-ends';
import { factsOf, giveUp, redeemGrant } from '../lib/hooks/call-facts';
import { recordsOf } from '../lib/hooks/call-records';
import { verbsFor } from '../lib/hooks/call-verbs';
import type { CallContext } from '../lib/hooks/context';
import { following } from '../lib/hooks/next-dial';
import { signedHook } from '../lib/hooks/signed-hook';
import { transfer } from '../lib/hooks/transfer-call';
import { parseCallHook } from '../lib/jambonz/call-hook';
import { parseCallStatus } from '../lib/jambonz/call-status';
import { beginningOf, tagOf, verifyTag } from '../lib/jambonz/call-tag';
import { parseDialAction } from '../lib/jambonz/dial-action';
import { parseRefer, refuseTransfer } from '../lib/jambonz/refer';
import { declineVerbs, type WrittenVerbs } from '../lib/jambonz/verbs';
import { isFromNewSource } from '../lib/registrar/auth/new-source';
import type { Call, CallFacts, CallRecords } from '../lib/registrar/calls/call';
import { accountOf } from '../lib/registrar/calls/call-origin';
import { applyFacts, type CallPlan, planCall } from '../lib/registrar/calls/plan';
import { judgeTransfer } from '../lib/registrar/calls/transfer';
import { realmsOfNumber } from '../lib/registrar/record/number-record';

/** A registered phone dials, or a carrier calls one of our numbers: where does the call go, and as whom? */
export const callHook = signedHook(
  'call-hook',
  parseCallHook,
  ({ origin }) => accountOf(origin)?.realm,
  async (call, context: CallContext, baseUrl, signedBy) => {
    // The grant needs no record, so both are read at the same time. The lease is acquired after both, because a call
    // without a grant must neither hold a lease nor count in the rate. Nothing is pending when Lambda freezes us.
    const [records, grant] = await Promise.all([
      recordsOf(call, context, signedBy),
      redeemGrant(call, context),
    ]);
    const planned = planCall(call, records, context.settings);
    const facts = await factsOf(call, planned, grant, context);
    const plan = applyFacts(planned, facts, context.settings);
    const { verbs, illegal } = await firstVerbs(call, plan, { records, facts }, context, baseUrl);
    if (context.isOverdue()) return giveUp(call, planned, facts, context);
    context.report({ hook: 'call-hook', call, plan, grant: facts.grant, illegal });
    return { status: 200, body: verbs };
  },
);

/** A dial of ours ended: the next trunk or phones, another number, or a code. The list that is left ends it otherwise. */
export const dialAction = signedHook(
  'dial-action',
  parseDialAction,
  aboutNoRealm,
  async ({ calls, outcome, customerData }, context: CallContext, baseUrl, signedBy) => {
    const tag = verifyTag(customerData, calls, await context.secrets());
    if (!tag) {
      context.report({ hook: 'dial-action', refused: 'forged-call-data' });
      return { status: 200, body: [] };
    }
    const { step, forward, verbs, illegal } = await following(tag, outcome, {
      context,
      baseUrl,
      signedBy,
    });
    await endUnanswered(tag, step, outcome, context);
    context.report({ hook: 'dial-action', tag, step, forward, illegal });
    return { status: 200, body: verbs };
  },
);

/** An answer extends the lease of a call. Its end releases the lease, and the record is written once. */
export const callStatus = signedHook(
  'call-status',
  parseCallStatus,
  aboutNoRealm,
  async (change, context: CallContext) => {
    if (change === 'nothing-to-us') return { status: 200, body: {} };
    const { customerData, callId, leg } = change;
    const calls = leg ? [leg.sid, leg.parent] : [callId];
    const tag = verifyTag(customerData, calls, await context.secrets());
    if (!tag && !leg && customerData !== undefined)
      context.report({ hook: 'call-status', refused: 'forged-call-data' });
    if (leg && tag) await legChanged(change, leg, tag, context);
    else if (!leg && change.kind === 'ended') await endCall(change, tag, context);
    else if (!leg && tag?.began.lease) await context.callLimits.extend(callId, tag.began.lease);
    return { status: 200, body: {} };
  },
);

/** A phone hands its call on: the called leg stays, and is connected to whom the phone names, if it may call there. */
export const refer = signedHook(
  'refer',
  parseRefer,
  aboutNoRealm,
  async ({ request, customerData }, context: CallContext, baseUrl, signedBy) => {
    const first = verifyTag(customerData, [request.callId], await context.secrets());
    // A call that was handed on once has no caller's leg of ours any more.
    const judged = judgeTransfer(request, first?.first ? undefined : first?.call);
    if (!first || !judged.ok) {
      const untransferred = judged.ok ? 'not-an-accounts-call' : judged.because;
      context.report({ hook: 'refer', tag: first, untransferred });
      return refuseTransfer(403, untransferred);
    }
    const { plan, verbs, illegal } = await transfer(judged.call, first, {
      context,
      baseUrl,
      signedBy,
    });
    context.report({ hook: 'refer', tag: first, plan, illegal });
    return plan.kind === 'refuse' ? refuseTransfer(plan.status, plan.because) : { status: 200, body: verbs };
  },
);

async function firstVerbs(
  call: Call,
  plan: CallPlan,
  { records: { number }, facts }: { readonly records: CallRecords; readonly facts: CallFacts },
  context: CallContext,
  baseUrl: string,
): Promise<WrittenVerbs> {
  if (plan.kind === 'refuse') return { verbs: declineVerbs(plan.status), illegal: [] };
  const realms = typeof number === 'object' ? realmsOfNumber(number) : [];
  const began = beginningOf(plan, context.now(), isFromNewSource(facts.grant));
  return verbsFor(tagOf(call, plan, 1, { began, realms }), plan, context, baseUrl);
}

/** The signed call data names the account; only secrets of its realm verify it. */
function aboutNoRealm(): undefined {
  return undefined;
}
