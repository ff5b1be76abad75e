import { registerAuth } from '../../../lambdas/register-auth';
import { lambdaDoor } from '../../aws/lambda-door';
import { ENV } from '../../aws/names';
import { secretsManagerSecrets } from '../../aws/secrets';
import { worldOf } from '../../aws/world';
import { ROUTES } from '../../jambonz/routes';
import { dynamodbOverSdk, secretsOverSdk } from '../sdk';

// Register-auth with the SDK in the place of our own clients.

export const handler = lambdaDoor({ [ROUTES.registerAuth]: registerAuth }, (env, told) => ({
  ...worldOf(env, told, Date.now, dynamodbOverSdk()),
  secrets: secretsManagerSecrets({
    arn: env[ENV.webhookSecretArn] ?? '',
    previousMs: 0,
    now: Date.now,
    onTrouble: told.troubled,
    read: secretsOverSdk(),
  }),
}));
