import { hashed } from '../../../lib/admin/records/hashed';

const ALICE = { realm: 'sip.example.com', username: 'alice' };
// RFC 7616 section 3.4.2: MD5(alice:sip.example.com:s3cret), as md5sum says
const HA1 = 'c2259bf057179dae2de80a2dfa26dac2';

describe('a record without plain passwords', () => {
  test.each([
    ['a password becomes ha1', { password: 's3cret' }, { ha1: HA1 }],
    ['an ha1 that is the same stays alone', { password: 's3cret', ha1: HA1 }, { ha1: HA1 }],
    [
      'beside another ha1 it becomes one of credentials, as both open the door',
      { password: 's3cret', ha1: '0'.repeat(32) },
      { ha1: '0'.repeat(32), credentials: [{ label: 'password', ha1: HA1 }] },
    ],
    [
      'those of credentials keep their label and times',
      { credentials: [{ label: 'old', password: 's3cret', notAfter: '2026-12-31T00:00:00Z' }] },
      { credentials: [{ label: 'old', notAfter: '2026-12-31T00:00:00Z', ha1: HA1 }] },
    ],
    [
      'trunk passwords stay, as the carrier asks for them',
      { outboundAuth: { username: 'a', password: 'b' } },
      { outboundAuth: { username: 'a', password: 'b' } },
    ],
  ])('%s', (_, record, expected) => {
    expect(hashed({ ...ALICE, ...record })).toEqual({ ...ALICE, ...expected });
  });
});
