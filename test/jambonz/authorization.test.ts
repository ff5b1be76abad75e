import { readAuthorization, saysTheSame } from '../../lib/jambonz/authorization';
import type { DigestAnswer } from '../../lib/registrar/auth/digest';

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

describe('a header says just what jambonz read in it', () => {
  const READ = {
    username: 'alice',
    realm: 'sip.example.com',
    nonce: '179542312358300',
    uri: 'sip:sip.example.com',
    response: '0a4f113b',
    algorithm: 'MD5',
    qop: 'auth',
    nc: '00000001',
    cnonce: '7c1d',
  };
  const HEADER =
    'Digest username="alice", realm="sip.example.com", nonce="179542312358300", uri="sip:sip.example.com", response="0a4f113b", cnonce="7c1d", nc=00000001, qop=auth';

  test.each<[string, string, Partial<DigestAnswer>]>([
    ['as phones write it', HEADER, {}],
    ['with the default algorithm in the middle', HEADER.replace(', cnonce', ', algorithm=MD5, cnonce'), {}],
    ['with the default algorithm last', `${HEADER}, algorithm=MD5`, {}],
    ['with an empty opaque last', `${HEADER}, opaque=""`, {}],
    ['without qop', HEADER.replace(/, cnonce.*/, ''), { qop: undefined, nc: undefined, cnonce: undefined }],
  ])('%s', (_what, header, read) => {
    expect(saysTheSame(header, { ...READ, ...read })).toBe(true);
  });

  // What jambonz reads otherwise than the grammar (digest-utils index.js), and what two readers could.
  test.each([
    ['another algorithm last, which jambonz takes for MD5', `${HEADER}, algorithm=SHA-256`],
    ['another algorithm in the middle', HEADER.replace(', cnonce', ', algorithm=SHA-256, cnonce')],
    ['a comma in a quoted text', HEADER.replace('uri="sip:sip', 'opaque="a,b", uri="sip:sip')],
    ['a field within a quoted text', HEADER.replace(', uri', ', opaque="a nc=00000002", uri')],
    ['an escaped quote', HEADER.replace(', uri', ', opaque="a\\"b", uri')],
    ['a space around =', HEADER.replace('nc=', 'nc =')],
    ['a name in capitals', HEADER.replace('nc=', 'NC=')],
    ['a longer count', HEADER.replace('nc=00000001', 'nc=000000012')],
    ['a longer qop', HEADER.replace('qop=auth', 'qop=auth-int')],
    ['another uri', HEADER.replace('uri="sip:', 'uri="sips:')],
    ['another response', HEADER.replace('0a4f113b', '0a4f113c')],
    ['a cnonce that jambonz did not read', `${HEADER.replace('cnonce', 'cnonc')}`],
    ['another scheme', HEADER.replace('Digest', 'Basic')],
    ['a second answer', `${HEADER}, ${HEADER}`],
  ])('but not with %s', (_what, header) => {
    expect(saysTheSame(header, READ)).toBe(false);
  });
});
