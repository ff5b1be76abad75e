import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { CallCounts } from '../../registrar/calls/call-limits';
import type { Aor } from '../../registrar/record/aor';
import { countsKey, readCounts } from '../stores/call-limits-store';
import type { DocumentClient } from './document-client';

const READ_BUDGET_MS = 10_000;

/** What the hooks have counted for an owner of caps: nothing where nobody called. */
export async function readCallCounts(
  dynamodb: DocumentClient,
  tableName: string,
  owner: Aor,
): Promise<CallCounts> {
  const command = new GetCommand({ TableName: tableName, Key: countsKey(owner), ConsistentRead: true });
  const { Item } = await dynamodb.send(command, { abortSignal: AbortSignal.timeout(READ_BUDGET_MS) });
  return readCounts(Item);
}
