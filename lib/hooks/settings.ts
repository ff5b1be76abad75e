import type { CallGrantMode } from '../registrar/auth/call-grant';

/** The environment variables that the stack sets and the Lambdas read. */
export const ENV = {
  customersTable: 'CUSTOMERS_TABLE',
  memoryTable: 'MEMORY_TABLE',
  /** Secrets Manager ARN; the local stack gives the secrets themselves in `webhookSecret`. */
  webhookSecretArn: 'WEBHOOK_SECRET_ARN',
  webhookSecret: 'WEBHOOK_SECRET',
  /** How long the previous version of the webhook secret is good after it was replaced. */
  previousSecretHours: 'PREVIOUS_SECRET_HOURS',
  outboundSipHost: 'OUTBOUND_SIP_HOST',
  /** `false`: a disabled account may not even call its emergency numbers. */
  emergencyForDisabled: 'EMERGENCY_FOR_DISABLED',
  dynamodbEndpoint: 'DYNAMODB_ENDPOINT',
  /** `off`, `observe` or `enforce`. */
  callGrant: 'CALL_GRANT',
  /** `allow` or `refuse`: calls whose digest nobody can look up, while the memory table is out of order. */
  callsWithoutMemory: 'CALLS_WITHOUT_MEMORY',
  /** How long a record that was read before serves while the customers table is out of order. */
  staleIfErrorSeconds: 'STALE_IF_ERROR_SECONDS',
  /** Where this instance's metrics stand in CloudWatch. */
  metricsNamespace: 'METRICS_NAMESPACE',
  /** `INFO`, `WARN` or `ERROR`. Not Lambda's own, which would drop the lines of metrics too. */
  logLevel: 'LOG_LEVEL',
} as const;

/**
 * The `resource` of an event that asks a Lambda to check itself. Only who may invoke the Lambda can send it: those of
 * API Gateway begin with a slash.
 */
export const HEALTH_CHECK = 'health-check';

/** What the deployment decides about authentication. */
export interface AuthSettings {
  readonly callGrant: CallGrantMode;
  /** What becomes of a call while nobody can look whether its digest was used before: on with it, or 504. */
  readonly callsWithoutMemory: 'allow' | 'refuse';
}
