import { METRIC_SPLITS, METRICS } from '../hooks/metrics';
import { isObject } from '../registrar/record/json';
import { PRICES } from './prices';

/** What is billed of a stack each month, in dollars, whether phones ask or not. */
export interface FixedCost {
  readonly key: number;
  readonly secret: number;
  readonly alarms: number;
  readonly dashboard: number;
  /** All of them in each hour. While nothing happens nothing is written to them, and they cost nothing. */
  readonly customMetrics: number;
}

/** The part of a CloudFormation template that is looked at. */
export interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: object }>>;
}

/** What API Gateway writes of each method when detailed metrics are on (API Gateway, "Dimensions and metrics"). */
const DETAILED_METRICS_PER_METHOD = 5;

export function fixedCostOf(template: Template): FixedCost {
  const all = (type: string) =>
    Object.values(template.Resources).flatMap(({ Type, Properties = {} }) =>
      Type === type ? [Properties] : [],
    );
  const detailed = all('AWS::ApiGateway::Stage').some(hasDetailedMetrics);
  const customMetrics =
    hookMetrics() +
    all('AWS::Logs::MetricFilter').length +
    (detailed ? all('AWS::ApiGateway::Method').length * DETAILED_METRICS_PER_METHOD : 0);
  return {
    key: all('AWS::KMS::Key').length * PRICES.key,
    secret: all('AWS::SecretsManager::Secret').length * PRICES.secret,
    alarms:
      all('AWS::CloudWatch::Alarm').reduce((sum, it) => sum + alarmCost(it), 0) +
      all('AWS::CloudWatch::CompositeAlarm').length * PRICES.compositeAlarm,
    dashboard: all('AWS::CloudWatch::Dashboard').length * PRICES.dashboard,
    customMetrics: customMetrics * PRICES.customMetric,
  };
}

/** Those that the hooks write: the template does not have them. */
function hookMetrics(): number {
  const splits = Object.values(METRIC_SPLITS);
  return Object.keys(METRICS).length - splits.length + splits.reduce((sum, { into }) => sum + into.length, 0);
}

/** Expressions are free, the metrics in them are not. */
function alarmCost(alarm: object): number {
  const { Metrics: metrics = [{ MetricStat: {} }], ThresholdMetricId: band } = alarm as AlarmProperties;
  const watched = metrics.filter((it) => isObject(it) && 'MetricStat' in it).length;
  return watched * (band === undefined ? PRICES.alarmMetric : PRICES.anomalyAlarmMetric);
}

interface AlarmProperties {
  readonly Metrics?: readonly unknown[];
  readonly ThresholdMetricId?: string;
}

function hasDetailedMetrics(stage: object): boolean {
  return JSON.stringify(stage).includes('"MetricsEnabled":true');
}
