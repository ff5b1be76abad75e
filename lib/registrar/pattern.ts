/**
 * Caller-id patterns are regular expressions that an admin writes and a dialled number runs through.
 * V8's own engine backtracks: `(a+)+$` takes minutes on 30 digits. Two fences bound it whatever is dialled:
 * V8 is told to hand a match that backtracks too much to its linear engine, and whatever that engine refuses
 * (look-around, back-references, repetitions that multiply to more than 16) is refused when a record is read.
 */
import { setFlagsFromString } from 'node:v8';

const LONGEST_PATTERN = 200;

/** Why this pattern is not accepted and how to mend it; undefined when it is fine. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern === '')
    return 'an empty pattern matches every number; write a prefix such as ^971, or use default';
  if (pattern.length > LONGEST_PATTERN)
    return `is longer than ${LONGEST_PATTERN} characters; split it into several patterns`;
  if (/\(\?<?[=!]/.test(pattern)) return 'look-around is not supported; use an anchored prefix such as ^971';
  if (/\\[1-9k]/.test(pattern))
    return 'back-references are not supported; use an anchored prefix such as ^971';
  if (/\)[*+{]/.test(pattern))
    return 'a repeated group is not supported; repeat single characters, as in ^97[15]\\d*';
  if (countsOf(pattern).some((n) => n > 16)) return 'a repetition above 16 is not supported; use * or +';
  try {
    new RegExp(pattern);
    return undefined;
  } catch {
    return 'is not a regular expression; use an anchored prefix such as ^971';
  }
}

/**
 * Does the number match? Bounded in time for every pattern that `patternProblem` lets through.
 * @param digits the normalised destination, digits only
 */
export function matchesPattern(pattern: string, digits: string): boolean {
  boundBacktracking();
  return new RegExp(pattern).test(digits);
}

let bounded = false;

function boundBacktracking(): void {
  if (!bounded) setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
  bounded = true;
}

function countsOf(pattern: string): number[] {
  return [...pattern.matchAll(/\{(\d*),?(\d*)\}/g)].flatMap(([, low, high]) => [Number(low), Number(high)]);
}
