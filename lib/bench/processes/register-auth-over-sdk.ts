import { registerAuth } from '../../../lambdas/register-auth';
import { contextFromEnv } from '../../aws/lambda/context-from-env';
import { lambdaHandler } from '../../aws/lambda/lambda-handler';
import { webhookSecretsStore } from '../../aws/stores/webhook-secrets-store';
import { ENV } from '../../hooks/settings';
import { ROUTES } from '../../jambonz/routes';
import { dynamodbOverSdk, secretsOverSdk } from '../sdk';

// Register-auth with the SDK in the place of our own clients.

export const handler = lambdaHandler({ [ROUTES.registerAuth]: registerAuth }, (env, telemetry) => ({
  ...contextFromEnv(env, telemetry, Date.now, dynamodbOverSdk()),
  secrets: webhookSecretsStore({
    arn: env[ENV.webhookSecretArn] ?? '',
    previousMs: 0,
    now: Date.now,
    onDegraded: telemetry.degraded,
    read: secretsOverSdk(),
  }),
}));
