import { registerAuth } from '../../../lambdas/register-auth';
import { authContextFromEnv } from '../../aws/lambda/context-from-env';
import { lambdaHandler } from '../../aws/lambda/lambda-handler';
import { webhookSecretsStore } from '../../aws/stores/webhook-secrets-store';
import { ENV, type Environment } from '../../hooks/settings';
import type { Telemetry } from '../../hooks/telemetry';
import { ROUTES } from '../../jambonz/routes';
import { dynamodbOverSdk, secretsOverSdk } from '../sdk';

// Register-auth with the SDK in the place of our own clients.

const contextOf = (env: Environment, telemetry: Telemetry) => ({
  ...authContextFromEnv(env, telemetry, Date.now, dynamodbOverSdk()),
  secrets: webhookSecretsStore({
    arn: env[ENV.webhookSecretArn] ?? '',
    previousMs: 0,
    now: Date.now,
    onDegraded: telemetry.degraded,
    read: secretsOverSdk(),
  }),
});

export const handler = lambdaHandler({ [ROUTES.registerAuth]: registerAuth }, contextOf);
