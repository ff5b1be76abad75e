import { isNativeError } from 'node:util/types';

/** The answer could not be found out in time. It reaches jambonz as HTTP 504, which phones come back from. */
export class Undecided extends Error {
  override readonly name: string = 'Undecided';
}

/** Undecided until an operator fixes a table, a permission or a key. */
export class Misconfigured extends Undecided {
  override readonly name = 'Misconfigured';
}

/**
 * The name of what was thrown: messages may quote what they choked on. What an AbortSignal throws is a DOMException,
 * which counts as a native error only from Node 24 on.
 */
export function errorName(cause: unknown): string {
  if (!isNativeError(cause) && !(cause instanceof DOMException)) return 'unknown error';
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return code && /^(Aggregate)?Error$/.test(cause.name) ? code : cause.name;
}
