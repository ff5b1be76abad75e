import fc from 'fast-check';
import { readTo } from '../../../lib/registrar/auth/to-header';

interface SipParser {
  getParser(header: 'to'): (data: { s: string; i: number }) => { uri: string };
  parseUri(uri: string): { user?: string; host?: string } | undefined;
}
/** What jambonz reads a To with, before it stores the address of record. */
const jambonz: SipParser = require('drachtio-srf/lib/sip-parser/parser');

/** drachtio-srf lib/request.js `getParsedHeader('to')`, then sbc-sip-sidecar lib/register.js `parseUri(to.uri)`. */
function readByJambonz(to: string): { user: string | undefined; host: string | undefined } | undefined {
  const uri = jambonz.parseUri(jambonz.getParser('to')({ s: to, i: 0 }).uri);
  return uri && { user: uri.user, host: uri.host };
}

const ALICE = { user: 'alice', host: 'sip.example.com' };

const ACCEPTED: [string, { user: string; host: string }][] = [
  ['<sip:alice@sip.example.com>', ALICE],
  ['sip:alice@sip.example.com', ALICE],
  ['"Alice" <sip:alice@sip.example.com>', ALICE],
  ['Alice Liddell <sip:alice@sip.example.com>', ALICE],
  ['"Alice"<sip:alice@sip.example.com>', ALICE],
  ['"" <sip:alice@sip.example.com>', ALICE],
  ['"Alice, of \\"Wonderland\\"" <sip:alice@sip.example.com>', ALICE],
  ['"ends with a backslash\\\\" <sip:alice@sip.example.com>', ALICE],
  ['"<sip:bob@sip.example.com>" <sip:alice@sip.example.com>', ALICE],
  ['"a@b;c?d" <sip:alice@sip.example.com>', ALICE],
  ['"Алиса" <sip:alice@sip.example.com>', ALICE],
  ['<sip:alice@sip.example.com>;tag=1', ALICE],
  ['<sip:alice@sip.example.com> ; tag = 1', ALICE],
  ['sip:alice@sip.example.com;tag=1', ALICE],
  ['<sip:alice@sip.example.com>;x="<sip:bob@sip.example.com>"', ALICE],
  ['<sip:alice@sip.example.com:5060>', ALICE],
  ['<sip:alice@sip.example.com;transport=tcp>', ALICE],
  ['<sip:alice@sip.example.com:5060;transport=tcp;lr>;tag=1', ALICE],
  ['<sips:alice@sip.example.com>', ALICE],
  ['<sip:alice:pass@sip.example.com>', ALICE],
  ['<sip:alice@SIP.Example.COM>', { user: 'alice', host: 'SIP.Example.COM' }],
  ['<sip:ALICE@sip.example.com>', { user: 'ALICE', host: 'sip.example.com' }],
  // Nothing is decoded: jambonz stores the escape, and so it is another user than alice.
  ['<sip:%61lice@sip.example.com>', { user: '%61lice', host: 'sip.example.com' }],
  ['<sip:alice%40b@sip.example.com>', { user: 'alice%40b', host: 'sip.example.com' }],
  ['<sip:+18005551212@sip.example.com>', { user: '+18005551212', host: 'sip.example.com' }],
  ['<sip:alice@192.0.2.1>', { user: 'alice', host: '192.0.2.1' }],
  ['<sip:alice@[2001:db8::1]:5060>', { user: 'alice', host: '[2001:db8::1]' }],
  ['<sip:alice@localhost>', { user: 'alice', host: 'localhost' }],
];

