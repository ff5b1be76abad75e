import { callHook, callStatus, dialAction } from '../../lambdas/call-hook';
import { registerAuth } from '../../lambdas/register-auth';
import type { DynamoDB } from '../aws/client/dynamodb';
import type { Timers } from '../aws/client/timers';
import { contextFromEnv } from '../aws/lambda/context-from-env';
import { apiGatewayHandler, type Handler } from '../aws/lambda/handler';
import { type Print, telemetryLog } from '../aws/lambda/log';
import { ENV } from '../hooks/settings';
import { ROUTES } from '../jambonz/routes';
import { LOCAL_TABLES } from '../local/embedded-dynamodb';
import { SECRET } from './phones';

/**
 * Both Lambdas' hooks in this process: each call makes new ones, which have seen nobody yet.
 * @param timers real ones when absent
 */
export function hooksOver(
  dynamodb: DynamoDB,
  print: Print,
  now: () => number = Date.now,
  timers?: Timers,
): Handler {
  const env = {
    [ENV.customersTable]: LOCAL_TABLES.customers,
    [ENV.memoryTable]: LOCAL_TABLES.memory,
    [ENV.webhookSecret]: SECRET,
    [ENV.outboundSipHost]: 'sip.carrier.example',
  };
  const hooks = {
    [ROUTES.registerAuth]: registerAuth,
    [ROUTES.callHook]: callHook,
    [ROUTES.dialAction]: dialAction,
    [ROUTES.callStatus]: callStatus,
  };
  const telemetry = telemetryLog(print, 'edge-registrar', 'INFO', now);
  return apiGatewayHandler(hooks, contextFromEnv(env, telemetry, now, dynamodb, timers), telemetry, timers);
}
