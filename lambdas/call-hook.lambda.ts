import { lambdaDoor } from '../lib/aws/lambda-door';
import { ROUTES } from '../lib/jambonz/routes';
import { callHook, callStatus, dialAction } from './call-hook';

export const handler = lambdaDoor({
  [ROUTES.callHook]: callHook,
  [ROUTES.dialAction]: dialAction,
  [ROUTES.callStatus]: callStatus,
});
