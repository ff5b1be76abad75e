import type { CallAnswered, CallEnd, CalledLeg } from '../jambonz/call-status';
import type { CallTag } from '../jambonz/call-tag';
import { handedOnCall, type Lease } from '../registrar/calls/call-limits';
import type { DialOutcome, NextStep } from '../registrar/calls/failover';
import type { CallContext } from './context';

/** How a call ended, without whose call it was. */
type Ended = Omit<CallEnd, 'kind' | 'callId' | 'leg' | 'customerData'>;

/** The caller's leg ended: its lease is released, and its record is written once. */
export async function endCall(end: CallEnd, tag: CallTag | undefined, context: CallContext): Promise<void> {
  if (tag) await recordEnd(end, end.callId, tag, context);
  // Hung up before the tag verb had run: whose call it was, jambonz cannot say.
  if (end.customerData === undefined && end.status === 'no-answer')
    await context.callLimits.release(end.callId, undefined, 0);
}

/**
 * A leg of a transferred call was answered or ended. Two legs talk then, each a call of its own: the called one of the
 * first call, which brings the new call's data since it runs the new verbs, and the new one, which brings the same.
 */
export async function legChanged(
  change: CallAnswered | CallEnd,
  leg: CalledLeg,
  tag: CallTag,
  context: CallContext,
): Promise<void> {
  const { call, began, first } = tag;
  if (!first) return;
  const isHandedOn = call.id === leg.sid;
  if (change.kind === 'answered') {
    if (isHandedOn) return;
    const extend = (id: string, held: Lease | undefined) => held && context.callLimits.extend(id, held);
    await Promise.all([extend(call.id, began.lease), extend(handedOnCall(first.call.id), first.began.lease)]);
  } else if (isHandedOn) {
    await recordEnd(change, handedOnCall(first.call.id), first, context, tag.number);
  } else await recordEnd(change, call.id, tag, context);
}

/** The new leg of a transferred call was not answered, and none follows: no report of it will say so. */
export async function endUnanswered(
  tag: CallTag,
  step: NextStep,
  outcome: DialOutcome,
  context: CallContext,
): Promise<void> {
  const isOver = step.kind === 'give-up' || step.because === 'caller-gone';
  if (!tag.first || !isOver || outcome.answered) return;
  const status = step.because === 'caller-gone' ? 'no-answer' : 'failed';
  const end: Ended = { status, sipStatus: outcome.code, duration: 0, used: 0, endedBy: 'jambonz' };
  await recordEnd(end, tag.call.id, tag, context);
}

async function recordEnd(
  { status, sipStatus, duration, used, endedBy }: Ended,
  name: string,
  tag: CallTag,
  context: CallContext,
  transferredTo?: string,
): Promise<void> {
  const { lease } = tag.began;
  const ended = await context.callLimits.release(name, lease, used ?? lease?.reserved?.seconds ?? 0);
  if (ended === 'ended-before') return;
  const callId = tag.call.id;
  const record = { callId, status, sipStatus, duration, endedBy, tag };
  context.report({
    hook: 'call-status',
    record: { ...record, ...(transferredTo !== undefined && { transferredTo }) },
  });
}
