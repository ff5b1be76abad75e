import type { AdmissionRefusal, AuthAttempt } from './admission';
import type { CallGrantMode } from './call-grant';
import { dialledInTo, dialledInUri } from './dialled';

/** The number that an INVITE is for, as far as the registration hook is told: what was signed, else To. */
export function calledNumber({ digest, to }: AuthAttempt): string | undefined {
  return dialledInUri(digest.uri) ?? dialledInTo(to);
}

/** What guards the account and not the digest: it never stops a call to an emergency number. */
const GUARDS: readonly AdmissionRefusal[] = [
  'limited',
  'limited-address',
  'address-not-allowed',
  'wrong-number',
];

/** A digest that somebody may have heard. */
const REPLAYS: readonly AdmissionRefusal[] = [
  'replayed',
  'not-our-nonce',
  'nonce-from-future',
  'nonce-too-old',
];

/**
 * Does a call to an emergency number pass this refusal? Of a digest that somebody may have heard only where he cannot
 * call another number with it: it names the emergency number itself, or the call needs a grant for that number.
 */
export function yieldsToEmergency(
  because: AdmissionRefusal,
  { method, digest }: AuthAttempt,
  callGrant: CallGrantMode,
): boolean {
  if (method !== 'INVITE') return false;
  if (GUARDS.includes(because)) return true;
  return REPLAYS.includes(because) && (callGrant === 'enforce' || dialledInUri(digest.uri) !== undefined);
}
