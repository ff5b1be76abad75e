import { ROUTES } from '../jambonz/routes';

/** The environment variables that the stack sets and the Lambdas read. */
export const ENV = {
  customersTable: 'CUSTOMERS_TABLE',
  memoryTable: 'MEMORY_TABLE',
  /** Secrets Manager ARN; the local stack gives the secrets themselves in `webhookSecret`. */
  webhookSecretArn: 'WEBHOOK_SECRET_ARN',
  webhookSecret: 'WEBHOOK_SECRET',
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
} as const;

/** The keys of the tables: all key attributes are texts. */
export const TABLE_KEYS: Readonly<Record<TableName, { readonly partition: string; readonly sort?: string }>> =
  {
    /** One item per SIP account, written by admins and read by the hooks. */
    customers: { partition: 'realm', sort: 'username' },
    /** What the hooks remember for a while: each item ends by itself at `MEMORY_ENDS`. */
    memory: { partition: 'key' },
  };
export type TableName = 'customers' | 'memory';

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
} as const;
