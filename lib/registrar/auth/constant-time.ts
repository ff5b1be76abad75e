import { timingSafeEqual } from 'node:crypto';

/** Compares what a stranger gave with what it must be, in a time that tells nothing but their lengths. */
export function constantTimeEqual(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
