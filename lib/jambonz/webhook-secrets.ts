import { realmKey } from '../registrar/aor';

/** A secret that jambonz signs with. `realms`: the only realms it may speak for; absent, all of them. */
export interface WebhookSecret {
  readonly secret: string;
  readonly realms?: readonly string[];
}

const SHORTEST_SECRET = 8;

/**
 * Reads the setting: `wh_secret_a,wh_secret_b`, or a JSON list when secrets are bound to realms:
 * `[{ "secret": "wh_secret_a", "realms": ["sip.example.com"] }]`.
 * @throws Error that says what is wrong, without the text itself
 */
export function parseWebhookSecrets(text: string): WebhookSecret[] {
  const secrets = text.trim().startsWith('[')
    ? parseList(text)
    : text.split(',').map((secret) => ({ secret: secret.trim() }));
  const given = secrets.filter(({ secret }) => secret !== '');
  if (given.length === 0)
    throw new Error('no webhook secret is set: without one anybody could pose as jambonz');
  if (given.some(({ secret }) => secret.length < SHORTEST_SECRET)) {
    throw new Error(
      `a webhook secret is shorter than ${SHORTEST_SECRET} characters; use the one that jambonz made for the account`,
    );
  }
  return given;
}

/** May one of these secrets speak about the realm? */
export function speaksFor(signedBy: readonly WebhookSecret[], realm: string): boolean {
  return signedBy.some(
    ({ realms }) => realms === undefined || realms.map(realmKey).includes(realmKey(realm)),
  );
}

function parseList(text: string): WebhookSecret[] {
  const list: unknown = parseJson(text);
  if (!Array.isArray(list) || !list.every(isWebhookSecret)) {
    throw new Error('the webhook secrets are no JSON list of { "secret": "…", "realms": ["…"] }');
  }
  return list.map(({ secret, realms }) => (realms ? { secret, realms } : { secret }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isWebhookSecret(value: unknown): value is WebhookSecret {
  if (typeof value !== 'object' || value === null || !('secret' in value) || typeof value.secret !== 'string')
    return false;
  const realms = 'realms' in value ? value.realms : undefined;
  return (
    realms === undefined || (Array.isArray(realms) && realms.every((realm) => typeof realm === 'string'))
  );
}
