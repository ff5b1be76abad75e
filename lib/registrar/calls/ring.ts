import type { Aor } from '../record/aor';
import type { CallerId } from './caller-id';

/** Phones that ring at the same time: the first to answer has the call. */
export type RingStep = readonly [Aor, ...Aor[]];

/** jambonz rings no more than this at a time (jambonz-feature-server lib/tasks/dial.js, `filterAndLimit`). */
export const MAX_PHONES = 10;

/** Four rings, as most networks time them. */
export const RING_SECONDS = 20;

/** A call that rings registered phones, and goes to no trunk. */
export interface RingPlanned {
  readonly kind: 'ring';
  /** What was called: a number of ours, or a colleague by username, by a registered user part, or by short number. */
  readonly because: 'number' | 'username' | 'registered-user' | 'short-dial';
  /** The account that calls, or whose forward this is; undefined: a carrier's call. */
  readonly caller: Aor | undefined;
  /** The number of ours, or what was dialled. */
  readonly called: string;
  /** The record whose policy the account uses, as its `customer` names it. */
  readonly customer: string | undefined;
  readonly callerId: CallerId;
  /** One after the other, until somebody answers; at least one. */
  readonly steps: readonly [RingStep, ...RingStep[]];
  /** Seconds for each step. */
  readonly ringSeconds: number;
  /** The user part of the Request-URI instead of the phone's own name: a PBX distinguishes its numbers by it. */
  readonly overrideTo: string | undefined;
  /** Seconds after which an answered call is ended; undefined: never. */
  readonly maxSeconds: number | undefined;
  readonly fallback: RingFallback;
  /** The ringback tone of the caller's record; undefined: ours. */
  readonly dialMusic: string | undefined;
  /** It goes to no number of the telephone network. */
  readonly destination?: undefined;
  readonly permission?: undefined;
}

/** What follows when no step was answered. */
export type RingFallback =
  | { readonly kind: 'forward'; readonly payer: Aor; readonly number: string }
  /** On to the `forwardTo` of this account, if it has one. */
  | { readonly kind: 'forward-of'; readonly account: Aor }
  | { readonly kind: 'end'; readonly status: number };

/** The status that a caller gets when nobody answered (RFC 3261 section 21.4.18). */
export const NOBODY_ANSWERED = 480;
