import type { AnswerUse, ReplayStore } from '../lib/registrar/auth/replay';

export const NOON = Date.parse('2026-11-23T12:00:00Z');
/** jambonz issues 100 x unix ms. */
const NONCE = `${NOON}00`;

let requests = 0;

/** The use of a digest by a request of its own, unless `changes` names one. */
const use = (username: string, changes: Partial<AnswerUse> = {}): AnswerUse => ({
  aor: { username, realm: 'sip.example.com' },
  nonce: NONCE,
  count: 1,
  response: 'response',
  request: `request-${requests++}`,
  ...changes,
});

/**
 * What every store of used digests does.
 * @param lambda one process at that time (unix ms); all of them share the store
 */
export function specifyReplay(lambda: (now?: number) => ReplayStore): void {
  test('a digest is used once', async () => {
    expect(await lambda().claim(use('once'))).toBe('first-use');
    expect(await lambda().claim(use('once'))).toBe('replayed');
  });

  test.each([
    [0, 'same-request'],
    [32_000, 'same-request'],
    [32_001, 'replayed'],
  ])('the same request %d ms later: %s', async (later, result) => {
    const request = use(`same-${later}`);
    await lambda().claim(request);
    expect(await lambda(NOON + later).claim(request)).toBe(result);
  });

  test('counts may come in any order, and each is used once', async () => {
    const results: string[] = [];
    for (const count of [1, 3, 2, 3, 2, 10, 4, 9, 4])
      results.push(await lambda().claim(use('order', { count })));
    const [first, replayed] = ['first-use', 'replayed'];
    expect(results).toEqual([first, first, first, replayed, replayed, first, first, first, replayed]);
  });

  test('an unused count that is eight or more behind is a replay', async () => {
    const results: string[] = [];
    for (const count of [21, 12, 13, 14]) results.push(await lambda().claim(use('behind', { count })));
    expect(results).toEqual(['first-use', 'replayed', 'replayed', 'first-use']);
  });

  test('the same request again is recognised after later counts', async () => {
    const request = use('later', { count: 5 });
    await lambda().claim(request);
    await lambda().claim(use('later', { count: 6 }));
    expect(await lambda(NOON + 1000).claim(request)).toBe('same-request');
  });

  test('without a count, each response is used once', async () => {
    const old = (response: string) => lambda().claim(use('old', { count: undefined, response }));
    expect([await old('a'), await old('a'), await old('b')]).toEqual(['first-use', 'replayed', 'first-use']);
  });

  test('accounts and nonces are independent', async () => {
    await lambda().claim(use('this'));
    expect(await lambda().claim(use('other'))).toBe('first-use');
    expect(await lambda().claim(use('this', { nonce: `${NOON + 1}00` }))).toBe('first-use');
  });

  test('of twenty uses at once one is the first', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => lambda().claim(use('crowd'))));
    expect(results.filter((it) => it === 'first-use')).toHaveLength(1);
    expect(results.filter((it) => it === 'replayed')).toHaveLength(19);
  });
}
