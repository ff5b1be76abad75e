import { ROUTES } from '../jambonz/routes';

/** The environment variables that the stack sets and the Lambdas read. */
export const ENV = {
  customersTable: 'CUSTOMERS_TABLE',
  /** Secrets Manager ARN; the local stack gives the secrets themselves in `webhookSecret`. */
  webhookSecretArn: 'WEBHOOK_SECRET_ARN',
  webhookSecret: 'WEBHOOK_SECRET',
  outboundSipHost: 'OUTBOUND_SIP_HOST',
  dynamodbEndpoint: 'DYNAMODB_ENDPOINT',
} as const;

/** The keys of the tables: all attributes are texts. */
export const TABLE_KEYS = {
  customers: { partition: 'realm', sort: 'username' },
} as const;

/** Which Lambda answers which paths. */
export const LAMBDA_ROUTES = {
  'register-auth': [ROUTES.registerAuth],
  'call-hook': [ROUTES.callHook, ROUTES.dialAction, ROUTES.callStatus],
} as const;
