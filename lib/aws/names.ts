import { ROUTES } from '../jambonz/routes';

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

/** The keys of the tables: all key attributes are texts. */
export const TABLE_KEYS: Readonly<Record<TableName, { readonly partition: string; readonly sort?: string }>> =
  {
    /** One item per SIP account, written by admins and read by the hooks. */
    customers: { partition: 'realm', sort: 'username' },
    /** What the hooks remember for a while: each item ends by itself at `MEMORY_ENDS`. */
    memory: { partition: 'key' },
    /** Versions of customers that admins replaced, written and read by the command line only. */
    history: { partition: 'aor', sort: 'version' },
  };
export type TableName = 'customers' | 'memory' | 'history';

/** The table that keeps the earlier versions of a Customers table. */
export function historyTableOf(customersTable: string): string {
  return `${customersTable}-history`;
}

/** The time-to-live attribute of the memory table, unix seconds. DynamoDB deletes late: compare it in code too. */
export const MEMORY_ENDS = 'endsAt';

/** Which Lambda answers which paths. */
export const LAMBDA_ROUTES = {
  'register-auth': [ROUTES.registerAuth],
  'call-hook': [ROUTES.callHook, ROUTES.dialAction, ROUTES.callStatus],
} as const;

/** The stack's outputs, by which the command line tool finds what a deployment is made of. */
export const OUTPUTS = {
  registrationHook: 'RegistrationHook',
  callHook: 'CallHook',
  callStatusHook: 'CallStatusHook',
  customersTable: 'CustomersTable',
  memoryTable: 'MemoryTable',
  webhookSecretArn: 'WebhookSecretArn',
  outboundSipHost: 'OutboundSipHost',
  domainTarget: 'DomainTarget',
  /** ARNs of log groups, with commas between them. */
  hookLogs: 'HookLogs',
} as const;

/** The metrics that the hooks write. None is split by customer: CloudWatch bills each split, and logs tell who. */
export const METRICS = {
  /** Hooks answered, by `hook`, `answer` and `because`. */
  hooks: 'Hooks',
  /** REGISTERs that were granted. */
  registrations: 'Registrations',
  /** REGISTERs and INVITEs that were refused. */
  refusals: 'Refusals',
  /** Calls that were sent to a trunk. */
  calls: 'Calls',
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
