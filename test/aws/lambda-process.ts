import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { callHook } from '../../lambdas/call-hook';
import { registerAuth } from '../../lambdas/register-auth';
import { dynamodbAt } from '../../lib/aws/client/dynamodb';
import type { Timers } from '../../lib/aws/client/timers';
import { contextFromEnv } from '../../lib/aws/lambda/context-from-env';
import { apiGatewayHandler } from '../../lib/aws/lambda/handler';
import { telemetryLog } from '../../lib/aws/lambda/log';
import { connectDocumentClient } from '../../lib/aws/tools/document-client';
import { ENV, type Environment } from '../../lib/hooks/settings';
import type { LogLine } from '../../lib/hooks/telemetry';
import { ROUTES } from '../../lib/jambonz/routes';
import { signatureHeader } from '../../lib/jambonz/signature';
import { createTables, LOCAL_TABLES, startEmbeddedDynamoDB } from '../../lib/local/embedded-dynamodb';
import { authHookPayload, callHookPayload } from '../../lib/local/jambonz-simulator';
import type { SipRequest } from '../../lib/local/sip-phone';
import { NOW, SECRET } from '../hook-context';
import { withoutSecrets } from '../no-secrets';
import { virtualTimers } from './virtual-timers';

/** The embedded DynamoDB with its tables and these customers. */
export interface TestTables {
  readonly endpoint: string;
  readonly put: (table: keyof typeof LOCAL_TABLES, item: object) => Promise<void>;
  readonly items: (table: keyof typeof LOCAL_TABLES) => Promise<Record<string, unknown>[]>;
  readonly stop: () => Promise<void>;
}

export async function startTables(customers: readonly object[]): Promise<TestTables> {
  const { endpoint, stop } = await startEmbeddedDynamoDB(0, undefined);
  const dynamodb = connectDocumentClient(endpoint);
  await createTables(dynamodb);
  const put: TestTables['put'] = async (table, item) => {
    await dynamodb.send(new PutCommand({ TableName: LOCAL_TABLES[table], Item: item }));
  };
  const items: TestTables['items'] = async (table) =>
    (await dynamodb.send(new ScanCommand({ TableName: LOCAL_TABLES[table] }))).Items ?? [];
  for (const customer of customers) await put('customers', customer);
  return {
    endpoint,
    put,
    items,
    stop: async () => {
      dynamodb.destroy();
      await stop();
    },
  };
}

/** A clock that tests turn. */
export interface Clock {
  now: number;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  /** By the timers. */
  readonly ms: number;
}

/** One Lambda process: its own caches, and the tables that it shares with all others. */
export interface LambdaProcess {
  readonly auth: (request: SipRequest) => Promise<Reply>;
  readonly call: (invite: SipRequest, dialled: string, callId?: string) => Promise<Reply>;
  readonly lines: LogLine[];
}

export function startLambda(
  endpoint: string,
  clock: Clock = { now: NOW },
  settings: Environment = {},
  timers: Timers = virtualTimers(),
): LambdaProcess {
  const lines: LogLine[] = [];
  const env = {
    [ENV.customersTable]: LOCAL_TABLES.customers,
    [ENV.memoryTable]: LOCAL_TABLES.memory,
    [ENV.webhookSecret]: SECRET,
    [ENV.outboundSipHost]: 'sip.carrier.example',
    [ENV.dynamodbEndpoint]: endpoint,
    ...settings,
  };
  const print = (line: object) => {
    const { _aws, level, ms, requestId, ...telemetry }: LogLine & { readonly _aws?: unknown } = { ...line };
    if (!_aws) lines.push(withoutSecrets(telemetry));
  };
  const telemetry = telemetryLog(print, 'edge-registrar', 'INFO', () => clock.now);
  const context = contextFromEnv(env, telemetry, () => clock.now, dynamodbAt(endpoint), timers);
  const hooks = { [ROUTES.registerAuth]: registerAuth, [ROUTES.callHook]: callHook };
  const handler = apiGatewayHandler(hooks, context, telemetry, timers);
  const post = async (resource: string, payload: object): Promise<Reply> => {
    const body = JSON.stringify(payload);
    const signature = signatureHeader(Buffer.from(body), SECRET, Math.floor(clock.now / 1000));
    const headers = { 'Jambonz-Signature': signature };
    const started = timers.now();
    const result = await handler({
      resource,
      headers,
      body,
      isBase64Encoded: false,
      requestContext: { extendedRequestId: 'r1' },
    } as unknown as APIGatewayProxyEvent);
    return { status: result.statusCode, body: JSON.parse(result.body), ms: timers.now() - started };
  };
  return {
    auth: (request) => post(ROUTES.registerAuth, authHookPayload(request)),
    call: (invite, dialled, callId) =>
      post(ROUTES.callHook, { ...callHookPayload({ invite, dialled }), ...(callId && { call_id: callId }) }),
    lines,
  };
}

/** What the phone learns: `ok`, `fail`, or the HTTP status that reaches it as a SIP status. */
export function outcome({ status, body }: Reply): string {
  return status === 200 ? String((body as { status?: unknown }).status) : String(status);
}
