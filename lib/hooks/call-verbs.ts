import { type CallTag, signTag, type TagData } from '../jambonz/call-tag';
import { ROUTES } from '../jambonz/routes';
import { type DialHooks, dialVerbs, type WrittenVerbs } from '../jambonz/verbs';
import type { DialPlanned } from '../registrar/calls/plan';
import type { RingPlanned } from '../registrar/calls/ring';
import type { CallContext } from './context';

/**
 * The verbs of one attempt, with all that later hooks need to know of it.
 * @param baseUrl the URL by which jambonz reached us
 */
export async function verbsFor(
  tag: CallTag,
  plan: DialPlanned | RingPlanned,
  { secrets }: Pick<CallContext, 'secrets'>,
  baseUrl: string,
): Promise<WrittenVerbs> {
  const data = signTag(tag, await secrets());
  return dialVerbs(plan, tag.attempt, data, hooksOf(tag, data, baseUrl));
}

/**
 * Only an account that authenticated may hand its call on, and only once: of a second REFER jambonz asks nobody. After
 * that the new leg must bring the call data itself, because there is no caller's leg any more to report for it.
 */
function hooksOf({ call, first }: CallTag, data: TagData, baseUrl: string): DialHooks {
  const mayTransfer = call.origin.kind === 'account' && !first;
  return {
    actionHook: `${baseUrl}${ROUTES.dialAction}`,
    referHook: mayTransfer ? `${baseUrl}${ROUTES.refer}` : undefined,
    tag: first && data,
  };
}
