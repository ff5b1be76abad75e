import { numberKey } from '../../../lib/registrar/record/number-key';
import { parseNumber, realmsOfNumber } from '../../../lib/registrar/record/number-record';

const PBX = { username: 'Pbx', realm: 'a.example' };
const ANN = { username: 'Ann', realm: 'a.example' };
const BOB = { username: 'Bob', realm: 'b.example' };
const KEY = { realm: 'numbers', username: '966112223300' };
const NUMBER = { ...KEY, ring: ['Pbx@a.example'] };

const problemsOf = (item: unknown) => parseNumber(item).problems.map(({ path, fix }) => `${path}: ${fix}`);

describe('a number as an admin writes it', () => {
  test('every field', () => {
    const item = {
      ...KEY,
      description: 'Riyadh office',
      enabled: true,
      ring: [['Pbx@a.example'], ['Ann@a.example', 'Bob@B.EXAMPLE']],
      ringSeconds: 20,
      passNumber: true,
      then: { dial: '966501234567', as: 'Pbx@a.example' },
      version: 3,
    };
    expect(parseNumber(item)).toEqual({
      number: {
        username: '966112223300',
        description: 'Riyadh office',
        enabled: true,
        ring: [[PBX], [ANN, BOB]],
        ringSeconds: 20,
        passNumber: true,
        fallback: { dial: '966501234567', as: PBX },
      },
      problems: [],
    });
  });

  test.each<[string, unknown, unknown]>([
    ['one phone', ['Pbx@a.example'], [[PBX]]],
    ['two steps', ['Pbx@a.example', 'Ann@a.example'], [[PBX], [ANN]]],
    ['a group', [['Pbx@a.example', 'Ann@a.example']], [[PBX, ANN]]],
    ['a set of DynamoDB', [new Set(['Pbx@a.example', 'Ann@a.example'])], [[PBX, ANN]]],
  ])('ring: %s', (_what, ring, steps) => {
    expect(parseNumber({ ...NUMBER, ring })).toMatchObject({ number: { ring: steps }, problems: [] });
  });

  test('then: a SIP code', () => {
    expect(parseNumber({ ...NUMBER, then: { status: 486 } })).toMatchObject({
      number: { fallback: { status: 486 } },
      problems: [],
    });
  });
});

const AOR_FIX = 'write username@realm, such as 2001@sip.example.com';
const THEN_FIX = 'write { "dial": "966501234567", "as": "username@realm" } or { "status": 480 }';

