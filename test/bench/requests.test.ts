import { verdictOf } from '../../lib/bench/gate';
import { measureRequests, type Requests } from '../../lib/bench/requests';

describe('what hooks ask of DynamoDB, counted at the client', () => {
  let requests: Requests;
  beforeAll(async () => {
    requests = await measureRequests(2);
  });
  const of = (hook: string) => requests.hooks.find((it) => it.hook === hook);

  // Asked for at the same time is one round trip; a request that waits for another's answer is one more.
  test.each([
    // The account and what is known of the phone in one request; then the used answer and that it is known now.
    ['REGISTER, first of this phone to this Lambda', { roundTrips: 2, reads: 1, writes: 2 }],
    ['REGISTER, an hour later', { roundTrips: 2, reads: 1, writes: 1 }],
    ['REGISTER, within a minute', { roundTrips: 1, reads: 0, writes: 1 }],
    ['REGISTER without replay check, within a minute', { roundTrips: 0, reads: 0, writes: 0 }],
    // The grant waits for the used answer: it must never be there for a digest that is refused.
    ['INVITE, an hour later', { roundTrips: 3, reads: 1, writes: 2 }],
    ['call hook', { roundTrips: 1, reads: 1, writes: 1 }],
    ["a carrier's call to a number of ours", { roundTrips: 1, reads: 1, writes: 0 }],
    // The seat waits for the grant: whoever has none takes no seat.
    ['call hook with caps, first in its minute', { roundTrips: 2, reads: 1, writes: 2 }],
    ['call hook with caps, next in its minute', { roundTrips: 2, reads: 0, writes: 2 }],
    ["call hook of a member with its customer's caps", { roundTrips: 3, reads: 2, writes: 2 }],
    [
      "call hook of a member with its customer's caps, whose record is cached",
      { roundTrips: 2, reads: 1, writes: 2 },
    ],
  ])('%s: %j', (hook, counts) => {
    expect(of(hook)).toMatchObject(counts);
  });

  test('a budget costs no more writes than a cap, and one read for the first call of a Lambda', () => {
    const first = "call under a budget, this Lambda's first of the day, record not cached";
    expect(of(first)).toMatchObject({ roundTrips: 3, reads: 2, writes: 2 });
    expect(of('call hook with a budget, next')).toMatchObject({ roundTrips: 2, reads: 0, writes: 2 });
  });

  test('a rule for new sources costs an INVITE one read, beside the used answer', () => {
    const usual = of('INVITE, an hour later');
    expect(of('INVITE with newSource, an hour later')).toMatchObject({
      roundTrips: 3,
      reads: (usual?.reads ?? 0) + 1,
      writes: usual?.writes,
    });
  });

  test('no hook asks for more than its gate allows', () => {
    expect(requests.gates.filter((gate) => verdictOf(gate) !== 'met')).toEqual([]);
    expect(requests.gates).toHaveLength(14);
  });
});
