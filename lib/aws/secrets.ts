import { parseWebhookSecrets, type WebhookSecret } from '../jambonz/webhook-secrets';
import { Misconfigured, type World } from '../jambonz/world';
import { ask, connectionTo } from './aws-json';
import type { OnTrouble } from './journal';
import { nameOf, withTries } from './tries';

const BUDGET = { wholeMs: 1200, tryMs: 600 };
/** How long a secret is used before it is read again, unasked. */
const FRESH_MS = 5 * 60_000;
/** A signature that does not fit may mean that jambonz has a new secret; a stranger can send many of those. */
const ASK_AGAIN_MS = 30_000;

/** GetSecretValue (AWS Secrets Manager API reference). */
export type ReadSecret = (
  input: { readonly SecretId: string; readonly VersionStage: string },
  signal?: AbortSignal,
) => Promise<{ readonly SecretString?: unknown }>;

const PROTOCOL = {
  service: 'secretsmanager',
  targetPrefix: 'secretsmanager',
  contentType: 'application/x-amz-json-1.1',
};

/** Secrets Manager of this Region. */
export function secretsManager(): ReadSecret {
  const connection = connectionTo('SECRETS_MANAGER');
  return (input, signal) => ask(connection, PROTOCOL, 'GetSecretValue', input, signal);
}

/**
 * The webhook secrets in Secrets Manager: the current version and the previous one, so that a rotation drops no
 * call. Read once and kept; read again when they are old, or doubted, at most once per 30 s. While Secrets Manager
 * cannot be read, the last known ones go on.
 * @param read tried once
 */
export function secretsManagerSecrets(
  arn: string,
  now: () => number,
  onTrouble: OnTrouble,
  read: ReadSecret = secretsManager(),
): World['secrets'] {
  let known: { readonly secrets: readonly WebhookSecret[]; readonly readAt: number } | undefined;
  let askedAt = -Infinity;
  let underWay: Promise<readonly WebhookSecret[]> | undefined;

  const ask = async (): Promise<readonly WebhookSecret[]> => {
    askedAt = now();
    try {
      known = { secrets: await readSecrets(read, arn), readAt: now() };
    } catch (cause) {
      if (!known) throw cause;
      onTrouble({ what: 'old-secrets-kept', cause });
    }
    return known.secrets;
  };

  return async (doubted) => {
    const wanted = !known || doubted !== undefined || now() - known.readAt >= FRESH_MS;
    if (known && !(wanted && now() - askedAt >= ASK_AGAIN_MS))
      return underWay && doubted ? underWay : known.secrets;
    underWay ??= ask().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

async function readSecrets(read: ReadSecret, arn: string): Promise<readonly WebhookSecret[]> {
  const [current, previous] = await Promise.all([
    readVersion(read, arn, 'AWSCURRENT'),
    readVersion(read, arn, 'AWSPREVIOUS').catch(onlyMissing),
  ]);
  return [...readCurrent(current), ...readPrevious(previous)];
}

/** @throws Misconfigured: an admin has to write the secret again */
function readCurrent(text: string): readonly WebhookSecret[] {
  try {
    return parseWebhookSecrets(text);
  } catch (cause) {
    throw new Misconfigured(cause instanceof Error ? cause.message : 'the webhook secret cannot be read');
  }
}

/** A slip that was mended since is the previous version now: nothing was ever signed with it. */
function readPrevious(text: string | undefined): readonly WebhookSecret[] {
  try {
    return text === undefined ? [] : parseWebhookSecrets(text);
  } catch {
    return [];
  }
}

async function readVersion(
  read: ReadSecret,
  arn: string,
  stage: 'AWSCURRENT' | 'AWSPREVIOUS',
): Promise<string> {
  const { SecretString } = await withTries(
    'the webhook secret',
    BUDGET,
    (signal) => read({ SecretId: arn, VersionStage: stage }, signal),
    stage === 'AWSPREVIOUS' ? ['ResourceNotFoundException'] : [],
  );
  // A secret of bytes is none of ours.
  return typeof SecretString === 'string' ? SecretString : '';
}

/** A secret that was never rotated has no previous version. */
function onlyMissing(cause: unknown): undefined {
  if (nameOf(cause) !== 'ResourceNotFoundException') throw cause;
}
