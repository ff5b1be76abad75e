import type { HookContext } from '../../hooks/context';
import { errorName, Misconfigured } from '../../hooks/errors';
import type { OnDegraded } from '../../hooks/telemetry';
import { parseWebhookSecrets, type WebhookSecret } from '../../jambonz/webhook-secrets';
import { type ReadSecret, secretsManager } from '../client/secrets-manager';
import type { Timers } from '../client/timers';
import { withRetry } from './retry';

const BUDGET = { totalMs: 1200, attemptMs: 600 };
/** The current version must not wait long for one that is only good during a rotation. */
const PREVIOUS_BUDGET = { totalMs: 600, attemptMs: 300 };
/** How long a secret is used before it is read again, unasked. */
const FRESH_MS = 5 * 60_000;
/** A signature that does not fit may mean that jambonz has a new secret; a stranger can send many of those. */
const ASK_AGAIN_MS = 30_000;

export interface WebhookSecretsStoreOptions {
  readonly arn: string;
  /** How long the version before the current one is good, since it was replaced. */
  readonly previousMs: number;
  /** Unix ms. */
  readonly now: () => number;
  readonly onDegraded: OnDegraded;
  /** Tried once. Secrets Manager of this Region when absent. */
  readonly read?: ReadSecret | undefined;
  /** Real ones when absent. */
  readonly timers?: Timers | undefined;
}

/** What was read, and when. */
interface Known {
  readonly current: readonly WebhookSecret[];
  readonly previous: readonly WebhookSecret[];
  /** Unix ms: when the current version was made, and so the previous one was replaced. */
  readonly replacedAt: number;
  readonly readAt: number;
}

/**
 * The webhook secrets in Secrets Manager: the current version, and for some hours the one that it replaced, so that a
 * rotation drops no call. Read once and kept; read again when they are old, or doubted, at most once per 30 s. While
 * Secrets Manager cannot be read, the last known ones go on. A previous version that cannot be read stops nothing.
 */
export function webhookSecretsStore(manager: WebhookSecretsStoreOptions): HookContext['secrets'] {
  const { now, onDegraded, previousMs } = manager;
  const read = manager.read ?? secretsManager();
  let known: Known | undefined;
  let askedAt = -Infinity;
  let pending: Promise<readonly WebhookSecret[]> | undefined;
  // Made once for each reading: who compares two answers sees by that whether anything was read.
  let valid:
    | { readonly of: Known; readonly withPrevious: boolean; readonly secrets: readonly WebhookSecret[] }
    | undefined;

  const validOf = (of: Known): readonly WebhookSecret[] => {
    const withPrevious = now() - of.replacedAt < previousMs;
    if (valid?.of !== of || valid.withPrevious !== withPrevious)
      valid = { of, withPrevious, secrets: withPrevious ? [...of.current, ...of.previous] : of.current };
    return valid.secrets;
  };
  const load = async (): Promise<readonly WebhookSecret[]> => {
    askedAt = now();
    try {
      known = await readSecrets({ ...manager, read }, known);
    } catch (cause) {
      if (!known) throw cause;
      onDegraded({ what: 'old-secrets-kept', cause });
    }
    return validOf(known);
  };

  return async (reason) => {
    const wanted = !known || reason !== undefined || now() - known.readAt >= FRESH_MS;
    if (known && !(wanted && now() - askedAt >= ASK_AGAIN_MS))
      return pending && reason ? pending : validOf(known);
    pending ??= load().finally(() => {
      pending = undefined;
    });
    return pending;
  };
}

type Manager = WebhookSecretsStoreOptions & { readonly read: ReadSecret };

async function readSecrets(manager: Manager, before: Known | undefined): Promise<Known> {
  const { now, onDegraded } = manager;
  const [current, previous] = await Promise.all([
    readVersion(manager, 'AWSCURRENT'),
    readVersion(manager, 'AWSPREVIOUS').catch((cause: unknown) => {
      // A secret that was never rotated has none.
      if (errorName(cause) === 'ResourceNotFoundException') return undefined;
      onDegraded({ what: 'previous-secret-not-read', cause });
      return 'not-read' as const;
    }),
  ]);
  const replacedAt = current.createdAt;
  return {
    current: readCurrent(current.text),
    previous: previous === 'not-read' ? lastKnown(before, replacedAt) : readPrevious(previous?.text),
    replacedAt,
    readAt: now(),
  };
}

/** What was known to be the previous version; what was the current one, when it has been replaced since. */
function lastKnown(before: Known | undefined, replacedAt: number): readonly WebhookSecret[] {
  if (!before) return [];
  return before.replacedAt === replacedAt ? before.previous : before.current;
}

/** @throws Misconfigured: an admin has to write the secret again */
function readCurrent(text: string): readonly WebhookSecret[] {
  try {
    return parseWebhookSecrets(text);
  } catch (cause) {
    throw new Misconfigured(cause instanceof Error ? cause.message : 'the webhook secret cannot be read');
  }
}

/** A wrong value that was corrected since is the previous version: nothing was ever signed with it. */
function readPrevious(text: string | undefined): readonly WebhookSecret[] {
  try {
    return text === undefined ? [] : parseWebhookSecrets(text);
  } catch {
    return [];
  }
}

async function readVersion(
  { read, arn, timers }: Manager,
  stage: 'AWSCURRENT' | 'AWSPREVIOUS',
): Promise<{ readonly text: string; readonly createdAt: number }> {
  const { SecretString, CreatedDate } = await withRetry(
    'the webhook secret',
    stage === 'AWSCURRENT' ? BUDGET : PREVIOUS_BUDGET,
    (signal) => read({ SecretId: arn, VersionStage: stage }, signal),
    stage === 'AWSPREVIOUS' ? ['ResourceNotFoundException'] : [],
    timers,
  );
  return {
    // A secret of bytes is none of ours.
    text: typeof SecretString === 'string' ? SecretString : '',
    // A version of unknown age was made long ago.
    createdAt: typeof CreatedDate === 'number' ? CreatedDate * 1000 : Number.NEGATIVE_INFINITY,
  };
}
