import type { AdmissionRefusal } from '../registrar/auth/admission';
import type { CallPlan } from '../registrar/calls/plan';
import type { HookOutcome } from './outcome';

/** The metrics that the hooks write. None is split by customer: CloudWatch bills each split, and logs tell who. */
export const METRICS = {
  /** Hooks answered, by `hook`. What was answered, and why, is in the logs. */
  hooks: 'Hooks',
  /** REGISTERs that were granted. */
  registrations: 'Registrations',
  /** REGISTERs and INVITEs that were refused. */
  refusals: 'Refusals',
  /** Calls that were sent to a trunk. */
  calls: 'Calls',
  /** Calls that ring registered phones. */
  callsToPhones: 'CallsToPhones',
  /** Calls to emergency numbers: an alarm reports each, so that somebody on site knows (47 CFR 9.16). */
  emergencyCalls: 'EmergencyCalls',
  /** Calls that ended, by `outcome`. */
  callsEnded: 'CallsEnded',
  /** Seconds of talking, told when a call ends: an hour's sum over 3600 is how many calls went on at once. */
  talkTime: 'TalkTime',
  /** Dials that failed at a trunk, and not by the callee's doing. */
  trunkFailures: 'TrunkFailures',
  /** Hooks answered 504 as the answer could not be found out. */
  undecided: 'Undecided',
  /** Records, and webhook secrets, that served on while AWS could not be read. */
  staleServed: 'StaleServed',
  /** Guards that were passed over while the memory table could not be asked. */
  unchecked: 'Unchecked',
  /** Milliseconds for one look-up of a customer. */
  lookupTime: 'LookupTime',
  /** Hooks whose signature was missing or fitted no secret. */
  signatureFailures: 'SignatureFailures',
  /** Hooks whose signature was right but too old or from the future. */
  clockSkew: 'ClockSkew',
  /** Right digests that were used before, or for a challenge that jambonz never made: let in, and refused. */
  replayObserved: 'ReplayObserved',
  replayRefused: 'ReplayRefused',
  /** Attempts refused as the address guesses passwords. */
  limited: 'Limited',
  /** Calls that belong to no authenticated INVITE, refused or not. */
  grantMissing: 'GrantMissing',
  /** Records with something in them that an admin should mend. */
  badRecords: 'BadRecords',
} as const;
export type MetricName = (typeof METRICS)[keyof typeof METRICS];

/** What some metrics are split by, and into what: CloudWatch bills each value as a metric of its own. */
export const METRIC_SPLITS = {
  hooks: { by: 'hook', into: ['register-auth', 'call-hook', 'dial-action', 'call-status'] },
  callsEnded: { by: 'outcome', into: ['completed', 'failed', 'no-answer', 'busy'] },
} as const satisfies Partial<Record<keyof typeof METRICS, { by: string; into: readonly string[] }>>;

/** One value of one metric. */
export interface Count {
  readonly metric: keyof typeof METRICS;
  readonly value: number;
  /** What the metric is split by: closed sets of words, never a customer. */
  readonly by?: Readonly<Record<string, string>>;
}

/** One of them. */
export function count(metric: Count['metric'], by?: Count['by']): Count {
  return by ? { metric, value: 1, by } : { metric, value: 1 };
}

/** What an outcome adds to the metrics. */
export function countsOf(outcome: HookOutcome): Count[] {
  if ('refused' in outcome) {
    const { hook, refused } = outcome;
    const alarming = REFUSED_HOOKS[refused];
    return [count('hooks', { hook }), ...(alarming ? [count(alarming)] : [])];
  }
  switch (outcome.hook) {
    case 'register-auth': {
      const { admission, method, hook } = outcome;
      const hooks = count('hooks', { hook });
      if (!admission.admitted) return [hooks, count('refusals'), ...countsOfRefusal(admission.because)];
      const observed = admission.observed !== undefined && admission.observed !== 'not-checked';
      return [
        hooks,
        ...(method === 'REGISTER' ? [count('registrations')] : []),
        ...(observed ? [count('replayObserved')] : []),
      ];
    }
    case 'call-hook': {
      const { plan, grant, hook } = outcome;
      const missing = grant === 'missing' ? [count('grantMissing')] : [];
      return [count('hooks', { hook }), ...countsOfPlan(plan), ...missing];
    }
    case 'dial-action': {
      const { hook, step, forward } = outcome;
      const hooks = count('hooks', { hook });
      const failed = step.because === 'trunk-failed' || step.because === 'last-trunk';
      return [hooks, ...(failed ? [count('trunkFailures')] : []), ...(forward ? countsOfPlan(forward) : [])];
    }
    case 'refer': {
      const { hook } = outcome;
      if ('untransferred' in outcome) return [count('hooks', { hook })];
      return [count('hooks', { hook }), ...countsOfPlan(outcome.plan)];
    }
    case 'call-status': {
      const { status, duration } = outcome.record;
      return [count('callsEnded', { outcome: status }), { metric: 'talkTime', value: duration }];
    }
  }
}

function countsOfPlan(plan: CallPlan): Count[] {
  if (plan.kind === 'refuse') return [];
  if (plan.kind === 'ring') return [count('callsToPhones')];
  return [count('calls'), ...(plan.destination.because === 'emergency' ? [count('emergencyCalls')] : [])];
}

function countsOfRefusal(because: AdmissionRefusal): Count[] {
  switch (because) {
    case 'replayed':
    case 'not-our-nonce':
    case 'nonce-from-future':
    case 'nonce-too-old':
      return [count('replayRefused')];
    case 'limited':
    case 'limited-address':
      return [count('limited')];
    default:
      return [];
  }
}

const REFUSED_HOOKS: Readonly<Record<RefusedBecause, Count['metric'] | undefined>> = {
  'missing-signature': 'signatureFailures',
  'wrong-signature': 'signatureFailures',
  'forged-call-data': 'signatureFailures',
  'signature-too-old': 'clockSkew',
  'signature-from-future': 'clockSkew',
  'too-large': undefined,
  'not-json': undefined,
  'not-understood': undefined,
  'realm-of-another-account': undefined,
};
type RefusedBecause = Extract<HookOutcome, { refused: unknown }>['refused'];
