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

  test('a budget costs no more writes than a cap, and one read for the first call of a Lambda', () => {
    const first = "call under a budget, this Lambda's first of the day, record not cached";
    expect(of(first)).toMatchObject({ reads: 2, writes: 2 });
    expect(of('call hook with a budget, next')).toMatchObject({ reads: 0, writes: 2 });
  });

  test('a rule for new sources costs an INVITE one read', () => {
    const usual = of('INVITE, an hour later');
    expect(of('INVITE with newSource, an hour later')).toMatchObject({
      reads: (usual?.reads ?? 0) + 1,
      writes: usual?.writes,
    });
  });

  test('no hook asks for more than its gate allows', () => {
    expect(requests.gates.filter((gate) => verdictOf(gate) !== 'met')).toEqual([]);
    expect(requests.gates).toHaveLength(6);
  });
});
