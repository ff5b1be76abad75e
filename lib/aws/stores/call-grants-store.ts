import type { CallGrants } from '../../registrar/auth/call-grant';
import { type CallGrant, GRANT_TTL_MS } from '../../registrar/auth/call-grant';
import type { Output } from '../client/dynamodb';
import { aorParts, askMemory, hashed, type MemoryTable, memoryKey, ttl, writeMemoryIf } from './memory-table';
import { TTL_ATTRIBUTE } from './tables';

/** Call grants in the memory table: an item per accepted INVITE, taken by one call. */
export function callGrantsStore(table: MemoryTable): CallGrants {
  const { tableName, now, onDegraded } = table;
  return {
    issue: async (grant, isFromNewSource) => {
      // An update: the same INVITE, sent again, does not give a grant back that was taken, nor make its source known.
      const input = {
        TableName: tableName,
        Key: keyOf(grant),
        UpdateExpression: `SET ${TTL_ATTRIBUTE} = :ends${isFromNewSource ? ', newSource = :yes' : ''}`,
        ExpressionAttributeValues: {
          ':ends': ttl(now() + GRANT_TTL_MS)[TTL_ATTRIBUTE],
          ...(isFromNewSource && { ':yes': true }),
        },
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
        ReturnValues: 'ALL_NEW' as const,
      };
      let taken: Output = {};
      const dynamodb: typeof table.dynamodb = async (...request) => {
        taken = await table.dynamodb(...request);
        return taken;
      };
      try {
        if (!(await writeMemoryIf({ ...table, dynamodb }, 'UpdateItem', input))) return 'missing';
        return taken.Attributes?.newSource === true ? 'new-source' : 'granted';
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
