import type { ReplayStore } from '../../registrar/auth/replay';
import {
  type AnswerUse,
  type EarlierUse,
  isSameRequest,
  issuedAt,
  OLDEST_NONCE_MS,
  RING,
  slotOf,
} from '../../registrar/auth/replay';
import { aorParts, askMemory, type MemoryTable, memoryKey, ttl, writeMemoryIf } from './memory-table';
import { TTL_ATTRIBUTE } from './tables';

/** Longer than for the rest of the memory: here a late answer lets a replay through. */
const BUDGET = { totalMs: 450, attemptMs: 250 };

/**
 * Used digest answers in the memory table: an item per nonce, which ends when the nonce is too old to be taken. A
 * use is one conditional update: of many at the same time one wins, on however many Lambdas. Only a count that was
 * used before costs a read, to see whether it is the very same request.
 */
export function replayStore(table: MemoryTable): ReplayStore {
  return {
    claim: async (answer) => {
      try {
        if (await claimFirst(table, answer)) return 'first-use';
        return isSameRequest(answer, await earlierUse(table, answer), table.now())
          ? 'same-request'
          : 'replayed';
      } catch (cause) {
        table.onDegraded({ what: 'replay-not-checked', aor: answer.aor, cause });
        return 'unknown';
      }
    },
  };
}

async function claimFirst(table: MemoryTable, answer: AnswerUse): Promise<boolean> {
  const count = countOf(answer);
  const slot = slotOf(count);
  const noneAhead = Array.from({ length: RING }, (_, at) =>
    at === slot
      ? `(attribute_not_exists(n${at}) OR n${at} < :count)`
      : `(attribute_not_exists(n${at}) OR n${at} < :ahead)`,
  );
  const input = {
    TableName: table.tableName,
    Key: keyOf(answer),
    ConditionExpression: noneAhead.join(' AND '),
    UpdateExpression: `SET n${slot} = :count, r${slot} = :request, t${slot} = :now, ${TTL_ATTRIBUTE} = :ends`,
    ExpressionAttributeValues: {
      ':count': count,
      ':ahead': count + RING,
      ':request': answer.request,
      ':now': table.now(),
      ':ends': ttl(issuedAt(answer.nonce) + OLDEST_NONCE_MS)[TTL_ATTRIBUTE],
    },
  };
  return writeMemoryIf(table, 'UpdateItem', input, BUDGET);
}

async function earlierUse(table: MemoryTable, answer: AnswerUse): Promise<EarlierUse | undefined> {
  const input = { TableName: table.tableName, Key: keyOf(answer), ConsistentRead: true };
  const { Item: item = {} } = await askMemory(table, 'GetItem', input, BUDGET);
  const slot = slotOf(countOf(answer));
  const [count, request, at] = [item[`n${slot}`], item[`r${slot}`], item[`t${slot}`]];
  return typeof count === 'number' && typeof request === 'string' && typeof at === 'number'
    ? { count, request, at }
    : undefined;
}

/** A phone that does not count uses one response up, and its next one has another item. */
function keyOf({ aor, nonce, count, response }: AnswerUse): { key: string } {
  return memoryKey('nonce', ...aorParts(aor), nonce, ...(count === undefined ? [response] : []));
}

function countOf({ count }: AnswerUse): number {
  return count ?? 1;
}
