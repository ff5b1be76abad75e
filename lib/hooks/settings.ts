import { CALL_GRANT_MODES, type CallGrantMode } from '../registrar/auth/call-grant';
import type { CallSettings } from '../registrar/calls/call';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Environment variables that name resources. They have no defaults; those of `HOOK_SETTINGS` do. */
export const ENV = {
  customersTable: 'CUSTOMERS_TABLE',
  memoryTable: 'MEMORY_TABLE',
  /** ARN in Secrets Manager. The local stack passes the secrets themselves in `webhookSecret`. */
  webhookSecretArn: 'WEBHOOK_SECRET_ARN',
  webhookSecret: 'WEBHOOK_SECRET',
  outboundSipHost: 'OUTBOUND_SIP_HOST',
  dynamodbEndpoint: 'DYNAMODB_ENDPOINT',
  /** The CloudWatch namespace of this instance's metrics. */
  metricsNamespace: 'METRICS_NAMESPACE',
} as const;

/** The host that synthesis and the local stack use by default (RFC 2606). A stack that has it cannot be deployed. */
export const EXAMPLE_SIP_HOST = 'sip.carrier.example';

/** Used when the instance has no name. */
export const DEFAULT_METRICS_NAMESPACE = 'edge-registrar';

/** `WARN`: only refusals and errors; `ERROR`: only errors. */
export const LOG_LEVELS = ['INFO', 'WARN', 'ERROR'] as const;

/** A setting that the stack takes from its context and the hooks read from their environment. */
export interface HookSetting<Value extends string | number | boolean> {
  /** The name of its environment variable. */
  readonly env: string;
  /** The default. */
  readonly otherwise: Value;
  /** undefined: not a value of this setting */
  readonly parse: (text: string) => Value | undefined;
  /** Completes an error message: `write true or false`. */
  readonly fix: string;
}

/**
 * The settings of the hooks in one deployment. Each name, type and default is declared only here; the stack, the
 * Lambdas, the local stack and the command line read it from here.
 */
export const HOOK_SETTINGS = {
  callGrant: oneOf('CALL_GRANT', CALL_GRANT_MODES, 'enforce'),
  callsWithoutMemory: oneOf('CALLS_WITHOUT_MEMORY', ['allow', 'refuse'], 'allow'),
  previousSecretHours: wholeNumber('PREVIOUS_SECRET_HOURS', 0, 8_760, 24),
  staleIfErrorSeconds: wholeNumber('STALE_IF_ERROR_SECONDS', 0, 86_400, 900),
  emergencyForDisabled: yesOrNo('EMERGENCY_FOR_DISABLED', true),
  // Not AWS_LAMBDA_LOG_LEVEL, because Lambda would then drop the metrics too.
  logLevel: oneOf('LOG_LEVEL', LOG_LEVELS, 'INFO'),
} as const;

type ValueOf<Setting> = Setting extends HookSetting<infer Value> ? Value : never;

export type HookSettings = {
  readonly [Name in keyof typeof HOOK_SETTINGS]: ValueOf<(typeof HOOK_SETTINGS)[Name]>;
};

/** Descriptions for people. Separate from the settings, so that they are not in the Lambdas' bundles. */
export const MEANINGS: Readonly<Record<keyof HookSettings, string>> = {
  callGrant:
    'Must each call belong to an authenticated INVITE to that number? observe: a call without one is connected and counted',
  callsWithoutMemory:
    'What happens to a call while the memory table is unavailable, so that its digest cannot be checked for replay',
  previousSecretHours: 'How long the previous webhook secret stays valid after it was replaced',
  staleIfErrorSeconds: 'How long a cached record is used while the customers table is unavailable',
  emergencyForDisabled: 'May a disabled account call its emergency numbers?',
  logLevel: 'INFO: one line per decision; WARN: only refusals and errors; ERROR: only errors',
};

/** Invalid settings: one line for each, with its fix. */
export class WrongEnvironment extends Error {}

/**
 * Reads the settings from the environment; a variable that is not set has its default.
 * @throws WrongEnvironment
 */
export function readHookSettings(env: Environment): HookSettings {
  const problems: string[] = [];
  const settings = settingNames().map((name) => {
    const { env: variable, otherwise, parse, fix } = HOOK_SETTINGS[name];
    const text = env[variable];
    const value = text === undefined ? otherwise : parse(text);
    if (value === undefined) problems.push(`${variable} is "${text}": ${fix}`);
    return [name, value];
  });
  if (problems.length > 0) throw new WrongEnvironment(problems.join('\n'));
  // Each value is what the setting of its name parsed.
  return Object.fromEntries(settings) as HookSettings;
}

/** The environment that `readHookSettings` reads these settings from. */
export function environmentOf(settings: HookSettings): Readonly<Record<string, string>> {
  return Object.fromEntries(settingNames().map((name) => [HOOK_SETTINGS[name].env, String(settings[name])]));
}

function settingNames(): (keyof HookSettings)[] {
  return Object.keys(HOOK_SETTINGS) as (keyof HookSettings)[];
}

/**
 * Reads the settings that the rules of calls need.
 * @throws WrongEnvironment
 */
export function readCallSettings(env: Environment): CallSettings {
  const { callGrant, emergencyForDisabled } = readHookSettings(env);
  return {
    outboundSipHost: env[ENV.outboundSipHost] ?? EXAMPLE_SIP_HOST,
    callGrant,
    emergencyForDisabled,
  };
}

function oneOf<const Choice extends string>(
  env: string,
  choices: readonly Choice[],
  otherwise: NoInfer<Choice>,
): HookSetting<Choice> {
  const others = choices.slice(0, -1).join(', ');
  return {
    env,
    otherwise,
    parse: (text) => choices.find((it) => it === text),
    fix: `write ${others} or ${choices.at(-1)}`,
  };
}

function yesOrNo(env: string, otherwise: boolean): HookSetting<boolean> {
  const { parse, fix } = oneOf(env, ['true', 'false'], 'true');
  const isYes = (choice: string | undefined) => (choice === undefined ? undefined : choice === 'true');
  return { env, otherwise, parse: (text) => isYes(parse(text)), fix };
}

function wholeNumber(env: string, least: number, most: number, otherwise: number): HookSetting<number> {
  const isInRange = (text: string) => /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most;
  return {
    env,
    otherwise,
    parse: (text) => (isInRange(text) ? Number(text) : undefined),
    fix: `write a whole number, ${least} to ${most}`,
  };
}

/**
 * The `resource` of an event that asks a Lambda to check itself. It cannot come through API Gateway, whose resources
 * begin with a slash: the sender needs permission to invoke the Lambda.
 */
export const HEALTH_CHECK = 'health-check';

/** Settings of the deployment about authentication. */
export interface AuthSettings {
  readonly callGrant: CallGrantMode;
  /** What happens to a call while its digest cannot be checked for replay: connect it, or answer 504. */
  readonly callsWithoutMemory: 'allow' | 'refuse';
}
