import { readFile } from 'node:fs/promises';
import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { callHook, callStatus, dialAction, refer } from '../../lambdas/call-hook';
import { registerAuth } from '../../lambdas/register-auth';
import { writeItem } from '../aws/client/attributes';
import { dynamodbAt } from '../aws/client/dynamodb';
import type { Timers } from '../aws/client/timers';
import { contextFromEnv } from '../aws/lambda/context-from-env';
import { apiGatewayHandler } from '../aws/lambda/handler';
import { type Print, telemetryLog } from '../aws/lambda/log';
import { connectDocumentClient, type DocumentClient } from '../aws/tools/document-client';
import {
  DEFAULT_METRICS_NAMESPACE,
  ENV,
  type Environment,
  EXAMPLE_SIP_HOST,
  environmentOf,
  type HookSettings,
  readHookSettings,
  WrongEnvironment,
} from '../hooks/settings';
import { ROUTES } from '../jambonz/routes';
import { parseWebhookSecrets } from '../jambonz/webhook-secrets';
import { type FileRecord, parseCustomerFile } from '../registrar/record/customer-file';
import { isObject } from '../registrar/record/json';
import type { AboutLocalStack } from './about';
import { dataDirProblem } from './data-dir';
import { createTables, LOCAL_TABLES, startEmbeddedDynamoDB } from './embedded-dynamodb';
import { type Follow, startGateway } from './gateway';
import { keptLog } from './kept-log';
import { readLocalSecret } from './local-secret';
import { DEVELOPMENT_SECRET, SAMPLE_CUSTOMERS } from './sample-customers';

/** Everything that runs on a laptop. */
export interface LocalStack {
  readonly url: string;
  readonly dynamodbEndpoint: string;
  /** The records that were loaded at the start, with what is wrong in them. */
  readonly loaded: readonly FileRecord[];
  readonly stop: () => Promise<void>;
}

/** Why the local stack did not start: one line, with the fix. */
export class CannotStart extends Error {}

/**
 * Starts the embedded DynamoDB, its tables, the customers and the gateway, all on loopback.
 * @param env PORT, CUSTOMERS_FILE, WEBHOOK_SECRET, OUTBOUND_SIP_HOST, DYNAMODB_ENDPOINT, DYNAMODB_PORT, DATA_DIR, and
 * those of `HOOK_SETTINGS`
 * @param timers real ones when absent
 * @throws CannotStart
 */
export async function startLocalStack(env: Environment, print: Print, timers?: Timers): Promise<LocalStack> {
  const port = portOf(env, 'PORT', 3000);
  const settings = settingsOf(env);
  const records = await readCustomers(env.CUSTOMERS_FILE);
  const dynamodb = await startDynamoDB(env);
  try {
    const client = connectDocumentClient(dynamodb.endpoint);
    await createTables(client);
    const loaded = await loadCustomers(client, records, env.CUSTOMERS_FILE !== undefined);
    client.destroy();
    const about: AboutLocalStack = {
      edgeRegistrar: 'local',
      dynamodbEndpoint: dynamodb.endpoint,
      settings: { ...environmentOf(settings), [ENV.outboundSipHost]: outboundSipHost(env) },
    };
    const followers = new Set<Print>();
    const log = keptLog(Date.now);
    const printAll: Print = (line) => {
      print(line);
      log.keep(line);
      for (const send of followers) send(line);
    };
    const follow: Follow = (send) => {
      followers.add(send);
      return () => followers.delete(send);
    };
    const hooks = handlers(env, settings, dynamodb.endpoint, printAll, timers);
    const gateway = await startGateway(hooks, port, about, {
      follow,
      kept: log.lines,
    }).catch(explainPort('PORT', port));
    const stop = async () => {
      await gateway.stop();
      await dynamodb.stop();
    };
    return { url: gateway.url, dynamodbEndpoint: dynamodb.endpoint, loaded, stop };
  } catch (cause) {
    await dynamodb.stop();
    throw cause;
  }
}

function settingsOf(env: Environment): HookSettings {
  try {
    return readHookSettings(env);
  } catch (cause) {
    throw cause instanceof WrongEnvironment ? new CannotStart(cause.message) : cause;
  }
}

