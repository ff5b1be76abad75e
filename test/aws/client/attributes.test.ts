import { asJson, readItem, writeItem } from '../../../lib/aws/client/attributes';

// The types and their JSON are those of the Amazon DynamoDB API reference, "AttributeValue".

describe('an item', () => {
  test('is read as JavaScript has it', () => {
    expect(
      readItem({
        text: { S: 'Grüße ☎' },
        empty: { S: '' },
        number: { N: '-1795423886.5' },
        zero: { N: '0' },
        yes: { BOOL: true },
        no: { BOOL: false },
        nothing: { NULL: true },
        list: { L: [{ N: '1' }, { M: { a: { S: 'b' } } }, { L: [] }] },
        texts: { SS: ['a', 'b'] },
        numbers: { NS: ['966', '971'] },
        map: { M: { inner: { M: { numbers: { SS: ['112'] } } } } },
      }),
    ).toEqual({
      text: 'Grüße ☎',
      empty: '',
      number: -1795423886.5,
      zero: 0,
      yes: true,
      no: false,
      nothing: null,
      list: [1, { a: 'b' }, []],
      texts: new Set(['a', 'b']),
      numbers: new Set([966, 971]),
      map: { inner: { numbers: new Set(['112']) } },
    });
  });

  test.each([
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['0.1', 0.1],
    ['18005550100', 18005550100],
  ])('the number %s is a number', (text, number) => {
    expect(readItem({ it: { N: text } })).toEqual({ it: number });
  });

  test.each([
    ['9007199254740993'],
    ['12345678901234567890.5'],
    ['0.0000001'],
    ['99999999999999999999999999999999999999000'],
    ['-12345678901234567890'],
    ['1.0000000000000000000000000000000001'],
  ])('the number %s, which JavaScript would round or write otherwise, keeps its digits', (text) => {
    const item = readItem({ it: { N: text }, set: { NS: [text, '1'] } });
    expect(typeof item.it).toBe('object');
    expect(asJson(item)).toEqual({ it: text, set: [text, 1] });
    expect(JSON.stringify(item.it)).toBe(JSON.stringify(text));
  });

  test('bytes are base64, and no text that a field could be', () => {
    const bytes = Buffer.from('sip-pass');
    const item = readItem({ wire: { B: 'c2lwLXBhc3M=' }, sdk: { B: bytes }, set: { BS: [bytes] } });
    expect(typeof item.wire).toBe('object');
    expect(asJson(item)).toEqual({ wire: 'c2lwLXBhc3M=', sdk: 'c2lwLXBhc3M=', set: ['c2lwLXBhc3M='] });
  });

  test('an unknown type is null, and breaks nothing', () => {
    expect(readItem(JSON.parse('{"new":{"X":"1"},"other":{"S":"a"}}'))).toEqual({ new: null, other: 'a' });
  });

  test('a name is only a name', () => {
    const item = readItem(JSON.parse('{"__proto__":{"M":{"enabled":{"BOOL":true}}}}'));
    expect(Object.keys(item)).toEqual(['__proto__']);
    expect(item.enabled).toBeUndefined();
  });

  test('as JSON has sets as lists, at every depth', () => {
    const item = readItem({ destinations: { M: { deny: { SS: ['966'] } } }, list: { L: [{ NS: ['1'] }] } });
    expect(asJson(item)).toEqual({ destinations: { deny: ['966'] }, list: [[1]] });
  });

  test('is written as DynamoDB wants it, and read back the same', () => {
    const item = { s: 'a', n: 0.5, t: true, f: false, z: null, l: [1, ['a']], m: { a: {}, b: undefined } };
    const written = {
      s: { S: 'a' },
      n: { N: '0.5' },
      t: { BOOL: true },
      f: { BOOL: false },
      z: { NULL: true },
      l: { L: [{ N: '1' }, { L: [{ S: 'a' }] }] },
      m: { M: { a: { M: {} } } },
    };
    expect(writeItem(item)).toEqual(written);
    expect(readItem(writeItem(item))).toEqual({ ...item, m: { a: {} } });
  });

  test.each([[new Set(['a'])], [Number.NaN], [Number.POSITIVE_INFINITY], [1n], [() => 1]])(
    '%p is not written',
    (value) => {
      expect(() => writeItem({ value })).toThrow(TypeError);
    },
  );
});
