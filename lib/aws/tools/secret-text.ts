import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

const CALL_BUDGET_MS = 10_000;

/** The text of a secret's current version; undefined: it has none yet. */
export async function readSecretText(arn: string): Promise<string | undefined> {
  const client = new SecretsManagerClient({ maxAttempts: 3 });
  try {
    const command = new GetSecretValueCommand({ SecretId: arn });
    return (await client.send(command, { abortSignal: AbortSignal.timeout(CALL_BUDGET_MS) })).SecretString;
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ResourceNotFoundException') return undefined;
    throw cause;
  } finally {
    client.destroy();
  }
}

/** Makes a new version of a secret; the one before becomes AWSPREVIOUS. */
export async function writeSecretText(arn: string, text: string): Promise<void> {
  const client = new SecretsManagerClient({ maxAttempts: 3 });
  const command = new PutSecretValueCommand({ SecretId: arn, SecretString: text });
  try {
    await client.send(command, { abortSignal: AbortSignal.timeout(CALL_BUDGET_MS) });
  } finally {
    client.destroy();
  }
}
