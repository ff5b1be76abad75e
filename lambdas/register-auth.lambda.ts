import { lambdaDoor } from '../lib/aws/lambda-door';
import { ROUTES } from '../lib/jambonz/routes';
import { registerAuth } from './register-auth';

export const handler = lambdaDoor({ [ROUTES.registerAuth]: registerAuth });
