/** Dollars at list price, us-east-1, without free tiers (aws.amazon.com/…/pricing, November 2026). */
export const PRICES = {
  /** API Gateway, REST, a million requests of the first 333 million a month. */
  gateway: 3.5,
  /** Lambda, a million requests. */
  lambdaRequests: 0.2,
  /** Lambda on arm64, a GB-second. */
  lambdaGbSecond: 0.0000133334,
  /** DynamoDB on demand, a million units: a unit reads up to 4 kB consistently, or writes up to 1 kB. */
  readUnits: 0.125,
  writeUnits: 0.625,
  /** CloudWatch Logs, a GB taken in. */
  logGb: 0.5,
  /** KMS, a customer-managed key a month. The first and the second yearly rotation each add as much. */
  key: 1,
  /** Secrets Manager, a secret a month. */
  secret: 0.4,
  /** CloudWatch, a month: a metric that an alarm watches, one of an anomaly alarm, an alarm made of alarms. */
  alarmMetric: 0.1,
  anomalyAlarmMetric: 0.3,
  compositeAlarm: 0.5,
  /** CloudWatch, a dashboard a month. */
  dashboard: 3,
  /** CloudWatch, a custom metric a month, for the hours in which something is written to it. */
  customMetric: 0.3,
} as const;
