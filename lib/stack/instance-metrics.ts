import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_SPLITS, METRICS } from '../hooks/metrics';
import type { HookFunction } from './hook-function';
import type { Settings } from './stack-settings';
import type { WebhookApi } from './webhook-api';

const MINUTE = Duration.minutes(1);

/** The metrics of one instance: those that the hooks write, and those that AWS writes about them. */
export class InstanceMetrics {
  constructor(
    private readonly settings: Settings,
    private readonly api: WebhookApi,
    private readonly hooks: readonly HookFunction[],
    /** What the hooks do most on each table. */
    private readonly tableUses: readonly { readonly TableName: string; readonly Operation: string }[],
  ) {}

  /** One that the hooks write: by default how many there were in a minute. */
  ours(metric: keyof typeof METRICS, { statistic = 'Sum', label = '', period = MINUTE } = {}): Metric {
    return new Metric({
      namespace: this.settings.name,
      metricName: METRICS[metric],
      statistic,
      period,
      ...(label !== '' && { label }),
    });
  }

  /** How many REGISTERs were granted; none at all is 0, not missing. */
  registrations(period: Duration): IMetric {
    return new MathExpression({
      expression: 'FILL(granted, 0)',
      usingMetrics: { granted: this.ours('registrations', { period }) },
      label: 'registered',
      period,
    });
  }

  /** How often a Lambda failed; missing when one of them was not asked at all. */
  errors(period: Duration): IMetric {
    const named = this.hooks.map(
      (hook, at) => [`errors${at}`, hook.lambda.metricErrors({ period })] as const,
    );
    return new MathExpression({
      expression: named.map(([it]) => it).join(' + '),
      usingMetrics: Object.fromEntries(named),
      label: 'errors',
      period,
    });
  }

  /** The mean number of concurrent calls, from the talk time of an hour, which is counted when calls end. */
  get callsAtOnce(): IMetric {
    const hour = Duration.hours(1);
    return new MathExpression({
      expression: 'talked / 3600',
      usingMetrics: { talked: this.ours('talkTime', { period: hour }) },
      label: 'calls at once, average of the hour',
      period: hour,
    });
  }

  /** One of those that the hooks split: what each value of its dimension counts. */
  oursBy(metric: keyof typeof METRIC_SPLITS): Metric[] {
    const { by, into } = METRIC_SPLITS[metric];
    return into.map((value) => this.ours(metric, { label: value }).with({ dimensionsMap: { [by]: value } }));
  }

  /** Answers of the API that phones see as 5xx, on existing paths. */
  get apiFailures(): IMetric {
    return this.api.failures;
  }

  apiLatency(statistic: string, label: string): IMetric {
    return this.api.api.metricLatency({ statistic, label, period: MINUTE });
  }

  /** Turned away as too many came at once: by Lambda, or by DynamoDB. */
  get throttles(): IMetric {
    const lambdas = this.hooks.map((hook) => hook.lambda.metricThrottles({ period: MINUTE }));
    const tables = this.tableUses.map(
      (dimensionsMap) =>
        new Metric({
          namespace: 'AWS/DynamoDB',
          metricName: 'ThrottledRequests',
          dimensionsMap,
          statistic: 'Sum',
          period: MINUTE,
        }),
    );
    return this.sum('throttled', 'throttle', [...lambdas, ...tables]);
  }

  /** @param id of each metric in a graph or alarm, together with its number */
  private sum(label: string, id: string, metrics: readonly IMetric[]): IMetric {
    const named = metrics.map((metric, at) => [`${id}${at}`, metric] as const);
    return new MathExpression({
      expression: named.map(([it]) => `FILL(${it}, 0)`).join(' + '),
      usingMetrics: Object.fromEntries(named),
      label,
      period: MINUTE,
    });
  }
}