const REFUSED: [string, string][] = [
  ['nothing', ''],
  ['a line separator behind a backslash', '"\\\u2028" <sip:alice@sip.example.com>'],
  ['two values', '<sip:alice@sip.example.com>, <sip:bob@sip.example.com>'],
  ['two values without brackets', 'sip:alice@sip.example.com,sip:bob@sip.example.com'],
  ['two addresses in a row', '<sip:alice@sip.example.com><sip:bob@sip.example.com>'],
  ['two addresses with a space', '<sip:alice@sip.example.com> <sip:bob@sip.example.com>'],
  ['an address in the display name, unquoted', 'sip:bob@sip.example.com <sip:alice@sip.example.com>'],
  ['text behind the bracket', '<sip:alice@sip.example.com>bob'],
  ['no closing bracket', '<sip:alice@sip.example.com'],
  ['no opening bracket', 'sip:alice@sip.example.com>'],
  ['a bracket inside brackets', '<<sip:alice@sip.example.com>>'],
  ['an open quote', '"Alice <sip:alice@sip.example.com>'],
  ['a quote that an escape keeps open', '"Alice\\" <sip:alice@sip.example.com>'],
  ['space inside the brackets', '< sip:alice@sip.example.com >'],
  ['a tab in the user', '<sip:al\tice@sip.example.com>'],
  ['a line break', '<sip:alice@sip.example.com>\r\nTo: <sip:bob@sip.example.com>'],
  ['a NUL', '<sip:alice\0@sip.example.com>\0'],
  ['two @', '<sip:alice@bob@sip.example.com>'],
  ['a parameter with a second address', '<sip:alice@sip.example.com;x=@evil.example.com>'],
  ['a parameter value with an @', '<sip:alice@sip.example.com;maddr=a@b>'],
  ['URI headers', '<sip:alice@sip.example.com?to=bob>'],
  ['no user', '<sip:sip.example.com>'],
  ['an empty user', '<sip:@sip.example.com>'],
  ['no host', '<sip:alice@>'],
  ['tel:', '<tel:+18005551212>'],
  ['another scheme', '<http://alice@sip.example.com>'],
  ['a scheme in capitals, which jambonz does not know', '<SIP:alice@sip.example.com>'],
  ['no scheme', '<alice@sip.example.com>'],
  ['a port that is none', '<sip:alice@sip.example.com:port>'],
  ['a host with a space', '<sip:alice@sip example.com>'],
  ['*', '*'],
  ['a header of 100 kB', `<sip:${'a'.repeat(100_000)}@sip.example.com>`],
];

describe('the To of a REGISTER', () => {
  test.each(ACCEPTED)('%s', (to, address) => {
    expect(readTo(to)).toEqual(address);
    expect(readByJambonz(to)).toEqual(address);
  });

  test.each(REFUSED)('with %s is refused', (_what, to) => {
    expect(readTo(to)).toBeUndefined();
  });
});

/** Texts of the pieces that header parsers disagree about. */
const PIECES = [
  ...[
    '<',
    '>',
    '"',
    '\\',
    ',',
    ';',
    '?',
    '&',
    '=',
    '@',
    ':',
    ' ',
    '\t',
    '\r\n',
    '%40',
    '%3E',
    '(',
    ')',
    '[',
    ']',
  ],
  ...['sip:', 'sips:', 'SIP:', 'tel:', '<sip:', '>;tag=', 'alice', 'bob', 'sip.example.com', '192.0.2.1'],
  ...['[2001:db8::1]', ':5060', ';lr', ';x="', 'ü', '\0', '\u2028', '0', '-', '_', '.', '*', "'", '`'],
];
const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((parts) => parts.join(''));
const nearlyRight = fc
  .tuple(
    pieces,
    fc.constantFrom('', '<'),
    pieces,
    fc.constantFrom('@sip.example.com', '@[::1]'),
    pieces,
    pieces,
  )
  .map(
    ([name, open, user, host, tail, rest]) => `${name}${open}sip:${user}${host}${tail}${open && '>'}${rest}`,
  );
const mutated = fc
  .tuple(fc.constantFrom(...ACCEPTED.map(([to]) => to)), fc.nat(80), fc.nat(3), fc.constantFrom(...PIECES))
  .map(([to, at, cut, piece]) => to.slice(0, at) + piece + to.slice(at + cut));
const anyTo = fc.oneof(pieces, nearlyRight, mutated, fc.string({ unit: 'binary' }));

describe('any text in To', () => {
  test('is read or refused, never a crash', () => {
    fc.assert(
      fc.property(anyTo, (to) => expect([undefined, expect.anything()]).toContainEqual(readTo(to))),
      {
        numRuns: 5_000,
      },
    );
  });

  test('is read by jambonz as the same user and host, when we read it at all', () => {
    let read = 0;
    fc.assert(
      fc.property(anyTo, (to) => {
        const ours = readTo(to);
        if (!ours) return;
        read++;
        expect(readByJambonz(to)).toEqual(ours);
      }),
      { numRuns: 20_000 },
    );
    expect(read).toBeGreaterThan(500);
  });

  test('takes time in proportion to its length', () => {
    const started = process.cpuUsage();
    for (const bomb of ['"\\', 'a ', ';a', ';a="', ';a=a', '<sip:a', 'sip:a;', '%40'])
      readTo(`${bomb.repeat(2048 / bomb.length)}<`);
    // Of the processor, not of the clock: other work on this machine does not count.
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(200);
  });
});
