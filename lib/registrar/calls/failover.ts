import type { CallPlan, CallRefusal } from './plan';

/** How a dial of ours ended. */
export type DialOutcome =
  | { readonly answered: true }
  /** `code` is the carrier's final SIP code; undefined: there was none (it rang out, or never left). */
  | { readonly answered: false; readonly code: number | undefined };

/** The attempt that ended: its position in the plan, from 1, and its trunk's name. */
export interface EndedAttempt {
  readonly attempt: number;
  readonly trunk: string;
}

/** What follows a dial, and why. */
export type NextStep =
  | { readonly kind: 'done'; readonly because: 'answered' }
  | { readonly kind: 'dial'; readonly attempt: number; readonly because: 'trunk-failed' }
  | {
      readonly kind: 'give-up';
      readonly status: number;
      readonly because: 'stop-code' | 'last-trunk' | CallRefusal;
    };

/**
 * Decides what follows a dial: nothing after an answer, the next trunk after a failure, and the carrier's code after
 * a stop code or the last trunk.
 * @param plan the call's plan as the record has it now: a trunk that is gone is not dialled
 */
export function planNext(plan: CallPlan, ended: EndedAttempt, outcome: DialOutcome): NextStep {
  if (outcome.answered) return { kind: 'done', because: 'answered' };
  if (plan.kind === 'refuse') return { kind: 'give-up', status: plan.status, because: plan.because };
  const status = codeForCaller(outcome.code);
  if (outcome.code !== undefined && plan.stopCodes.includes(outcome.code))
    return { kind: 'give-up', status, because: 'stop-code' };
  const next = attemptAfter(plan.attempts, ended);
  return next === undefined
    ? { kind: 'give-up', status, because: 'last-trunk' }
    : { kind: 'dial', attempt: next, because: 'trunk-failed' };
}

/** By position if that is still the same trunk, by name if the record changed in between. */
function attemptAfter(
  attempts: readonly { readonly trunk: string }[],
  { attempt, trunk }: EndedAttempt,
): number | undefined {
  const same = attempts[attempt - 1]?.trunk === trunk;
  const at = same ? attempt : attempts.findIndex((it) => it.trunk === trunk) + 1;
  return at > 0 && at < attempts.length ? at + 1 : undefined;
}

/** What drachtio can send to a phone (drachtio-srf lib/sip-parser; contract of `sip:decline`): others become 603. */
const SENDABLE: readonly (readonly [number, number])[] = [
  [400, 417],
  [420, 424],
  [428, 430],
  [433, 433],
  [436, 439],
  [470, 470],
  [480, 489],
  [491, 491],
  [493, 494],
  [500, 505],
  [513, 513],
  [580, 580],
  [600, 600],
  [603, 604],
  [606, 606],
];

/**
 * The code that the caller's phone sees after the last trunk: the carrier's own. Where that would mean something
 * else to the phone, the nearest: a challenge to our trunk (401, 407) is 503, because the phone was not challenged; our
 * own CANCEL (487) and no answer are 480; and an unknown code is treated as the x00 of its class (RFC 3261
 * section 8.1.3.2).
 */
export function codeForCaller(code: number | undefined): number {
  if (code === undefined || code === 487 || code < 400 || code > 699) return 480;
  if (code === 401 || code === 407) return 503;
  const sendable = SENDABLE.some(([first, last]) => code >= first && code <= last);
  return sendable ? code : Math.floor(code / 100) * 100;
}
