import { checkDigest, type DigestAnswer, hashCredentials } from '../../../lib/registrar/auth/digest';

const MUFASA_2617: DigestAnswer = {
  username: 'Mufasa',
  realm: 'testrealm@host.com',
  nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
  uri: '/dir/index.html',
  algorithm: 'MD5',
  qop: 'auth',
  nc: '00000001',
  cnonce: '0a4f113b',
  response: '6629fae49393a05397450978507c4ef1',
};
const MUFASA_7616 = {
  username: 'Mufasa',
  realm: 'http-auth@example.org',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  uri: '/dir/index.html',
  qop: 'auth',
  nc: '00000001',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
};
const ALICE = {
  username: 'alice',
  realm: 'sip.example.com',
  nonce: '179542312358300',
  uri: 'sip:sip.example.com',
  qop: 'auth',
  nc: '00000001',
  cnonce: '0a4f113b',
};
const { qop: _qop, nc: _nc, cnonce: _cnonce, ...ALICE_WITHOUT_QOP } = ALICE;

/** Source, method, answer, password. The last three were computed with openssl on the command line. */
const VECTORS: readonly [string, string, DigestAnswer, string][] = [
  ['RFC 2617 section 3.5', 'GET', MUFASA_2617, 'Circle Of Life'],
  [
    'RFC 7616 section 3.9.1, MD5',
    'GET',
    { ...MUFASA_7616, algorithm: 'MD5', response: '8ca523f5e9506fed4657c9700eebdbec' },
    'Circle of Life',
  ],
  [
    'RFC 7616 section 3.9.1, SHA-256',
    'GET',
    {
      ...MUFASA_7616,
      algorithm: 'SHA-256',
      response: '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    },
    'Circle of Life',
  ],
  [
    'jambonz digest-utils, qop=auth',
    'REGISTER',
    { ...ALICE, algorithm: 'MD5', response: 'b043d962d688bbae0798167ed71af0f8' },
    's3cret',
  ],
  [
    'jambonz digest-utils, no qop',
    'REGISTER',
    { ...ALICE_WITHOUT_QOP, algorithm: 'MD5', response: '97f3025425b86db3b4b3628c2366a1aa' },
    's3cret',
  ],
  [
    'openssl, MD5-sess',
    'REGISTER',
    { ...ALICE, algorithm: 'MD5-sess', response: 'e6c3f1f91369a9c2a9c21dff48b84a84' },
    's3cret',
  ],
  [
    'openssl, SHA-256',
    'REGISTER',
    {
      ...ALICE,
      algorithm: 'SHA-256',
      response: '1c41c94b2b4a52d2ff677dbeb86912f8e5f2a05d5b6cfe79fa5e97e6d99cf09c',
    },
    's3cret',
  ],
  [
    'openssl, SHA-256-sess',
    'REGISTER',
    {
      ...ALICE,
      algorithm: 'SHA-256-sess',
      response: 'a784c370d6321483d31c7a8e5d68378df412bc4452c6f1f8d09b4a998ab6b4f7',
    },
    's3cret',
  ],
];

describe('a digest answer', () => {
  test.each(VECTORS)('%s: the right password is right', (_source, method, answer, password) => {
    expect(checkDigest(method, answer, { password })).toBe('right');
  });

  test.each(VECTORS)('%s: another password is wrong', (_source, method, answer) => {
    expect(checkDigest(method, answer, { password: 'Hakuna Matata' })).toBe('wrong-digest');
  });

  test.each(VECTORS)('%s: another method is wrong', (_source, _method, answer, password) => {
    expect(checkDigest('INVITE', answer, { password })).toBe('wrong-digest');
  });

  test.each<[string, Partial<DigestAnswer>]>([
    ['nonce', { nonce: '179542312358301' }],
    ['uri', { uri: 'sip:other.example.com' }],
    ['realm', { realm: 'SIP.example.com' }],
    ['username', { username: 'bob' }],
    ['nc', { nc: '00000002' }],
    ['cnonce', { cnonce: '0a4f113c' }],
    ['response cut short', { response: 'b043d962d688bbae0798167ed71af0f' }],
    ['empty response', { response: '' }],
  ])('another %s is wrong', (_what, change) => {
    const answer = { ...ALICE, algorithm: 'MD5', response: 'b043d962d688bbae0798167ed71af0f8', ...change };
    expect(checkDigest('REGISTER', answer, { password: 's3cret' })).toBe('wrong-digest');
  });

  test('an upper-case response and algorithm mean the same', () => {
    const answer = { ...ALICE, algorithm: 'md5', response: 'B043D962D688BBAE0798167ED71AF0F8' };
    expect(checkDigest('REGISTER', answer, { password: 's3cret' })).toBe('right');
  });

  test('auth-int, and an algorithm that no RFC names, are refused by name', () => {
    const answer = { ...ALICE, algorithm: 'MD5', response: 'b043d962d688bbae0798167ed71af0f8' };
    expect(checkDigest('REGISTER', { ...answer, qop: 'auth-int' }, { password: 's3cret' })).toBe(
      'qop-not-supported',
    );
    expect(checkDigest('REGISTER', { ...answer, algorithm: 'MD4' }, { password: 's3cret' })).toBe(
      'algorithm-not-supported',
    );
  });
});

describe('a stored HA1', () => {
  const ha1 = 'c2259bf057179dae2de80a2dfa26dac2';

  test('is MD5(username:realm:password)', () => {
    expect(hashCredentials('alice', 'sip.example.com', 's3cret')).toBe(ha1);
  });

  test.each([
    ['MD5', 'b043d962d688bbae0798167ed71af0f8'],
    ['MD5-sess', 'e6c3f1f91369a9c2a9c21dff48b84a84'],
  ])('serves %s', (algorithm, response) => {
    expect(checkDigest('REGISTER', { ...ALICE, algorithm, response }, { ha1 })).toBe('right');
  });

  test('serves MD5 when it is written in capitals', () => {
    const answer = { ...ALICE, algorithm: 'MD5', response: 'b043d962d688bbae0798167ed71af0f8' };
    expect(checkDigest('REGISTER', answer, { ha1: ha1.toUpperCase() })).toBe('right');
  });

  test('cannot serve SHA-256, and says so', () => {
    expect(
      checkDigest(
        'REGISTER',
        {
          ...ALICE,
          algorithm: 'SHA-256',
          response: '1c41c94b2b4a52d2ff677dbeb86912f8e5f2a05d5b6cfe79fa5e97e6d99cf09c',
        },
        { ha1 },
      ),
    ).toBe('ha1-needs-md5');
  });
});
