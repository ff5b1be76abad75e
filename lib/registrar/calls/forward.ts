import type { Customer } from '../record/customer';
import type { Call } from './call';
import type { OwnerLimits } from './call-limits';
import type { Destination } from './destination';
import type { RingFallback, RingPlanned } from './ring';

/** Why a call that nobody answered does not go on to the number that it should. */
export type ForwardRefusal = 'forward-to-emergency' | 'forward-without-limit' | 'forward-not-counted';

/**
 * The call as it goes on when nobody answered: a new call to a fixed number, by the rules of the account that pays.
 * What the outside caller shows has no part in it: whoever calls in could otherwise choose the number that our account
 * shows. So the caller is the called number, or the forwarding account's own name.
 * @param account the record of `to.account`, if it names one
 * @returns undefined when it goes nowhere
 */
export function forwardCall(
  call: Call,
  { because, called }: Pick<RingPlanned, 'because' | 'called'>,
  to: RingFallback,
  account: Customer | undefined,
): Call | undefined {
  const of = because === 'number' ? 'inbound' : 'internal';
  const from = (username: string) => ({
    from: of === 'inbound' ? `+${called}` : username,
    identity: undefined,
    private: false,
  });
  const { id } = call;
  if (to.kind === 'forward') {
    const { payer, number } = to;
    const origin = { kind: 'forward', payer, of } as const;
    return { id, origin, dialled: number, presented: from(payer.username), deviceCallId: '' };
  }
  if (to.kind === 'end' || account?.forwardTo === undefined) return undefined;
  const payer = { username: account.username, realm: account.realm };
  const origin = { kind: 'forward', payer, of } as const;
  return { id, origin, dialled: account.forwardTo, presented: from(account.username), deviceCallId: '' };
}

/**
 * What stops a forward besides the payer's own rules. A caller from outside proves nothing, so it reaches a trunk only
 * where the payer's calls are limited in number or in minutes; and no call reaches an emergency number by a detour.
 */
export function refusalOfForward(
  { origin }: Call,
  { because }: Destination,
  limits: OwnerLimits | undefined,
): ForwardRefusal | undefined {
  if (origin.kind !== 'forward') return undefined;
  if (because === 'emergency') return 'forward-to-emergency';
  return origin.of === 'inbound' && !isLimited(limits) ? 'forward-without-limit' : undefined;
}

/** Calls at a time, or minutes a day, that are not only observed. */
function isLimited(limits: OwnerLimits | undefined): boolean {
  if (!limits) return false;
  const { maxConcurrentCalls, budgets, observed } = limits;
  const isCapped = maxConcurrentCalls !== undefined && !observed.includes('limits');
  return isCapped || (budgets.length > 0 && !observed.includes('budgets'));
}
