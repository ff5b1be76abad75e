import { gzipSync } from 'node:zlib';
import { decodeText } from '../../../lib/admin/files/text-encoding';

const TEXT = 'realm,username,password\na.example,al,grün\n';

describe('the text of a file', () => {
  test.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${TEXT}`)],
  ])('is read as %s', (_, bytes) => {
    expect(decodeText(bytes, 'x.csv')).toBe(TEXT);
  });

  test.each([
    ['Latin-1', Buffer.from(TEXT, 'latin1'), 2, 'WINDOWS-1252'],
    ['UTF-16 with a byte order mark', Buffer.from(`\uFEFF${TEXT}`, 'utf16le'), 1, 'UTF-16'],
    ['UTF-16 without one', Buffer.from(TEXT, 'utf16le'), 1, 'UTF-16LE'],
    ['UTF-16 the other way round', Buffer.from(TEXT, 'utf16le').swap16(), 1, 'UTF-16BE'],
  ])('is refused as %s, with its line and how to save it', (_, bytes, line, encoding) => {
    expect(decodeText(bytes, 'x.csv')).toEqual({
      line,
      fix: `is not UTF-8 (it looks like ${encoding}): save it as UTF-8, in Excel as "CSV UTF-8", or convert it with: iconv -f ${encoding} -t UTF-8 x.csv`,
    });
  });

  test('is refused with a command that can be pasted', () => {
    expect(decodeText(Buffer.from(TEXT, 'latin1'), "Anna's phones.csv")).toMatchObject({
      fix: expect.stringMatching(/ -t UTF-8 'Anna'\\''s phones\.csv'$/),
    });
  });

  test('is refused with a NUL in it, by its line', () => {
    expect(decodeText(Buffer.from('realm,username\na.example,a\u0000l\n'), 'x.csv')).toEqual({
      line: 2,
      fix: 'holds a NUL byte, which is no character: remove it',
    });
  });

  test.each([
    ['a workbook', Buffer.from('PK\u0003\u0004'), /^is a zip archive or an Excel workbook: save the sheet/],
    ['an export of DynamoDB to S3', gzipSync(TEXT), /^is compressed with gzip: unpack it with gunzip$/],
    ['a lost character', Buffer.from('a\nb\uFFFD'), /^holds U\+FFFD, .*: write the character again$/],
  ])('is refused by its name: %s', (_, bytes, fix) => {
    expect(decodeText(bytes, 'x')).toMatchObject({ fix: expect.stringMatching(fix) });
  });
});
