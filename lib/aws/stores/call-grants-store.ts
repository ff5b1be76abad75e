import type { CallGrants } from '../../registrar/auth/call-grant';
import { type CallGrant, GRANT_TTL_MS } from '../../registrar/auth/call-grant';
import { aorParts, askMemory, hashed, type MemoryTable, memoryKey, ttl, writeMemoryIf } from './memory-table';
import { TTL_ATTRIBUTE } from './tables';

/** Call grants in the memory table: an item per accepted INVITE, taken by one call. */
export function callGrantsStore(table: MemoryTable): CallGrants {
  const { tableName, now, onDegraded } = table;
  return {
    issue: async (grant) => {
      // An update: the same INVITE, sent again, does not give a grant back that was taken.
      const input = {
        TableName: tableName,
        Key: keyOf(grant),
        UpdateExpression: `SET ${TTL_ATTRIBUTE} = :ends`,
        ExpressionAttributeValues: { ':ends': ttl(now() + GRANT_TTL_MS)[TTL_ATTRIBUTE] },
      };
      try {
        await askMemory(table, 'UpdateItem', input);
        return true;
      } catch (cause) {
        onDegraded({ what: 'grant-not-checked', aor: grant.aor, cause });
        return false;
      }
    },
    redeem: async (grant, by) => {
      const input = {
        TableName: tableName,
        Key: keyOf(grant),
        ConditionExpression: `${TTL_ATTRIBUTE} > :now AND (attribute_not_exists(takenBy) OR takenBy = :by)`,
        UpdateExpression: 'SET takenBy = :by',
        ExpressionAttributeValues: { ':now': now() / 1000, ':by': hashed(by) },
      };
      try {
        return (await writeMemoryIf(table, 'UpdateItem', input)) ? 'granted' : 'missing';
      } catch (cause) {
        onDegraded({ what: 'grant-not-checked', aor: grant.aor, cause });
        return 'unknown';
      }
    },
  };
}

function keyOf({ aor, callId, dialled }: CallGrant): { key: string } {
  return memoryKey('grant', ...aorParts(aor), hashed(callId), hashed(dialled));
}
