import { NOON, specifyCallGrants } from '../../call-grants-spec';
import { callGrantsInMemory } from '../../in-memory-stores';

describe('call grants, in memory', () => {
  const shared = new Map();
  specifyCallGrants((now = NOON) => callGrantsInMemory(() => now, shared));
});
