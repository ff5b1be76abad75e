import { createHash } from 'node:crypto';

/** The name of a call in the log: the same in all its lines, and in those of no other. Call-IDs are long. */
export function callName(callId: string): string {
  return createHash('sha256').update(callId).digest('base64url').slice(0, 12);
}
