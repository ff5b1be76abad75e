import type { CallGrant, CallGrants } from '../lib/registrar/auth/call-grant';

export const NOON = Date.parse('2026-11-23T12:00:00Z');

const grant = (username: string, changes: Partial<CallGrant> = {}): CallGrant => ({
  aor: { username, realm: 'sip.example.com' },
  callId: 'call-of-the-phone',
  dialled: '966501234567',
  ...changes,
});

/**
 * What every store of call grants does.
 * @param lambda one process at that time (unix ms); all of them share the store
 */
export function specifyCallGrants(lambda: (now?: number) => CallGrants): void {
  test('a grant is redeemed by one call, which may ask again', async () => {
    expect(await lambda().issue(grant('one'), false)).toBe(true);
    expect(await lambda().redeem(grant('one'), 'first-leg')).toBe('granted');
    expect(await lambda().redeem(grant('one'), 'first-leg')).toBe('granted');
    expect(await lambda().redeem(grant('one'), 'second-leg')).toBe('missing');
  });

  test('the grant of an INVITE from a new address says so, also to a call that asks again', async () => {
    await lambda().issue(grant('abroad'), true);
    expect(await lambda().redeem(grant('abroad'), 'leg')).toBe('new-source');
    expect(await lambda().redeem(grant('abroad'), 'leg')).toBe('new-source');
  });

  test('without a grant it is missing', async () => {
    expect(await lambda().redeem(grant('none'), 'leg')).toBe('missing');
  });

  test.each<[string, Partial<CallGrant>]>([
    ['another number', { dialled: '900000000' }],
    ['another Call-ID', { callId: 'another' }],
    ['another account', { aor: { username: 'bob', realm: 'sip.example.com' } }],
    ['another realm', { aor: { username: 'apart', realm: 'other.example.com' } }],
  ])('a grant is not for %s', async (_what, changes) => {
    await lambda().issue(grant('apart'), false);
    expect(await lambda().redeem(grant('apart', changes), 'leg')).toBe('missing');
  });

  test('the realm is not case-sensitive', async () => {
    await lambda().issue(grant('case'), false);
    const upper = grant('case', { aor: { username: 'case', realm: 'SIP.Example.com' } });
    expect(await lambda().redeem(upper, 'leg')).toBe('granted');
  });

  test('the same INVITE sent again gives no second grant', async () => {
    await lambda().issue(grant('again'), false);
    await lambda().redeem(grant('again'), 'first-leg');
    await lambda(NOON + 10_000).issue(grant('again'), false);
    expect(await lambda(NOON + 10_000).redeem(grant('again'), 'second-leg')).toBe('missing');
  });

  test.each([
    [59_000, 'granted'],
    [61_000, 'missing'],
  ])('%d ms later a grant is %s', async (later, result) => {
    await lambda().issue(grant(`after-${later}`), false);
    expect(await lambda(NOON + later).redeem(grant(`after-${later}`), 'leg')).toBe(result);
  });

  test('any text may be a Call-ID or a number', async () => {
    const odd = grant('odd', { callId: `${'é '.repeat(500)}\n`, dialled: ' *21# ' });
    await lambda().issue(odd, false);
    expect(await lambda().redeem(odd, 'leg of the SBC')).toBe('granted');
  });

  test('of twenty calls at once one redeems the grant', async () => {
    await lambda().issue(grant('crowd'), false);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, leg) => lambda().redeem(grant('crowd'), `leg-${leg}`)),
    );
    expect(results.filter((it) => it === 'granted')).toHaveLength(1);
  });
}
