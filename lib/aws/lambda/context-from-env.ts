import type {
  AuthContext,
  CallContext,
  CommonContext,
  HookContext,
  RequestContext,
} from '../../hooks/context';
import { ENV, type Environment, type HookSettings, readHookSettings } from '../../hooks/settings';
import type { Hook } from '../../hooks/signed-hook';
import type { OnDegraded, Telemetry } from '../../hooks/telemetry';
import { parseWebhookSecrets } from '../../jambonz/webhook-secrets';
import { type DynamoDB, dynamodbAt } from '../client/dynamodb';
import type { Timers } from '../client/timers';
import { accountDirectoryStore } from '../stores/account-directory-store';
import { bruteForceStore } from '../stores/brute-force-store';
import { callGrantsStore } from '../stores/call-grants-store';
import { callLimitsStore } from '../stores/call-limits-store';
import { customersStore } from '../stores/customers-store';
import { joinedReads } from '../stores/joined-reads';
import type { MemoryTable } from '../stores/memory-table';
import { numbersStore } from '../stores/numbers-store';
import type { CustomersTable } from '../stores/record-cache';
import { replayStore } from '../stores/replay-store';
import { webhookSecretsStore } from '../stores/webhook-secrets-store';

/** The part of a context that outlives a request. */
export type SharedContext<Context = HookContext> = Omit<Context, keyof RequestContext>;

/** Hooks that such a context is enough for. */
export type HooksOf<Shared> = Readonly<Record<string, Hook<Shared & RequestContext>>>;

type Given = Parameters<typeof commonFromEnv>;

/**
 * The context that the environment variables describe: in Lambda those that the stack set, on a laptop those of the
 * local stack. A missing one is a deployment that cannot work, so it stops here and not at the first phone.
 */
export function contextFromEnv(...given: Given): SharedContext {
  const { common, customers, memory } = commonFromEnv(...given);
  return { ...common, ...authStores(memory), ...callStores(customers, memory) };
}

/** What register-auth uses of it: its bundle holds nothing else. */
export function authContextFromEnv(...given: Given): SharedContext<AuthContext> {
  const { common, memory } = commonFromEnv(...given);
  return { ...common, ...authStores(memory) };
}

/** What the hooks of a call use of it. */
export function callContextFromEnv(...given: Given): SharedContext<CallContext> {
  const { common, customers, memory } = commonFromEnv(...given);
  return { ...common, ...callStores(customers, memory) };
}

function authStores(memory: MemoryTable): Pick<AuthContext, 'replay' | 'bruteForceGuard'> {
  return { replay: replayStore(memory), bruteForceGuard: bruteForceStore(memory) };
}

function callStores(
  customers: CustomersTable,
  memory: MemoryTable,
): Pick<CallContext, 'numbers' | 'directory' | 'callLimits'> {
  return {
    numbers: numbersStore(customers),
    directory: accountDirectoryStore(customers),
    callLimits: callLimitsStore(memory),
  };
}

/**
 * @param now unix ms
 * @param timers real ones when absent
 */
function commonFromEnv(
  env: Environment,
  telemetry: Telemetry,
  now: () => number = Date.now,
  client: DynamoDB = dynamodbAt(env[ENV.dynamodbEndpoint]),
  timers?: Timers,
): {
  readonly common: SharedContext<CommonContext>;
  readonly customers: CustomersTable;
  readonly memory: MemoryTable;
} {
  const dynamodb = joinedReads(client);
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
  const common = {
    now,
    secrets: secretsOf(env, settings, now, onDegraded, timers),
    customers: customersStore(customers),
    callGrants: callGrantsStore(memory),
    settings: { ...settings, outboundSipHost: required(env, ENV.outboundSipHost) },
  };
  return { common, customers, memory };
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
