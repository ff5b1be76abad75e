import { parseWebhookSecrets } from '../jambonz/webhook-secrets';
import type { World } from '../jambonz/world';
import type { CallSettings } from '../registrar/plan';
import { customersTable } from './customers-table';
import { connectDynamoDB } from './dynamodb';
import { lineOf, linesOfProblems, type Print } from './journal';
import { ENV } from './names';
import { seatsTable } from './seats-table';
import { secretsManagerSecrets } from './secrets';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The world as the environment variables describe it: in Lambda those that the stack set, on a laptop those of the
 * local stack. A missing one is a deployment that cannot work, so it stops here and not at the first phone.
 */
export function worldOf(env: Environment, print: Print): World {
  const now = Date.now;
  const report: World['report'] = (decision) => print(lineOf(decision));
  const dynamodb = connectDynamoDB(env[ENV.dynamodbEndpoint]);
  return {
    now,
    secrets: secretsOf(env, now),
    customers: customersTable(dynamodb, required(env, ENV.customersTable), (aor, problems) =>
      linesOfProblems(aor, problems).forEach(print),
    ),
    seats: seatsTable(dynamodb, required(env, ENV.memoryTable), now),
    settings: settingsOf(env),
    report,
  };
}

function settingsOf(env: Environment): CallSettings {
  const callGrant = env[ENV.callGrant] ?? 'observe';
  if (callGrant !== 'off' && callGrant !== 'observe' && callGrant !== 'enforce')
    throw new Error(`${ENV.callGrant} is "${callGrant}": write off, observe or enforce`);
  return {
    outboundSipHost: required(env, ENV.outboundSipHost),
    callGrant,
    emergencyForDisabled: env[ENV.emergencyForDisabled] !== 'false',
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
