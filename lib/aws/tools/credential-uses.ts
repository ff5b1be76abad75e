import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { type Aor, formatAor } from '../../registrar/record/aor';
import { loginsKey, readLogins } from '../stores/logins';
import type { DocumentClient } from './document-client';

/** When each credential was last used, by its label. */
export interface CredentialUse {
  readonly label: string;
  /** Unix ms; the true time may be up to `RECORDED_EVERY_MS` later. */
  readonly at: number;
}

const READ_BUDGET_MS = 10_000;
const MAX_BATCH_KEYS = 100;

/** The credentials that were used lately, the latest first, by `username@realm`. */
export async function readCredentialUses(
  dynamodb: DocumentClient,
  tableName: string,
  aors: readonly Aor[],
): Promise<ReadonlyMap<string, readonly CredentialUse[]>> {
  const names = new Map(aors.map((aor) => [loginsKey(aor).key, formatAor(aor)]));
  const uses = new Map<string, readonly CredentialUse[]>();
  const keys = [...names.keys()].map((key) => ({ key }));
  for (let at = 0; at < keys.length; at += MAX_BATCH_KEYS) {
    let left: Record<string, unknown>[] | undefined = keys.slice(at, at + MAX_BATCH_KEYS);
    while (left && left.length > 0) {
      const command: BatchGetCommand = new BatchGetCommand({ RequestItems: { [tableName]: { Keys: left } } });
      const reply = await dynamodb.send(command, { abortSignal: AbortSignal.timeout(READ_BUDGET_MS) });
      for (const item of reply.Responses?.[tableName] ?? [])
        uses.set(names.get(String(item.key)) ?? '', usesIn(item));
      left = reply.UnprocessedKeys?.[tableName]?.Keys;
    }
  }
  return uses;
}

function usesIn(item: Readonly<Record<string, unknown>>): CredentialUse[] {
  return Object.entries(readLogins(item).used)
    .map(([label, at]) => ({ label, at }))
    .sort((a, b) => b.at - a.at);
}
