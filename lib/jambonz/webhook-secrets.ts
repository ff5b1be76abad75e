import { realmKey } from '../registrar/record/aor';
import { isObject } from '../registrar/record/json';

/** A secret that jambonz signs with. `realms`: the only realms it may speak for; absent, all of them. */
export interface WebhookSecret {
  readonly secret: string;
  readonly realms?: readonly string[];
}

const MIN_SECRET_LENGTH = 8;

/**
 * Reads the setting: `wh_secret_a,wh_secret_b`, or a JSON list when secrets are bound to realms:
 * `[{ "secret": "wh_secret_a", "realms": ["sip.example.com"] }]`.
 * @throws Error that says what is wrong and how to write it, without the text itself
 */
export function parseWebhookSecrets(text: string): WebhookSecret[] {
  const slip = SLIPS.find(({ looksLike }) => looksLike(text.trim()));
  if (slip) throw new Error(slip.fix);
  const secrets = text.trim().startsWith('[')
    ? parseList(text)
    : text.split(',').map((secret) => ({ secret: secret.trim() }));
  const given = secrets.filter(({ secret }) => secret !== '');
  if (given.length === 0)
    throw new Error('no webhook secret is set: without one anybody could pose as jambonz');
  if (given.some(({ secret }) => secret.length < MIN_SECRET_LENGTH)) {
    throw new Error(
      `a webhook secret is shorter than ${MIN_SECRET_LENGTH} characters; use the one that jambonz made for the account`,
    );
  }
  return given;
}

/** Forms that people store by mistake, and that would be taken for the secret itself. */
const SLIPS: readonly { readonly looksLike: (text: string) => boolean; readonly fix: string }[] = [
  {
    looksLike: (text) => /^\{.*"secret"\s*:/s.test(text),
    fix: 'the webhook secret is a JSON object: put it into a list, as in [{ "secret": "…", "realms": ["…"] }]',
  },
  {
    looksLike: (text) => text.startsWith('{'),
    fix: 'the webhook secret is stored as key and value, as the AWS console does by default: choose "Plaintext" there, and store nothing but the secret',
  },
  {
    looksLike: (text) => !text.startsWith('[') && /["'`“”]/.test(text),
    fix: 'the webhook secret is in quotes: store it without them',
  },
  {
    looksLike: (text) => !text.startsWith('[') && text.split(',').some((part) => /\S\s+\S/.test(part)),
    fix: 'the webhook secret has white space in it: store nothing but the secret; several have a comma between them',
  },
];

/** May one of these secrets speak about the realm? */
export function coversRealm(signedBy: readonly WebhookSecret[], realm: string): boolean {
  return signedBy.some(
    ({ realms }) => realms === undefined || realms.map(realmKey).includes(realmKey(realm)),
  );
}

function parseList(text: string): WebhookSecret[] {
  const list: unknown = parseJson(text);
  if (!Array.isArray(list) || !list.every(isWebhookSecret)) {
    throw new Error('the webhook secrets are not a JSON list of { "secret": "…", "realms": ["…"] }');
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

/** A field of another name may be meant to restrict the secret. */
function isWebhookSecret(value: unknown): value is WebhookSecret {
  if (!isObject(value) || Object.keys(value).some((key) => key !== 'secret' && key !== 'realms'))
    return false;
  const { secret, realms } = value;
  const isRealms = Array.isArray(realms) && realms.every((realm) => typeof realm === 'string');
  return typeof secret === 'string' && (realms === undefined || isRealms);
}
