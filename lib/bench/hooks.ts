import { callHook, callStatus, dialAction } from '../../lambdas/call-hook';
import { registerAuth } from '../../lambdas/register-auth';
import { door, type Handler } from '../aws/door';
import type { DynamoDB } from '../aws/dynamodb';
import { journal, type Print } from '../aws/journal';
import { ENV } from '../aws/names';
import { worldOf } from '../aws/world';
import { ROUTES } from '../jambonz/routes';
import { LOCAL_TABLES } from '../local/dynamodb';
import { SECRET } from './phones';

/** Both Lambdas' hooks in this process: each call makes new ones, which have seen nobody yet. */
export function hooksOver(dynamodb: DynamoDB, print: Print, now: () => number = Date.now): Handler {
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
  const told = journal(print, 'edge-registrar', 'INFO', now);
  return door(hooks, worldOf(env, told, now, dynamodb), told);
}
