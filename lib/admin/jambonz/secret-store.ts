import { readSecretText, writeSecretText } from '../../aws/tools/secret-text';
import { coversRealm, parseWebhookSecrets, type WebhookSecret } from '../../jambonz/webhook-secrets';
import { readLocalSecret, writeLocalSecret } from '../../local/local-secret';
import { realmKey, sameRealm } from '../../registrar/record/aor';
import type { Deployment } from '../deployment';
import { Refused } from '../shell';

/** Where a deployment keeps the secrets that jambonz signs with. */
export interface SecretStore {
  /** undefined: nothing was put there yet. */
  readonly read: () => Promise<string | undefined>;
  readonly write: (text: string) => Promise<void>;
}

/** @throws Refused when only the Customers table is known */
export function secretStore({ webhookSecret, dynamodb }: Deployment): SecretStore {
  if (webhookSecret === undefined)
    throw new Refused(
      'with --table alone it is not known where the webhook secret is stored: pass --stack NAME',
    );
  if (webhookSecret === 'local')
    return { read: () => readLocalSecret(dynamodb), write: (text) => writeLocalSecret(dynamodb, text) };
  const { arn } = webhookSecret;
  return { read: () => readSecretText(arn), write: (text) => writeSecretText(arn, text) };
}

/** Does what is stored let jambonz speak for this realm with this secret? */
export function accepts(stored: string | undefined, secret: string, realm: string): boolean {
  const matching = parse(stored).filter((it) => it.secret === secret);
  return coversRealm(matching, realm);
}

/**
 * What to store so that it does. In a list, where several accounts share a deployment, only what was there for this
 * account is replaced, and keeps its realms. A plain text does not say whose it is: where it may be another account's
 * the new one goes beside it; else it is replaced, and stays valid for a while as the previous version.
 * @param mayBeOthers does the deployment serve realms that this account does not?
 */
export function withSecret(
  stored: string | undefined,
  secret: string,
  realm: string,
  mayBeOthers: boolean,
): string {
  if (!stored?.trim().startsWith('[')) {
    const kept = mayBeOthers && !isBorn(stored) ? parse(stored).map((it) => it.secret) : [];
    return [...kept, secret].join(',');
  }
  const isOurs = ({ secret: known, realms = [] }: WebhookSecret) =>
    known === secret || realms.some((it) => sameRealm(it, realm));
  const all = parse(stored);
  const realms = all.filter(isOurs).flatMap((it) => it.realms ?? []);
  const ours = { secret, realms: [...new Set([...realms, realm].map(realmKey))] };
  return JSON.stringify([...all.filter((it) => !isOurs(it)), ours]);
}

/** The random text that a new stack puts there (lib/stack/webhook-secret.ts): no account has it. */
function isBorn(stored: string | undefined): boolean {
  return stored !== undefined && /^[0-9A-Za-z]{64}$/.test(stored.trim());
}

function parse(stored: string | undefined): WebhookSecret[] {
  try {
    return parseWebhookSecrets(stored ?? '');
  } catch {
    return [];
  }
}
