import { createHash } from 'node:crypto';
import type { OnDegraded } from '../../hooks/telemetry';
import { type Aor, isRealm, isUsername, realmKey } from '../../registrar/record/aor';
import type { DynamoDB, Input, Operation, Output } from '../client/dynamodb';
import type { Timers } from '../client/timers';
import { type Budget, conditionalWrite, withRetry } from './retry';
import { TTL_ATTRIBUTE } from './tables';

/** The table of temporary data of the hooks. */
export interface MemoryTable {
  readonly dynamodb: DynamoDB;
  readonly tableName: string;
  /** Unix ms. */
  readonly now: () => number;
  readonly onDegraded: OnDegraded;
  /** Real ones when absent. */
  readonly timers?: Timers | undefined;
}

/**
 * Short, because a hook can decide without the memory table. One hook makes at most three such requests beside its
 * look-up of the customer, and must finish before the deadline of the handler.
 */
export const MEMORY_BUDGET: Budget = { totalMs: 300, attemptMs: 200 };

/**
 * Sends a request to the memory table, with retries.
 * @throws Undecided
 */
export function askMemory(
  { dynamodb, timers }: MemoryTable,
  operation: Operation,
  input: Input,
  budget: Budget = MEMORY_BUDGET,
): Promise<Output> {
  const ask = (signal: AbortSignal) => dynamodb(operation, input, signal);
  return withRetry('the memory table', budget, ask, [], timers);
}

/**
 * Writes to the memory table under a condition, with retries.
 * @returns false when the condition did not hold
 * @throws Undecided
 */
export function writeMemoryIf(
  { dynamodb, timers }: MemoryTable,
  operation: Operation,
  input: Input,
  budget: Budget = MEMORY_BUDGET,
): Promise<boolean> {
  const write = (signal: AbortSignal) => dynamodb(operation, input, signal);
  return conditionalWrite('the memory table', budget, write, timers);
}

/** The key of an item: parts with a space between them. None holds one. */
export function memoryKey(kind: string, ...parts: readonly string[]): { key: string } {
  return { key: `${kind} ${parts.join(' ')}` };
}

/** The parts of a key that name an account; anything that no account can be called is hashed. */
export function aorParts({ username, realm }: Aor): [string, string] {
  return [
    isRealm(realm) ? realmKey(realm) : hashed(realm),
    isUsername(username) ? username : hashed(username),
  ];
}

/** For texts that a device chose: any length, any character. `:` is in no username and no realm. */
export function hashed(text: string): string {
  return `:${createHash('sha256').update(text).digest('base64url')}`;
}

/** The time-to-live attribute for a time in unix ms. */
export function ttl(ms: number): { [TTL_ATTRIBUTE]: number } {
  return { [TTL_ATTRIBUTE]: Math.ceil(ms / 1000) };
}
