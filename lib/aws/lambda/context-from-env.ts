import type { HookContext } from '../../hooks/context';
import { ENV, type Environment, type HookSettings, readHookSettings } from '../../hooks/settings';
import type { OnDegraded, Telemetry } from '../../hooks/telemetry';
import { parseWebhookSecrets } from '../../jambonz/webhook-secrets';
import { type DynamoDB, dynamodbAt } from '../client/dynamodb';
import type { Timers } from '../client/timers';
import { accountDirectoryStore } from '../stores/account-directory-store';
import { bruteForceStore } from '../stores/brute-force-store';
import { callGrantsStore } from '../stores/call-grants-store';
import { callLimitsStore } from '../stores/call-limits-store';
import { customersStore, numbersStore } from '../stores/customers-store';
import { replayStore } from '../stores/replay-store';
import { webhookSecretsStore } from '../stores/webhook-secrets-store';

/** The part of HookContext that outlives a request. */
export type SharedContext = Omit<HookContext, 'report' | 'isOverdue'>;

/**
 * The context that the environment variables describe: in Lambda those that the stack set, on a laptop those of the
 * local stack. A missing one is a deployment that cannot work, so it stops here and not at the first phone.
 * @param now unix ms
 * @param timers real ones when absent
 */
export function contextFromEnv(
  env: Environment,
  telemetry: Telemetry,
  now: () => number = Date.now,
  dynamodb: DynamoDB = dynamodbAt(env[ENV.dynamodbEndpoint]),
  timers?: Timers,
): SharedContext {
  const onDegraded = telemetry.degraded;
  const settings = readHookSettings(env);
  const memory = { dynamodb, tableName: required(env, ENV.memoryTable), now, onDegraded, timers };
  const customers = {
    dynamodb,
    tableName: required(env, ENV.customersTable),
    now,
    staleIfErrorMs: settings.staleIfErrorSeconds * 1000,
    onProblems: telemetry.badRecord,
    onRead: telemetry.lookedUp,
    onDegraded,
    timers,
  };
  return {
    now,
    secrets: secretsOf(env, settings, now, onDegraded, timers),
    customers: customersStore(customers),
    numbers: numbersStore(customers),
    directory: accountDirectoryStore(customers),
    replay: replayStore(memory),
    bruteForceGuard: bruteForceStore(memory),
    callGrants: callGrantsStore(memory),
    callLimits: callLimitsStore(memory),
    settings: { ...settings, outboundSipHost: required(env, ENV.outboundSipHost) },
  };
}

function secretsOf(
  env: Environment,
  { previousSecretHours }: HookSettings,
  now: () => number,
  onDegraded: OnDegraded,
  timers: Timers | undefined,
): HookContext['secrets'] {
  const given = env[ENV.webhookSecret];
  if (given === undefined)
    return webhookSecretsStore({
      arn: required(env, ENV.webhookSecretArn),
      previousMs: previousSecretHours * 3600_000,
      now,
      onDegraded,
      timers,
    });
  const secrets = parseWebhookSecrets(given);
  return async () => secrets;
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
}
