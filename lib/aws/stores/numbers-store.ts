import type { Aor } from '../../registrar/record/aor';
import { NUMBERS } from '../../registrar/record/number-key';
import { type NumberRecord, type Numbers, parseNumber } from '../../registrar/record/number-record';
import { type CustomersTable, readItem, recordCache } from './record-cache';
import type { Budget } from './retry';

/** The numbers that carriers call, with the same cache, faults and deadlines as accounts. */
export function numbersStore(table: CustomersTable): Numbers {
  const cache = recordCache<NumberRecord>(table, {
    read: (name, budget) => readNumber(table, name, budget),
    mayServeStale: ({ enabled }) => enabled !== false,
  });
  return { find: (digits) => cache.find({ username: digits, realm: NUMBERS }) };
}

async function readNumber(
  table: CustomersTable,
  name: Aor,
  budget: Budget,
): Promise<NumberRecord | undefined> {
  const item = await readItem(table, name, budget);
  if (item === undefined) return undefined;
  const { number, problems } = parseNumber(item);
  if (problems.length > 0) table.onProblems(name, problems);
  return number?.username === name.username ? number : undefined;
}
