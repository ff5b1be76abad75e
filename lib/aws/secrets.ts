import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseWebhookSecrets, type WebhookSecret } from '../jambonz/webhook-secrets';
import { Undecided } from '../jambonz/world';

const READ_BUDGET_MS = 1500;
/** How long a secret is used before it is read again: a rotation is complete within this. */
const FRESH_MS = 5 * 60_000;

/**
 * The webhook secrets in Secrets Manager: the current version and the previous one, so that a rotation drops no
 * call. Read once and kept; while Secrets Manager cannot be read, the last known ones go on.
 */
export function secretsManagerSecrets(
  arn: string,
  now: () => number,
): () => Promise<readonly WebhookSecret[]> {
  const client = new SecretsManagerClient({ maxAttempts: 3 });
  let known: { readonly secrets: readonly WebhookSecret[]; readonly readAt: number } | undefined;
  return async () => {
    if (known && now() - known.readAt < FRESH_MS) return known.secrets;
    try {
      const current = await readVersion(client, arn, 'AWSCURRENT');
      const previous = await readVersion(client, arn, 'AWSPREVIOUS').catch(onlyMissing);
      known = { secrets: [...current, ...previous], readAt: now() };
    } catch (cause) {
      if (!known) throw new Undecided('the webhook secret could not be read', { cause });
    }
    return known?.secrets ?? [];
  };
}

async function readVersion(
  client: SecretsManagerClient,
  arn: string,
  stage: string,
): Promise<WebhookSecret[]> {
  const command = new GetSecretValueCommand({ SecretId: arn, VersionStage: stage });
  const { SecretString } = await client.send(command, { abortSignal: AbortSignal.timeout(READ_BUDGET_MS) });
  return parseWebhookSecrets(SecretString ?? '');
}

/** A secret that was never rotated has no previous version. */
function onlyMissing(cause: unknown): WebhookSecret[] {
  if (cause instanceof Error && cause.name === 'ResourceNotFoundException') return [];
  throw cause;
}
