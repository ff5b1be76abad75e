import { specifyBudgets } from '../../budget-spec';
import { NOON, specifySeats } from '../../call-limits-spec';
import { callLimitsInMemory, noCalls } from '../../hook-context';

describe('the seats of calls, as the rules count them', () => {
  const shared = noCalls();
  specifySeats((now = NOON) => callLimitsInMemory(() => now, shared));
});

describe('the budgets of calls, as the rules count them', () => {
  const shared = noCalls();
  specifyBudgets((now = NOON) => callLimitsInMemory(() => now, shared));
});
