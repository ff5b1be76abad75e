import { BatchGetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Aor, formatAor } from '../registrar/aor';
import type { DynamoDB } from './dynamodb';
import { aorParts, endsAt, MEMORY_BUDGET, type MemoryTable, memoryKey } from './memory-table';
import { MEMORY_ENDS } from './names';
import { withTries } from './tries';

/** When a credential last opened the door, by the label that logs know it by. */
export interface CredentialUse {
  readonly label: string;
  /** Unix ms; the true time may be up to `NOTED_EVERY_MS` later. */
  readonly at: number;
}

/** A use is noted again after this: two writes a day for a phone that stays. */
export const NOTED_EVERY_MS = 12 * 3600_000;

/** An account that nobody used for so long has used none. */
const KEPT_MS = 90 * 86_400_000;
/** Attributes that hold a time are called `used` and the label; no label holds a space. */
const USED = 'used ';

/**
 * Notes in the memory table that a credential was used now: an item per account, a time per label.
 * @returns false when that could not be noted
 */
export async function noteUse(
  { dynamodb, tableName, now, onTrouble }: MemoryTable,
  aor: Aor,
  label: string,
): Promise<boolean> {
  const command = new UpdateCommand({
    TableName: tableName,
    Key: keyOf(aor),
    UpdateExpression: `SET #used = :now, ${MEMORY_ENDS} = :ends`,
    ExpressionAttributeNames: { '#used': USED + label },
    ExpressionAttributeValues: { ':now': now(), ':ends': endsAt(now() + KEPT_MS)[MEMORY_ENDS] },
  });
  const send = (abortSignal: AbortSignal) => dynamodb.send(command, { abortSignal });
  try {
    await withTries('the memory table', MEMORY_BUDGET, send);
    return true;
  } catch (cause) {
    onTrouble({ what: 'credential-use-not-noted', aor, cause });
    return false;
  }
}

const READ_BUDGET_MS = 10_000;
const MOST_KEYS = 100;

/** The credentials that were used lately, the latest first, by `username@realm`. */
export async function readCredentialUses(
  dynamodb: DynamoDB,
  tableName: string,
  aors: readonly Aor[],
): Promise<ReadonlyMap<string, readonly CredentialUse[]>> {
  const names = new Map(aors.map((aor) => [keyOf(aor).key, formatAor(aor)]));
  const uses = new Map<string, readonly CredentialUse[]>();
  const keys = [...names.keys()].map((key) => ({ key }));
  for (let at = 0; at < keys.length; at += MOST_KEYS) {
    let left: Record<string, unknown>[] | undefined = keys.slice(at, at + MOST_KEYS);
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
  return Object.entries(item)
    .flatMap(([name, at]) =>
      name.startsWith(USED) && typeof at === 'number' ? [{ label: name.slice(USED.length), at }] : [],
    )
    .sort((a, b) => b.at - a.at);
}

function keyOf(aor: Aor): { key: string } {
  return memoryKey('credential', ...aorParts(aor));
}
