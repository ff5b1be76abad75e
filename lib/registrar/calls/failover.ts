import { formatPhones } from './internal-call';
import type { CallPlan, CallRefusal } from './plan';
import { NOBODY_ANSWERED, type RingFallback, type RingPlanned } from './ring';

/** How a dial of ours ended. */
export type DialOutcome =
  | { readonly answered: true }
  /** `code` is the final SIP code; undefined: there was none (it rang out, or never left). */
  | {
      readonly answered: false;
      readonly code: number | undefined;
      /** Whoever was waiting for an answer has hung up: whatever we say is not done any more. */
      readonly callerGone?: boolean;
    };

/** The attempt that ended: its position in the plan, from 1, and what was dialled. */
export interface EndedAttempt {
  readonly attempt: number;
  /** The trunk's name; undefined: phones rang. */
  readonly trunk: string | undefined;
  /** The AORs of the step, with commas between them; undefined: a trunk was dialled. */
  readonly phones: string | undefined;
}

/** What follows a dial, and why. */
export type NextStep =
  | { readonly kind: 'done'; readonly because: 'answered' | 'caller-gone' }
  | { readonly kind: 'dial'; readonly attempt: number; readonly because: 'trunk-failed' }
  | { readonly kind: 'ring'; readonly attempt: number; readonly because: 'nobody-answered' }
  /** No phone answered: on to another number, if there is one, else the code. */
  | {
      readonly kind: 'fall-back';
      readonly to: Exclude<RingFallback, { kind: 'end' }>;
      readonly status: number;
      readonly because: 'nobody-answered';
    }
  | {
      readonly kind: 'give-up';
      readonly status: number;
      readonly because: 'stop-code' | 'last-trunk' | 'nobody-answered' | CallRefusal;
    };

/**
 * Decides what follows a dial: nothing after an answer, the next trunk or the next phones after a failure, and the
 * carrier's code after a stop code or the last trunk.
 * @param plan the call's plan as the records have it now: a trunk that is gone is not dialled
 */
export function planNext(plan: CallPlan, ended: EndedAttempt, outcome: DialOutcome): NextStep {
  if (outcome.answered) return { kind: 'done', because: 'answered' };
  if (outcome.callerGone) return { kind: 'done', because: 'caller-gone' };
  if (plan.kind === 'refuse') return { kind: 'give-up', status: plan.status, because: plan.because };
  if (plan.kind === 'ring') return planNextRing(plan, ended, outcome.code);
  const status = codeForCaller(outcome.code);
  if (outcome.code !== undefined && plan.stopCodes.includes(outcome.code))
    return { kind: 'give-up', status, because: 'stop-code' };
  const trunks = plan.attempts.map(({ trunk }) => trunk);
  const next = placeAfter(trunks, ended.attempt, ended.trunk);
  return next === undefined
    ? { kind: 'give-up', status, because: 'last-trunk' }
    : { kind: 'dial', attempt: next, because: 'trunk-failed' };
}

/** The callee said no for itself. */
const DECLINED: readonly number[] = [486, 600, 603];

/**
 * The next phones, then what the record says. Of a group jambonz reports how the last leg ended, whichever that was, so
 * only of a phone that rang alone is it known that it was busy or declined.
 */
function planNextRing(plan: RingPlanned, tried: EndedAttempt, code: number | undefined): NextStep {
  const { steps, fallback } = plan;
  const because = 'nobody-answered';
  const next = placeAfter(steps.map(formatPhones), tried.attempt, tried.phones);
  if (next !== undefined) return { kind: 'ring', attempt: next, because };
  const alone = steps[steps.length - 1]?.length === 1;
  const declined = alone && code !== undefined && DECLINED.includes(code);
  const status = declined ? code : NOBODY_ANSWERED;
  if (fallback.kind === 'end') return { kind: 'give-up', status: codeForCaller(fallback.status), because };
  return declined && fallback.kind === 'forward-of'
    ? { kind: 'give-up', status, because }
    : { kind: 'fall-back', to: fallback, status, because };
}

/** By position if that is still the same, by name if the record changed in between. */
function placeAfter(names: readonly string[], attempt: number, name: string | undefined): number | undefined {
  const at = name !== undefined && names[attempt - 1] === name ? attempt : names.indexOf(name ?? '') + 1;
  return at > 0 && at < names.length ? at + 1 : undefined;
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
