import { type Count, METRICS } from '../../hooks/metrics';

/** Adds up counts until they are written: a Lambda may answer thousands of hooks in between. */
export interface Meter {
  add(count: Count): void;
  /**
   * Lines from which CloudWatch takes metrics (Embedded Metric Format specification): one for each set of
   * dimension values, because a line can have only one. Written counts start at zero again.
   * @param now unix ms
   */
  lines(now: number): object[];
}

/** Counts with the same dimension values. */
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
      else if (before.push(value) > MAX_VALUES) before.shift();
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

/** Units of metrics that are not counts. */
const UNITS: { readonly [metric in Count['metric']]?: string } = {
  lookupTime: 'Milliseconds',
  talkTime: 'Seconds',
};

function definition(metric: Count['metric']): object {
  const unit = UNITS[metric];
  return { Name: METRICS[metric], ...(unit !== undefined && { Unit: unit }) };
}

/** What EMF takes of one metric in one line. */
const MAX_VALUES = 100;
