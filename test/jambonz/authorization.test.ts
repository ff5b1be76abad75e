import { readAuthorization } from '../../lib/jambonz/authorization';

const REST = 'nonce="1", uri="sip:x", response="aa"';

describe('an Authorization header', () => {
  test.each<[string, string, object]>([
    [
      'of linphone, with qop last',
      'Digest realm="r", nonce="1", algorithm=MD5, username="alice",  uri="sip:x", response="aa", cnonce="c", nc=00000002, qop=auth',
      { username: 'alice', qop: 'auth', nc: '00000002', algorithm: 'MD5' },
    ],
    [
      'with algorithm last',
      `Digest username="a", realm="r", ${REST}, algorithm=SHA-256`,
      { algorithm: 'SHA-256' },
    ],
    ['without algorithm', `Digest username="a", realm="r", ${REST}`, { algorithm: 'MD5' }],
    [
      'with a comma in the uri',
      'Digest username="a", realm="r", nonce="1", uri="sip:x;a=1,b", response="aa"',
      { uri: 'sip:x;a=1,b' },
    ],
    ['with an escaped quote', `Digest username="de\\"v1", realm="r", ${REST}`, { username: 'de"v1' }],
    ['with spaces around =', `Digest username = "a" , realm = "r", ${REST}`, { username: 'a', realm: 'r' }],
    ['with names in capitals', `DIGEST Username="a", REALM="r", ${REST}`, { username: 'a', realm: 'r' }],
    ['with an empty opaque', `Digest username="a", realm="r", opaque="", ${REST}`, { username: 'a' }],
  ])('%s', (_what, header, expected) => {
    expect(readAuthorization(header)).toMatchObject(expected);
  });

  test.each([
    ['of another scheme', 'Basic YTpi'],
    [
      'of two answers in one',
      `Digest username="a", realm="r", ${REST}, Digest username="b", realm="r", ${REST}`,
    ],
    ['that names the user twice', `Digest username="a", username="b", realm="r", ${REST}`],
    ['that ends in a quoted text', `Digest username="a", realm="r", ${REST}, opaque="x`],
    ['without a response', 'Digest username="a", realm="r", nonce="1", uri="sip:x"'],
    ['that is empty', ''],
  ])('%s is none', (_what, header) => {
    expect(readAuthorization(header)).toBeUndefined();
  });
});
