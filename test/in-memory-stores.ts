import type { CallGrant, CallGrants } from '../lib/registrar/auth/call-grant';
import { GRANT_TTL_MS } from '../lib/registrar/auth/call-grant';
import {
  type AnswerUse,
  type EarlierUse,
  isSameRequest,
  type ReplayStore,
  RING,
  slotOf,
} from '../lib/registrar/auth/replay';
import { type Aor, formatAor, realmKey } from '../lib/registrar/record/aor';

const nameOf = ({ username, realm }: Aor) => formatAor({ username, realm: realmKey(realm) });

/**
 * Used digests without a table.
 * @param used what all processes share, by account and nonce
 */
export function replayInMemory(now: () => number, used: Map<string, EarlierUse[]> = new Map()): ReplayStore {
  const ringOf = ({ aor, nonce, count, response }: AnswerUse) => {
    const key = JSON.stringify([nameOf(aor), nonce, count === undefined ? response : '']);
    const ring = used.get(key) ?? [];
    used.set(key, ring);
    return ring;
  };
  return {
    claim: async (use) => {
      const count = use.count ?? 1;
      const slot = slotOf(count);
      const ring = ringOf(use);
      const isNew = ring.every((it, at) => it.count < (at === slot ? count : count + RING));
      if (!isNew) return isSameRequest(use, ring[slot], now()) ? 'same-request' : 'replayed';
      ring[slot] = { count, request: use.request, at: now() };
      return 'first-use';
    },
  };
}

/** A stored grant. */
interface Stored {
  readonly endsAt: number;
  readonly takenBy?: string | undefined;
  readonly isNewSource: boolean;
}

/**
 * Call grants without a table.
 * @param grants what all processes share
 */
export function callGrantsInMemory(now: () => number, grants: Map<string, Stored> = new Map()): CallGrants {
  const keyOf = ({ aor, callId, dialled }: CallGrant) => JSON.stringify([nameOf(aor), callId, dialled]);
  return {
    issue: async (grant, isFromNewSource) => {
      const before = grants.get(keyOf(grant));
      const isNewSource = before?.isNewSource === true || isFromNewSource;
      grants.set(keyOf(grant), { ...before, endsAt: now() + GRANT_TTL_MS, isNewSource });
      return true;
    },
    redeem: async (grant, by) => {
      const stored = grants.get(keyOf(grant));
      if (!stored || stored.endsAt <= now() || (stored.takenBy ?? by) !== by) return 'missing';
      grants.set(keyOf(grant), { ...stored, takenBy: by });
      return stored.isNewSource ? 'new-source' : 'granted';
    },
  };
}
