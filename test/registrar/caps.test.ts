import { NOON, specifySeats } from '../seats-spec';
import { noCalls, seatsInMemory } from '../world';

describe('the seats of calls, as the rules count them', () => {
  const shared = noCalls();
  specifySeats((now = NOON) => seatsInMemory(() => now, shared));
});
