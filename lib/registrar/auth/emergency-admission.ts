import type { AdmissionRefusal, AuthAttempt } from './admission';
import type { CallGrantMode } from './call-grant';

/** Refusals that are not about the digest. They never stop a call to an emergency number. */
const GUARDS: readonly AdmissionRefusal[] = ['limited', 'limited-address', 'address-not-allowed'];

/** Refusals of a digest that may have been captured. */
const REPLAYS: readonly AdmissionRefusal[] = [
  'replayed',
  'not-our-nonce',
  'nonce-from-future',
  'nonce-too-old',
];

/**
 * Whether a call to an emergency number is admitted despite this refusal. A digest that may have been captured is
 * accepted only where grants are enforced, because without them it could be used to call any other number.
 */
export function yieldsToEmergency(
  because: AdmissionRefusal,
  { method }: AuthAttempt,
  callGrant: CallGrantMode,
): boolean {
  if (method !== 'INVITE') return false;
  return GUARDS.includes(because) || (REPLAYS.includes(because) && callGrant === 'enforce');
}
