import type { Decision } from '../jambonz/world';
import type { AdmissionRefusal } from '../registrar/admission';
import { METRICS } from './names';

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

/** What a decision adds to the metrics. */
export function countsOf(decision: Decision): Count[] {
  if ('refused' in decision) {
    const { hook, refused } = decision;
    const alarming = REFUSED_HOOKS[refused];
    return [
      count('hooks', { hook, answer: 'refused', because: refused }),
      ...(alarming ? [count(alarming)] : []),
    ];
  }
  switch (decision.hook) {
    case 'register-auth': {
      const { admission, method, hook } = decision;
      const { admitted, because } = admission;
      const hooks = count('hooks', { hook, answer: admitted ? 'ok' : 'fail', because });
      if (!admitted) return [hooks, count('refusals'), ...countsOfRefusal(admission.because)];
      const observed = admission.observed !== undefined && admission.observed !== 'not-checked';
      return [
        hooks,
        ...(method === 'REGISTER' ? [count('registrations')] : []),
        ...(observed ? [count('replayObserved')] : []),
      ];
    }
    case 'call-hook': {
      const { plan, grant, hook } = decision;
      const missing = grant === 'missing' ? [count('grantMissing')] : [];
      return plan.kind === 'refuse'
        ? [count('hooks', { hook, answer: 'refuse', because: plan.because }), ...missing]
        : [
            count('hooks', { hook, answer: 'dial', because: plan.destination.because }),
            count('calls'),
            ...missing,
          ];
    }
    case 'dial-action': {
      const { hook, step } = decision;
      const hooks = count('hooks', { hook, answer: step.kind, because: step.because });
      const failed = step.because === 'trunk-failed' || step.because === 'last-trunk';
      return failed ? [hooks, count('trunkFailures')] : [hooks];
    }
    case 'call-status': {
      const { status, duration } = decision.record;
      return [count('callsEnded', { outcome: status }), { metric: 'talkTime', value: duration }];
    }
  }
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
type RefusedBecause = Extract<Decision, { refused: unknown }>['refused'];

/**
 * Lines from which CloudWatch takes metrics (Embedded Metric Format specification): one for each set of words that
 * something is split by, as a line has one of each.
 * @param now unix ms
 */
export function metricsLines(namespace: string, now: number, counts: readonly Count[]): object[] {
  const groups = new Map<string, Count[]>();
  for (const it of counts.filter(({ by }) => by)) {
    const words = JSON.stringify(it.by);
    groups.set(words, [...(groups.get(words) ?? []), it]);
  }
  const whole = counts.filter(({ by }) => !by);
  const [first = [], ...others] = groups.values();
  return [[...whole, ...first], ...others]
    .filter((group) => group.length > 0)
    .map((group) => metricsLine(namespace, now, group));
}

function metricsLine(namespace: string, now: number, counts: readonly Count[]): object {
  const sets = new Map<string, Count[]>();
  for (const it of counts) {
    const dimensions = Object.keys(it.by ?? {}).join();
    sets.set(dimensions, [...(sets.get(dimensions) ?? []), it]);
  }
  const directives = [...sets].map(([dimensions, its]) => ({
    Namespace: namespace,
    Dimensions: [dimensions === '' ? [] : dimensions.split(',')],
    Metrics: [...new Set(its.map(({ metric }) => metric))].map(definition),
  }));
  return {
    _aws: { Timestamp: now, CloudWatchMetrics: directives },
    ...Object.assign({}, ...counts.map(({ by }) => by)),
    ...valuesOf(counts),
  };
}

/** What is no count. */
const UNITS: { readonly [metric in Count['metric']]?: string } = {
  lookupTime: 'Milliseconds',
  talkTime: 'Seconds',
};

function definition(metric: Count['metric']): object {
  const unit = UNITS[metric];
  return { Name: METRICS[metric], ...(unit !== undefined && { Unit: unit }) };
}

/** What EMF takes of one metric in one line. */
const MOST_VALUES = 100;

/** Counts are summed up; of times the values are told. */
function valuesOf(counts: readonly Count[]): Record<string, number | number[]> {
  const values = new Map<string, number[]>();
  for (const { metric, value } of counts) {
    const name = METRICS[metric];
    const before = values.get(name) ?? [];
    values.set(name, UNITS[metric] ? [...before, value].slice(-MOST_VALUES) : [(before[0] ?? 0) + value]);
  }
  return Object.fromEntries([...values].map(([name, its]) => [name, its.length === 1 ? (its[0] ?? 0) : its]));
}
