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

/** Sums up what is counted until it is told: a Lambda may answer thousands of hooks in between. */
export interface Meter {
  add(count: Count): void;
  /**
   * Lines from which CloudWatch takes metrics (Embedded Metric Format specification): one for each set of words that
   * something is split by, as a line has one of each. What they tell is counted no more.
   * @param now unix ms
   */
  lines(now: number): object[];
}

/** What was counted by the same words. */
interface Group {
  readonly by: Count['by'];
  /** A count's sum, or the times themselves. */
  readonly values: Map<Count['metric'], number[]>;
}

export function meter(namespace: string): Meter {
  const groups = new Map<string, Group>();
  const groupOf = (by: Count['by']): Group => {
    const words = by ? Object.values(by).join(' ') : '';
    const known = groups.get(words);
    if (known) return known;
    const group = { by, values: new Map() };
    groups.set(words, group);
    return group;
  };
  return {
    add: ({ metric, value, by }) => {
      const { values } = groupOf(by);
      const before = values.get(metric);
      if (!before) values.set(metric, [value]);
      else if (!UNITS[metric]) before[0] = (before[0] ?? 0) + value;
      else if (before.push(value) > MOST_VALUES) before.shift();
    },
    lines: (now) => {
      const all = [...groups.values()];
      groups.clear();
      const whole = all.filter(({ by }) => !by);
      const [first, ...others] = all.filter(({ by }) => by);
      return [first ? [...whole, first] : whole, ...others.map((group) => [group])]
        .filter((line) => line.length > 0)
        .map((line) => metricsLine(namespace, now, line));
    },
  };
}

function metricsLine(namespace: string, now: number, groups: readonly Group[]): object {
  const directives = groups.map(({ by, values }) => ({
    Namespace: namespace,
    Dimensions: [Object.keys(by ?? {})],
    Metrics: [...values.keys()].map(definition),
  }));
  const values = groups.flatMap((group) => [...group.values]);
  return {
    _aws: { Timestamp: now, CloudWatchMetrics: directives },
    ...Object.assign({}, ...groups.map(({ by }) => by)),
    ...Object.fromEntries(values.map(([metric, its]) => [METRICS[metric], its.length === 1 ? its[0] : its])),
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