describe('what cannot be read restricts: it rings less, and leads to no trunk', () => {
  test.each<[string, object, object, string[]]>([
    ['enabled', { enabled: 'false' }, { enabled: false }, ['enabled: write true or false, without quotes']],
    [
      'ringSeconds',
      { ringSeconds: '20' },
      { ring: [[PBX]] },
      ['ringSeconds: write it as a number, without quotes'],
    ],
    [
      'ringSeconds too short',
      { ringSeconds: 1 },
      { ring: [[PBX]] },
      ['ringSeconds: write seconds, 5 to 180'],
    ],
    ['passNumber', { passNumber: 1 }, { ring: [[PBX]] }, ['passNumber: write true or false, without quotes']],
    [
      'a phone without a realm',
      { ring: ['Pbx', 'Ann@a.example'] },
      { ring: [[ANN]] },
      [`ring[0]: ${AOR_FIX}`],
    ],
    ['a phone of a realm without a dot', { ring: ['Pbx@office'] }, { ring: [] }, [`ring[0]: ${AOR_FIX}`]],
    [
      'a phone in a group',
      { ring: [['Pbx@a.example', 7]] },
      { ring: [[PBX]] },
      ['ring[0][1]: write it as text, in quotes'],
    ],
    [
      'an empty group',
      { ring: [[], 'Ann@a.example'] },
      { ring: [[ANN]] },
      ['ring[0]: name at least one phone'],
    ],
    ['no steps', { ring: [] }, { ring: [] }, ['ring: name at least one phone']],
    ['a text for a list', { ring: 'Pbx@a.example' }, { ring: [] }, ['ring: write a list, in [ ]']],
    ['no ring', { ring: undefined }, { ring: [] }, ['ring: is missing']],
    [
      'then without a payer',
      { then: { dial: '966501234567' } },
      { fallback: { status: 480 } },
      [`then: ${THEN_FIX}`],
    ],
    [
      'then with a payer that is none',
      { then: { dial: '966501234567', as: 'Pbx' } },
      { fallback: { status: 480 } },
      [`then.as: ${AOR_FIX}`],
    ],
    [
      'then with both',
      { then: { dial: '1', as: 'Pbx@a.example', status: 480 } },
      { fallback: { status: 480 } },
      [`then: ${THEN_FIX}`],
    ],
    ['then as a list', { then: [{ status: 486 }] }, { fallback: { status: 480 } }, [`then: ${THEN_FIX}`]],
    [
      'then with a code that is none',
      { then: { status: 200 } },
      { fallback: { status: 480 } },
      ['then.status: write a SIP failure code, 400 to 699'],
    ],
    [
      'then: letters',
      { then: { dial: 'mum', as: 'Pbx@a.example' } },
      { fallback: { status: 480 } },
      ['then.dial: write digits, with or without a leading +, such as 966501234567'],
    ],
    [
      'a typo',
      { rings: ['Ann@a.example'] },
      { ring: [[PBX]] },
      ['rings: is not a field of a number; look for a typo in "rings"'],
    ],
    [
      'a description that is none',
      { description: 5 },
      { ring: [[PBX]] },
      ['description: write it as text, in quotes'],
    ],
    [
      'a version that is none',
      { version: 'x' },
      { ring: [[PBX]] },
      ['version: write it as a number, without quotes'],
    ],
  ])('%s', (_what, change, number, problems) => {
    const item = { ...NUMBER, ...change };
    expect(parseNumber(item)).toMatchObject({ number });
    expect(problemsOf(item)).toEqual(problems);
  });

  test('eleven phones at a time: the first ten ring', () => {
    const ring = [Array.from({ length: 11 }, (_, at) => `phone${at}@a.example`)];
    expect(parseNumber({ ...NUMBER, ring }).number?.ring[0]).toHaveLength(10);
    expect(problemsOf({ ...NUMBER, ring })).toEqual([
      'ring[0]: name at most 10 phones: jambonz rings no more at a time',
    ]);
  });

  test('everything at once', () => {
    expect(problemsOf({ ...NUMBER, enabled: 1, ring: ['x', 'y'], passNumber: 'yes' })).toEqual([
      'enabled: write true or false, without quotes',
      'passNumber: write true or false, without quotes',
      `ring[0]: ${AOR_FIX}`,
      `ring[1]: ${AOR_FIX}`,
    ]);
  });

  test.each<[string, unknown, string[]]>([
    ['a text', 'x', [': write an object, in { }']],
    ['nothing', undefined, [': write an object, in { }']],
    ['another realm', { ...NUMBER, realm: 'a.example' }, ['realm: write numbers']],
    [
      'a number with +',
      { ...NUMBER, username: '+966112223300' },
      ['username: write the digits as carriers send them, without +, such as 966112223300'],
    ],
    ['no number', { realm: 'numbers', ring: ['Pbx@a.example'] }, ['username: is missing']],
  ])('%s is no number', (_what, item, problems) => {
    expect(parseNumber(item).number).toBeUndefined();
    expect(problemsOf(item)).toEqual(problems);
  });
});

test.each([
  ['966112223300', '966112223300'],
  ['+966112223300', '966112223300'],
  ['', undefined],
  ['+', undefined],
  ['anonymous', undefined],
  ['9661122233001122233001122', undefined],
])('"%s" is looked up as %s', (called, key) => {
  expect(numberKey(called)).toBe(key);
});

test('a number is about the realms of all its phones, and of the account that pays', () => {
  const item = {
    ...NUMBER,
    ring: ['Pbx@a.example', ['Ann@A.example', 'Bob@b.example']],
    then: { dial: '1', as: 'X@c.example' },
  };
  const { number } = parseNumber(item);
  expect(number && realmsOfNumber(number)).toEqual(['a.example', 'b.example', 'c.example']);
});
