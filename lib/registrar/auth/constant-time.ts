import { timingSafeEqual } from 'node:crypto';

/** Compares an untrusted text with the expected one, in a time that depends on their lengths only. */
export function constantTimeEqual(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
