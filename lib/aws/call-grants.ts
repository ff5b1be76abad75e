import type { CallGrants } from '../jambonz/world';
import { type CallGrant, GRANT_LASTS_MS } from '../registrar/call-grant';
import {
  aorParts,
  askMemory,
  endsAt,
  hashed,
  type MemoryTable,
  memoryKey,
  writeMemoryIf,
} from './memory-table';
import { MEMORY_ENDS } from './names';

/** Call grants in the memory table: an item per accepted INVITE, taken by one call. */
export function callGrants(table: MemoryTable): CallGrants {
  const { tableName, now, onTrouble } = table;
  return {
    leave: async (grant) => {
      // An update: the same INVITE, sent again, does not give a grant back that was taken.
      const input = {
        TableName: tableName,
        Key: keyOf(grant),
        UpdateExpression: `SET ${MEMORY_ENDS} = :ends`,
        ExpressionAttributeValues: { ':ends': endsAt(now() + GRANT_LASTS_MS)[MEMORY_ENDS] },
      };
      try {
        await askMemory(table, 'UpdateItem', input);
        return true;
      } catch (cause) {
        onTrouble({ what: 'grant-not-checked', aor: grant.aor, cause });
        return false;
      }
    },
    take: async (grant, by) => {
      const input = {
        TableName: tableName,
        Key: keyOf(grant),
        ConditionExpression: `${MEMORY_ENDS} > :now AND (attribute_not_exists(takenBy) OR takenBy = :by)`,
        UpdateExpression: 'SET takenBy = :by',
        ExpressionAttributeValues: { ':now': now() / 1000, ':by': hashed(by) },
      };
      try {
        return (await writeMemoryIf(table, 'UpdateItem', input)) ? 'granted' : 'missing';
      } catch (cause) {
        onTrouble({ what: 'grant-not-checked', aor: grant.aor, cause });
        return 'unknown';
      }
    },
  };
}

function keyOf({ aor, callId, dialled }: CallGrant): { key: string } {
  return memoryKey('grant', ...aorParts(aor), hashed(callId), hashed(dialled));
}
