import { isObject } from '../registrar/record/json';
import { type SignatureVerdict, verifySignature } from './signature';
import type { WebhookSecret } from './webhook-secrets';

/** One POST as it reached us. */
export interface HookRequest {
  /** The `Jambonz-Signature` header. */
  readonly signature: string | undefined;
  /** As it came, for the signature covers its bytes: a text, or bytes that may be none. */
  readonly body: string | Uint8Array;
  /** The base URL of the routes, as jambonz called it, without a slash at its end. */
  readonly baseUrl: string;
}

/** What goes back: always JSON, as jambonz drops any other content type. */
export interface HookAnswer {
  readonly status: number;
  readonly body: unknown;
}

export type HookRefusal =
  | 'too-large'
  | Exclude<SignatureVerdict, 'right'>
  | 'not-json'
  | 'not-understood'
  | 'realm-of-another-account';

/** A webhook whose sender is proven and whose body is a JSON object. */
export type OpenedHook =
  | { readonly ok: true; readonly json: Record<string, unknown>; readonly signedBy: readonly WebhookSecret[] }
  | { readonly ok: false; readonly because: HookRefusal };

/** jambonz's hooks are 1 to 4 kB; this leaves room for long SDPs and none for floods. */
export const MAX_BODY_BYTES = 256 * 1024;
const MAX_JSON_DEPTH = 32;

/**
 * Opens a webhook: size, then signature, and only then the JSON.
 * @param now unix ms
 */
export function openHook(
  { signature, body }: Pick<HookRequest, 'signature' | 'body'>,
  secrets: readonly WebhookSecret[],
  now: number,
): OpenedHook {
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) return { ok: false, because: 'too-large' };
  const { verdict, by } = verifySignature(signature, body, secrets, now);
  if (verdict !== 'right') return { ok: false, because: verdict };
  const json = parseJson(body);
  return json ? { ok: true, json, signedBy: by } : { ok: false, because: 'not-json' };
}

const REFUSALS: Readonly<Record<HookRefusal, { status: number; error: string }>> = {
  'too-large': { status: 413, error: 'the body is larger than 256 KB' },
  'missing-signature': { status: 401, error: 'the Jambonz-Signature header is missing' },
  'wrong-signature': { status: 401, error: 'the Jambonz-Signature does not fit the body and the secret' },
  'signature-too-old': { status: 401, error: 'the Jambonz-Signature is older than 300 s' },
  'signature-from-future': {
    status: 401,
    error: 'the Jambonz-Signature is more than 300 s ahead of our clock',
  },
  'not-json': { status: 400, error: 'the body is not a JSON object' },
  'not-understood': { status: 400, error: 'the body is not what jambonz sends to this hook' },
  'realm-of-another-account': { status: 403, error: 'this webhook secret does not speak for that realm' },
};

/** The text of each refusal, for a misconfigured jambonz. */
export function refuseHook(because: HookRefusal): HookAnswer {
  const { status, error } = REFUSALS[because];
  return { status, body: { error } };
}

/** Made once: making one costs more than using it. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(body: string | Uint8Array): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(typeof body === 'string' ? body : UTF8.decode(body));
    return isObject(json) && !isDeeperThan(json, MAX_JSON_DEPTH) ? json : undefined;
  } catch {
    return undefined;
  }
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const name in value) if (isDeeperThan(value[name as keyof typeof value], levels - 1)) return true;
  return false;
}
