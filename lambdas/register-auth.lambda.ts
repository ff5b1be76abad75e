import { authContextFromEnv } from '../lib/aws/lambda/context-from-env';
import { lambdaHandler } from '../lib/aws/lambda/lambda-handler';
import { ROUTES } from '../lib/jambonz/routes';
import { registerAuth } from './register-auth';

export const handler = lambdaHandler({ [ROUTES.registerAuth]: registerAuth }, authContextFromEnv);
