/**
 * Caller-id patterns are regular expressions that an admin writes and a dialled number runs through. The usual engine
 * backtracks: `(a+)+$` takes minutes on 30 digits, and compiles some others for a minute. So patterns run on V8's
 * linear engine (flag `l`), where nothing backtracks, and what it cannot run it refuses when the record is read:
 * back-references, and repetitions that multiply to more than 16.
 */
import { setFlagsFromString } from 'node:v8';

const MAX_PATTERN_LENGTH = 200;

/** Why this pattern is not accepted, and the fix; undefined when it is accepted. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern === '')
    return 'an empty pattern matches every number; write a prefix such as ^971, or use default';
  if (pattern.length > MAX_PATTERN_LENGTH)
    return `is longer than ${MAX_PATTERN_LENGTH} characters; split it into several patterns`;
  // Newer engines run some of it.
  if (/\(\?<?[=!]/.test(pattern)) return 'look-around is not supported; use an anchored prefix such as ^971';
  if (compiles(() => linear(pattern))) return undefined;
  if (!compiles(() => new RegExp(pattern)))
    return 'is not a regular expression; use an anchored prefix such as ^971';
  return /\\[1-9k]/.test(pattern)
    ? 'back-references are not supported; use an anchored prefix such as ^971'
    : 'repeats more than 16 times, or a repetition in another; use * or +, as in ^97[15]\\d*';
}

/**
 * Does the number match? In a time that grows with their lengths only.
 * @param digits the normalised destination, digits only
 */
export function matchesPattern(pattern: string, digits: string): boolean {
  return linear(pattern).test(digits);
}

let enabled = false;

function linear(pattern: string): RegExp {
  if (!enabled) setFlagsFromString('--enable-experimental-regexp-engine');
  enabled = true;
  return new RegExp(pattern, 'l');
}

function compiles(make: () => RegExp): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}
