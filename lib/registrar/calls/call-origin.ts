import type { Aor } from '../record/aor';

/** Who is behind a call, as far as the call hook can tell. */
export type CallOrigin = KnownOrigin | RefusedOrigin;

export type KnownOrigin =
  /** A phone of ours that authenticated. */
  | { readonly kind: 'account'; readonly aor: Aor }
  /**
   * The SBC took it for a carrier's. That proves nothing: whoever writes X-Forwarded-For with a carrier's address is
   * that carrier to the SBC, and nobody was asked for a password.
   */
  | { readonly kind: 'carrier' }
  /** Nobody answered, and the call goes on to a fixed number, as a call of `payer` and at its cost. */
  | { readonly kind: 'forward'; readonly payer: Aor; readonly of: 'inbound' | 'internal' };

/** Two readings of the hook disagree who calls, or nobody is named. */
export interface RefusedOrigin {
  readonly kind: 'refused';
  readonly because: 'trunk-call' | 'no-caller';
  /** Who it says it is, for the log. */
  readonly claimed: Aor | undefined;
}

/** The account whose rules decide, and which pays; of a carrier's call there is none. */
export function accountOf(origin: CallOrigin): Aor | undefined {
  switch (origin.kind) {
    case 'account':
      return origin.aor;
    case 'forward':
      return origin.payer;
    case 'carrier':
      return undefined;
    case 'refused':
      return origin.claimed;
  }
}

/** Which way a call goes: the log leaves `outbound` out. */
export type Direction = 'outbound' | 'internal' | 'inbound';

/** A forward goes the way of the call that nobody answered. */
export function directionOf(origin: CallOrigin, isRinging: boolean): Direction {
  if (origin.kind === 'carrier') return 'inbound';
  if (origin.kind === 'forward') return origin.of;
  return isRinging ? 'internal' : 'outbound';
}
