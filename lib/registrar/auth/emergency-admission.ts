import type { AdmissionRefusal, AuthAttempt } from './admission';
import type { CallGrantMode } from './call-grant';

/** What guards the account and not the digest: it never stops a call to an emergency number. */
const GUARDS: readonly AdmissionRefusal[] = ['limited', 'limited-address', 'address-not-allowed'];

/** A digest that somebody may have heard. */
const REPLAYS: readonly AdmissionRefusal[] = [
  'replayed',
  'not-our-nonce',
  'nonce-from-future',
  'nonce-too-old',
];

/**
 * Does a call to an emergency number pass this refusal? A digest that somebody may have heard passes only where grants
 * are enforced: without them whoever heard it could call any other number with it.
 */
export function yieldsToEmergency(
  because: AdmissionRefusal,
  { method }: AuthAttempt,
  callGrant: CallGrantMode,
): boolean {
  if (method !== 'INVITE') return false;
  return GUARDS.includes(because) || (REPLAYS.includes(because) && callGrant === 'enforce');
}
