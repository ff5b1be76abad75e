import { numberKey } from '../record/number-key';
import type { FoundNumber, NumberRecord } from '../record/number-record';
import type { Call } from './call';
import { type CallerId, type Presented, printableName } from './caller-id';
import { cleanNumber } from './clean-number';
import { NOBODY_ANSWERED, RING_SECONDS, type RingFallback, type RingPlanned } from './ring';

/** Why a carrier's call rings nobody. */
export type InboundRefusal =
  | 'unknown-number'
  | 'number-disabled'
  | 'rings-nobody'
  | 'realm-of-another-account';

/** The digits that a carrier's call is for, with or without +; undefined: no number of ours can be called so. */
export function calledNumber({ dialled }: Pick<Call, 'dialled'>): string | undefined {
  return numberKey(cleanNumber(dialled));
}

/**
 * A carrier's call rings the phones of its number. It chooses nothing but the number: where it goes when nobody answers
 * is a field of that number's record.
 */
export function planInbound(call: Call, number: FoundNumber): RingPlanned | InboundRefusal {
  if (number === 'realm-of-another-account') return number;
  if (!number) return 'unknown-number';
  if (number.enabled === false) return 'number-disabled';
  const [first, ...others] = number.ring;
  if (!first) return 'rings-nobody';
  return {
    kind: 'ring',
    because: 'number',
    caller: undefined,
    called: number.username,
    customer: undefined,
    callerId: callerIdOfCarrier(call.presented),
    steps: [first, ...others],
    ringSeconds: number.ringSeconds ?? RING_SECONDS,
    overrideTo: number.passNumber === true ? number.username : undefined,
    maxSeconds: undefined,
    fallback: fallbackOf(number),
    dialMusic: undefined,
  };
}

/** Without `then`, the `forwardTo` of the phone counts that rang last, if it rang alone. */
function fallbackOf({ fallback, ring }: NumberRecord): RingFallback {
  if (fallback && 'as' in fallback) return { kind: 'forward', payer: fallback.as, number: fallback.dial };
  if (fallback) return { kind: 'end', status: fallback.status };
  const [phone, ...others] = ring.at(-1) ?? [];
  return phone && others.length === 0
    ? { kind: 'forward-of', account: phone }
    : { kind: 'end', status: NOBODY_ANSWERED };
}

/** As long as a name in a record. */
const LONGEST_NAME = 64;

/**
 * Who calls, as the carrier says, cleaned. A caller that withholds its number stays withheld: it is in no header then,
 * whatever else the carrier wrote (RFC 3323 section 4.2, RFC 3325 section 9.3).
 */
function callerIdOfCarrier({ from, name, private: withheld }: Presented): CallerId {
  if (withheld) return { number: undefined, name: undefined, hidden: true, because: 'caller' };
  const number = cleanNumber(from);
  return {
    number: /^\+?[0-9]{1,24}$/.test(number) ? number : undefined,
    name: printableName(name?.slice(0, LONGEST_NAME)),
    hidden: false,
    because: 'caller',
  };
}
