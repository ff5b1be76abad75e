import { parseWebhookSecrets } from '../jambonz/webhook-secrets';
import type { World } from '../jambonz/world';
import { CALL_GRANT_MODES } from '../registrar/call-grant';
import { callGrants } from './call-grants';
import { customersTable } from './customers-table';
import { type DynamoDB, dynamodbAt } from './dynamodb';
import { guesses } from './guesses';
import type { Journal, OnTrouble } from './journal';
import { ENV } from './names';
import { seatsTable } from './seats-table';
import { secretsManagerSecrets } from './secrets';
import type { Timers } from './timers';
import { usedAnswers } from './used-answers';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The world without an ear: the door listens, as it knows which request it is about. */
export type Surroundings = Omit<World, 'report' | 'overdue'>;

/**
 * The world as the environment variables describe it: in Lambda those that the stack set, on a laptop those of the
 * local stack. A missing one is a deployment that cannot work, so it stops here and not at the first phone.
 * @param now unix ms
 * @param timers real ones when absent
 */
export function worldOf(
  env: Environment,
  journal: Journal,
  now: () => number = Date.now,
  dynamodb: DynamoDB = dynamodbAt(env[ENV.dynamodbEndpoint]),
  timers?: Timers,
): Surroundings {
  const onTrouble = journal.troubled;
  const memory = { dynamodb, tableName: required(env, ENV.memoryTable), now, onTrouble, timers };
  return {
    now,
    secrets: secretsOf(env, now, onTrouble, timers),
    customers: customersTable({
      dynamodb,
      tableName: required(env, ENV.customersTable),
      now,
      staleIfErrorMs: wholeNumber(env, ENV.staleIfErrorSeconds, 'seconds', 15 * 60) * 1000,
      onProblems: journal.badRecord,
      onRead: journal.lookedUp,
      onTrouble,
      timers,
    }),
    usedAnswers: usedAnswers(memory),
    guesser: guesses(memory),
    callGrants: callGrants(memory),
    seats: seatsTable(memory),
    settings: {
      outboundSipHost: required(env, ENV.outboundSipHost),
      callGrant: oneOf(CALL_GRANT_MODES, env, ENV.callGrant, 'enforce'),
      emergencyForDisabled: oneOf(['true', 'false'], env, ENV.emergencyForDisabled, 'true') === 'true',
      callsWithoutMemory: oneOf(['allow', 'refuse'], env, ENV.callsWithoutMemory, 'allow'),
    },
  };
}

function secretsOf(
  env: Environment,
  now: () => number,
  onTrouble: OnTrouble,
  timers: Timers | undefined,
): World['secrets'] {
  const given = env[ENV.webhookSecret];
  if (given === undefined)
    return secretsManagerSecrets({
      arn: required(env, ENV.webhookSecretArn),
      previousMs: wholeNumber(env, ENV.previousSecretHours, 'hours', 24) * 3600_000,
      now,
      onTrouble,
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

function oneOf<const Choice extends string>(
  choices: readonly Choice[],
  env: Environment,
  name: string,
  otherwise: Choice,
): Choice {
  const value = env[name] ?? otherwise;
  const choice = choices.find((it) => it === value);
  if (choice === undefined) throw new Error(`${name} is "${value}": write one of ${choices.join(', ')}`);
  return choice;
}

function wholeNumber(env: Environment, name: string, of: 'seconds' | 'hours', otherwise: number): number {
  const value = env[name] ?? String(otherwise);
  if (!/^\d{1,6}$/.test(value)) throw new Error(`${name} is "${value}": write a whole number of ${of}`);
  return Number(value);
}
