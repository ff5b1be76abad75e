import { verdictOf } from '../../lib/bench/gate';
import { measureRequests, type Requests } from '../../lib/bench/requests';

describe('what hooks ask of DynamoDB, counted at the client', () => {
  let requests: Requests;
  beforeAll(async () => {
    requests = await measureRequests(2);
  });
  const of = (hook: string) => requests.hooks.find((it) => it.hook === hook);

  test('a call with caps, the first of its owner, no record cached: two reads and two writes', () => {
    expect(of('call hook with caps, first in its minute, records not cached')).toMatchObject({
      reads: 2,
      writes: 2,
    });
  });

  test('the next one in its minute: no read and two writes', () => {
    expect(of('call hook with caps, next in its minute')).toMatchObject({ reads: 0, writes: 2 });
  });

  test('no hook asks for more than its gate allows', () => {
    expect(requests.gates.filter((gate) => verdictOf(gate) !== 'met')).toEqual([]);
    expect(requests.gates).toHaveLength(5);
  });
});
