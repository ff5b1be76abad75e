import { replayInMemory } from '../../in-memory-stores';
import { NOON, specifyReplay } from '../../replay-spec';

describe('used digests, in memory', () => {
  const shared = new Map();
  specifyReplay((now = NOON) => replayInMemory(() => now, shared));
});