function handlers(
  env: Environment,
  settings: HookSettings,
  endpoint: string,
  print: Print,
  timers: Timers | undefined,
) {
  const hookEnv: Environment = {
    ...environmentOf(settings),
    [ENV.customersTable]: LOCAL_TABLES.customers,
    [ENV.memoryTable]: LOCAL_TABLES.memory,
    [ENV.webhookSecret]: env.WEBHOOK_SECRET ?? DEVELOPMENT_SECRET,
    [ENV.outboundSipHost]: outboundSipHost(env),
    [ENV.dynamodbEndpoint]: endpoint,
  };
  const dynamodb = connectDocumentClient(endpoint);
  const secrets = async () =>
    parseWebhookSecrets(env.WEBHOOK_SECRET ?? (await readLocalSecret(dynamodb)) ?? DEVELOPMENT_SECRET);
  const telemetry = telemetryLog(print, DEFAULT_METRICS_NAMESPACE, settings.logLevel, Date.now);
  const context = { ...contextFromEnv(hookEnv, telemetry, Date.now, dynamodbAt(endpoint), timers), secrets };
  const hooks = {
    [ROUTES.registerAuth]: registerAuth,
    [ROUTES.callHook]: callHook,
    [ROUTES.dialAction]: dialAction,
    [ROUTES.callStatus]: callStatus,
    [ROUTES.refer]: refer,
  };
  const handler = apiGatewayHandler(hooks, context, telemetry, timers);
  return Object.fromEntries(Object.keys(hooks).map((path) => [path, handler]));
}

function outboundSipHost(env: Environment): string {
  return env[ENV.outboundSipHost] ?? EXAMPLE_SIP_HOST;
}

/** The default port, or any free one if that is in use and DYNAMODB_PORT is not set. */
async function startDynamoDB(env: Environment): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  if (env.DYNAMODB_ENDPOINT) return { endpoint: env.DYNAMODB_ENDPOINT, stop: async () => {} };
  const wrong = env.DATA_DIR ? await dataDirProblem(env.DATA_DIR) : undefined;
  if (wrong !== undefined) throw new CannotStart(`DATA_DIR ${env.DATA_DIR} ${wrong}`);
  const port = portOf(env, 'DYNAMODB_PORT', 8000);
  return startEmbeddedDynamoDB(port, env.DATA_DIR)
    .catch((cause) =>
      env.DYNAMODB_PORT === undefined && isTaken(cause)
        ? startEmbeddedDynamoDB(0, env.DATA_DIR)
        : Promise.reject(cause),
    )
    .catch(explainPort('DYNAMODB_PORT', port));
}

/** Loads the customers of the file; the samples only into an empty table, so that no record is replaced. */
async function loadCustomers(
  dynamodb: DocumentClient,
  records: readonly FileRecord[],
  always: boolean,
): Promise<readonly FileRecord[]> {
  const scan = always
    ? undefined
    : await dynamodb.send(new ScanCommand({ TableName: LOCAL_TABLES.customers, Limit: 1, Select: 'COUNT' }));
  if ((scan?.Count ?? 0) > 0) return [];
  for (const { item } of records)
    await dynamodb.send(new PutItemCommand({ TableName: LOCAL_TABLES.customers, Item: writeItem(item) }));
  return records;
}

async function readCustomers(file: string | undefined): Promise<FileRecord[]> {
  if (file === undefined) return parseCustomerFile(JSON.stringify(SAMPLE_CUSTOMERS));
  try {
    const records = parseCustomerFile(await readFile(file, 'utf8'));
    const nameless = records.find(({ customer, number }) => !customer && !number);
    if (nameless)
      throw new Error(
        nameless.problems
          .map(({ path, fix }) => `${nameless.at}${path ? `: ${path}` : ''} ${fix}`)
          .join('; '),
      );
    return records;
  } catch (cause) {
    throw new CannotStart(`CUSTOMERS_FILE ${file}: ${messageOf(cause)}`);
  }
}

function portOf(env: Environment, name: string, otherwise: number): number {
  const text = env[name] ?? String(otherwise);
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65535)) throw new CannotStart(`${name} is "${text}": write a port, 0 to 65535`);
  return port;
}

function explainPort(name: string, port: number): (cause: unknown) => never {
  return (cause) => {
    if (!isTaken(cause)) throw cause;
    throw new CannotStart(
      `port ${port} is taken: stop what listens there, or set ${name} to another (0: any free one)`,
    );
  };
}

function isTaken(cause: unknown): boolean {
  return isObject(cause) && cause.code === 'EADDRINUSE';
}

function messageOf(cause: unknown): string {
  return isObject(cause) && typeof cause.message === 'string' ? cause.message : String(cause);
}
