import { chooseCallerId, pickFromPool } from '../../../lib/registrar/calls/caller-id';

const callees = (lead: string) =>
  Array.from({ length: 2000 }, (_, at) => `${lead}${String(at).padStart(7, '0')}`);
const POOL = Array.from({ length: 10 }, (_, at) => `+442079460${at}00`);

describe('a pool of caller ids', () => {
  test('the same callee always sees the same number', () => {
    expect(pickFromPool(POOL, '966501234567')).toBe(pickFromPool([...POOL].reverse(), '966501234567'));
  });

  test('with or without + it is the same number', () => {
    const bare = POOL.map((number) => number.slice(1));
    for (const callee of callees('9665').slice(0, 50))
      expect(`+${pickFromPool(bare, callee)}`).toBe(pickFromPool(POOL, callee));
  });

  test('equally near numbers share the callees', () => {
    const counts = new Map<string, number>();
    for (const callee of callees('9665')) {
      const shown = pickFromPool(POOL, callee) ?? '';
      counts.set(shown, (counts.get(shown) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([...POOL].sort());
    for (const count of counts.values()) {
      expect(count).toBeGreaterThan(140);
      expect(count).toBeLessThan(260);
    }
  });

  test('taking one of ten away moves its own callees only, about a tenth', () => {
    const gone = POOL[3];
    const left = POOL.filter((number) => number !== gone);
    const moved = callees('9665').filter(
      (callee) => pickFromPool(POOL, callee) !== pickFromPool(left, callee),
    );
    expect(moved.every((callee) => pickFromPool(POOL, callee) === gone)).toBe(true);
    expect(moved.length).toBeGreaterThan(140);
    expect(moved.length).toBeLessThan(260);
  });

  test('the nearest by shared prefix comes first', () => {
    const pool = ['+12125550100', '+16465550100', '+442079460000', '+966112345678'];
    expect(pickFromPool(pool, '12125559999')).toBe('+12125550100');
    expect(pickFromPool(pool, '16465559999')).toBe('+16465550100');
    expect(pickFromPool(pool, '442079461111')).toBe('+442079460000');
    expect(pickFromPool(pool, '966501234567')).toBe('+966112345678');
  });

  test('an empty pool has none', () => {
    expect(pickFromPool([], '966501234567')).toBeUndefined();
  });
});

describe("the device's own number", () => {
  test.each<[string, object, string | undefined]>([
    ['12125550100', {}, '12125550100'],
    ['+12125550100', {}, '+12125550100'],
    ['011', { internationalPrefix: '011' }, undefined],
    ['000', {}, undefined],
    ['+000', {}, undefined],
    ['+012345678', {}, undefined],
    ['alice', {}, undefined],
  ])('%s under the dial plan %j: %s', (from, plan, shown) => {
    const presented = { from, identity: undefined, private: false };
    expect(chooseCallerId({}, '966501234567', presented, plan)?.number).toBe(shown);
  });
});
