import { type Aor, formatAor } from '../record/aor';
import type { Policy } from '../record/policy';
import type { Call } from './call';
import { type Colleague, shortNumberOf } from './colleague';
import { NOBODY_ANSWERED, RING_SECONDS, type RingPlanned } from './ring';

/** A call to a colleague: with the caller's own short number, outside of destination rules, trunks and caps. */
export function planInternal(
  { origin }: Call,
  caller: Policy,
  colleague: Colleague,
): RingPlanned | 'phone-disabled' {
  if (!colleague.enabled) return 'phone-disabled';
  const { account, called, phones, because } = colleague;
  return {
    kind: 'ring',
    because,
    caller: { username: caller.username, realm: caller.realm },
    called,
    customer: caller.customer,
    callerId: { number: shortNumberOf(caller), name: undefined, hidden: false, because: 'short-number' },
    steps: [phones],
    ringSeconds: RING_SECONDS,
    overrideTo: undefined,
    maxSeconds: undefined,
    // A forwarded call is not forwarded again, so that two accounts that forward to each other end.
    fallback:
      origin.kind === 'forward' ? { kind: 'end', status: NOBODY_ANSWERED } : { kind: 'forward-of', account },
    dialMusic: caller.dialMusic,
  };
}

/** The phones of a step, as logs and the call data name it. */
export function formatPhones(phones: readonly Aor[]): string {
  return phones.map(formatAor).join(',');
}
