import { readSecretText, writeSecretText } from '../aws/secret-text';
import { parseWebhookSecrets, speaksFor } from '../jambonz/webhook-secrets';
import { readLocalSecret, writeLocalSecret } from '../local/webhook-secret';
import type { Place } from './place';
import { Refused } from './shell';

/** Where a deployment keeps the secrets that jambonz signs with. */
export interface SecretStore {
  /** undefined: nothing was put there yet. */
  readonly read: () => Promise<string | undefined>;
  readonly write: (text: string) => Promise<void>;
}

/** @throws Refused when only the Customers table is known */
export function secretStore({ webhookSecret, dynamodb }: Place): SecretStore {
  if (webhookSecret === undefined)
    throw new Refused('with --table alone nobody knows where the webhook secret is kept: say --stack NAME');
  if (webhookSecret === 'local')
    return { read: () => readLocalSecret(dynamodb), write: (text) => writeLocalSecret(dynamodb, text) };
  const { arn } = webhookSecret;
  return { read: () => readSecretText(arn), write: (text) => writeSecretText(arn, text) };
}

/** Does what is stored let jambonz speak for this realm with this secret? */
export function accepts(stored: string | undefined, secret: string, realm: string): boolean {
  const matching = parse(stored).filter((it) => it.secret === secret);
  return speaksFor(matching, realm);
}

/**
 * What to store so that it does. A plain text is replaced: the one before stays valid as the previous version. In
 * a list, where several accounts share a deployment, only the secret of this realm is.
 */
export function withSecret(stored: string | undefined, secret: string, realm: string): string {
  if (!stored?.trim().startsWith('[')) return secret;
  const others = parse(stored).filter((it) => it.secret !== secret && !(it.realms ?? []).includes(realm));
  return JSON.stringify([...others, { secret, realms: [realm] }]);
}

function parse(stored: string | undefined) {
  try {
    return parseWebhookSecrets(stored ?? '');
  } catch {
    return [];
  }
}
