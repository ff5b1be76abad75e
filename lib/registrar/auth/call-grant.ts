import type { Aor } from '../record/aor';

/**
 * Must a call have been authenticated, once, for this number? `enforce`, the default, refuses calls without a grant;
 * `observe` lets them go on and counts them, for an edge whose proxy changes the Call-ID; `off` asks nobody.
 */
export const CALL_GRANT_MODES = ['off', 'observe', 'enforce'] as const;
export type CallGrantMode = (typeof CALL_GRANT_MODES)[number];

/** What an accepted INVITE leaves behind for its call. */
export interface CallGrant {
  readonly aor: Aor;
  /** The device's Call-ID. */
  readonly callId: string;
  /** Whom the digest was made for (`signedFor`); the call hook compares it with what was really dialled. */
  readonly dialled: string;
}

/** A call follows its INVITE at once; this leaves room for a slow edge. */
export const GRANT_TTL_MS = 60_000;

/** What a call found; `new-source`: a grant, of an INVITE from a new address; `unknown`: the memory could not be asked. */
export type GrantState = 'granted' | 'new-source' | 'missing' | 'not-asked' | 'unknown';

/** What accepted INVITEs leave for their calls. */
export interface CallGrants {
  /**
   * Never throws: false when it could not be left.
   * @param isFromNewSource the INVITE came from an address that `registration.newSource` of the account calls new
   */
  issue(grant: CallGrant, isFromNewSource: boolean): Promise<boolean>;
  /**
   * Takes it, once. Never throws.
   * @param by the SBC's own Call-ID of the call: the same call may ask again, as jambonz repeats a lost hook
   */
  redeem(grant: CallGrant, by: string): Promise<Exclude<GrantState, 'not-asked'>>;
}
