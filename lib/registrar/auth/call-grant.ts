import type { Aor } from '../record/aor';

/**
 * Whether each call needs an authenticated INVITE for its number. `enforce`, the default, refuses calls without a
 * grant; `observe` connects and counts them, for edges whose proxy changes the Call-ID; `off` does not check.
 */
export const CALL_GRANT_MODES = ['off', 'observe', 'enforce'] as const;
export type CallGrantMode = (typeof CALL_GRANT_MODES)[number];

/** Stored for each accepted INVITE, and redeemed once by its call. */
export interface CallGrant {
  readonly aor: Aor;
  /** The device's Call-ID. */
  readonly callId: string;
  /** The number that the digest was made for (`signedFor`). The call hook compares it with the dialled number. */
  readonly dialled: string;
}

/** The call follows its INVITE at once; this allows for a slow edge. */
export const GRANT_TTL_MS = 60_000;

/** `new-source`: a grant of an INVITE from a new address; `unknown`: the memory table was unavailable. */
export type GrantState = 'granted' | 'new-source' | 'missing' | 'not-asked' | 'unknown';

/** The store of call grants. */
export interface CallGrants {
  /**
   * Stores a grant. Never throws: false when it could not be stored.
   * @param isFromNewSource the INVITE came from an address that `registration.newSource` of the account calls new
   */
  issue(grant: CallGrant, isFromNewSource: boolean): Promise<boolean>;
  /**
   * Redeems a grant, once. Never throws.
   * @param by the SBC's own Call-ID of the call: it may redeem its grant again, because jambonz repeats lost hooks
   */
  redeem(grant: CallGrant, by: string): Promise<Exclude<GrantState, 'not-asked'>>;
}
