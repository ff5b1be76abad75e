import { parseWebhookSecrets } from '../jambonz/webhook-secrets';
import type { World } from '../jambonz/world';
import { customersTable } from './customers-table';
import { connectDynamoDB } from './dynamodb';
import { lineOf, linesOfProblems, type Print } from './journal';
import { ENV } from './names';
import { secretsManagerSecrets } from './secrets';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The world as the environment variables describe it: in Lambda those that the stack set, on a laptop those of the
 * local stack. A missing one is a deployment that cannot work, so it stops here and not at the first phone.
 */
export function worldOf(env: Environment, print: Print): World {
  const now = Date.now;
  const report: World['report'] = (decision) => print(lineOf(decision));
  return {
    now,
    secrets: secretsOf(env, now),
    customers: customersTable(
      connectDynamoDB(env[ENV.dynamodbEndpoint]),
      required(env, ENV.customersTable),
      (aor, problems) => linesOfProblems(aor, problems).forEach(print),
    ),
    settings: { outboundSipHost: required(env, ENV.outboundSipHost) },
    report,
  };
}

function secretsOf(env: Environment, now: () => number): World['secrets'] {
  const given = env[ENV.webhookSecret];
  if (given === undefined) return secretsManagerSecrets(required(env, ENV.webhookSecretArn), now);
  const secrets = parseWebhookSecrets(given);
  return async () => secrets;
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
}
