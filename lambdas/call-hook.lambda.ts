import { callContextFromEnv } from '../lib/aws/lambda/context-from-env';
import { lambdaHandler } from '../lib/aws/lambda/lambda-handler';
import { ROUTES } from '../lib/jambonz/routes';
import { callHook, callStatus, dialAction, refer } from './call-hook';

export const handler = lambdaHandler(
  {
    [ROUTES.callHook]: callHook,
    [ROUTES.dialAction]: dialAction,
    [ROUTES.callStatus]: callStatus,
    [ROUTES.refer]: refer,
  },
  callContextFromEnv,
);
