import fc from 'fast-check';
import { formatAor } from '../../../lib/registrar/record/aor';
import { type NumberRecord, parseNumber } from '../../../lib/registrar/record/number-record';

// A mistake in a number restricts: no other phone rings, no other number is called, nothing that was off is on.

type Json = Readonly<Record<string, unknown>>;

const WHOLE: Json = {
  realm: 'numbers',
  username: '966112223300',
  description: 'sales',
  enabled: true,
  ring: ['pbx@a.example', ['ann@a.example', 'bob@b.example']],
  ringSeconds: 25,
  passNumber: true,
  then: { dial: '966501234567', as: 'pbx@a.example' },
  version: 4,
};
const RECORDS: Readonly<Record<string, Json>> = {
  'a whole number': WHOLE,
  'a disabled number': { ...WHOLE, enabled: false },
  'a number that ends with a code': { ...WHOLE, ring: ['ann@a.example'], then: { status: 486 } },
};

type Breaking = (value: unknown, name: string) => unknown;
const BREAKINGS: Readonly<Record<string, Breaking>> = {
  null: () => null,
  'a number': () => 5.5,
  'a text': () => 'x!',
  'an empty text': () => '',
  'an empty list': () => [],
  'an empty object': () => ({}),
  'an empty set': () => new Set(),
  'an object of another name': (value) => ({ value }),
  'a list of it': (value) => [value],
  'a list of a list of it': (value) => [[value]],
  'one level down': (value, name) => ({ [name]: value }),
  text: (value) => JSON.stringify(value),
  'a list with a bad element': (value) => (Array.isArray(value) ? [...value, 5] : [5]),
  'an object with another name': (value) =>
    typeof value === 'object' ? { ...value, other: 'x' } : { other: 'x' },
  'a set of it': (value) => new Set(Array.isArray(value) ? value : [value]),
};

/** What a number may do: the phones that ring, and where calls go on. */
function allowedBy(number: NumberRecord | undefined): ReadonlySet<string> {
  if (!number || number.enabled === false) return new Set();
  const { fallback, ring, passNumber } = number;
  const [last, ...others] = ring.at(-1) ?? [];
  const ownForward = !fallback && last && others.length === 0 ? [`the forward of ${formatAor(last)}`] : [];
  return new Set([
    ...ring.flat().map((phone) => `rings ${formatAor(phone)}`),
    ...(passNumber ? ['passes the number'] : []),
    ...(fallback && 'as' in fallback ? [`${fallback.dial} as ${formatAor(fallback.as)}`] : ownForward),
  ]);
}

const misspellingsOf = (name: string) => [
  `${name[1]}${name[0]}${name.slice(2)}`,
  `${name}s`,
  name.toUpperCase(),
  name.slice(0, -1),
];

/** Each field broken in each way, misspelt, or written one level up. */
function brokenFrom(whole: Json): { readonly what: string; readonly record: Json }[] {
  return Object.entries(whole).flatMap(([name, value]) => {
    if (name === 'realm' || name === 'username') return [];
    const { [name]: _, ...others } = whole;
    return [
      ...Object.entries(BREAKINGS).map(([how, broken]) => ({
        what: `${name}: ${how}`,
        record: { ...whole, [name]: broken(value, name) },
      })),
      ...misspellingsOf(name).map((it) => ({
        what: `${name} as ${it}`,
        record: { ...others, [it]: value },
      })),
      ...(name === 'then' ? [{ what: 'then: one level up', record: { ...others, ...(value as Json) } }] : []),
    ];
  });
}

describe.each(Object.entries(RECORDS))('%s', (_, whole) => {
  const before = allowedBy(parseNumber(whole).number);
  const reported = brokenFrom(whole).filter(({ record }) => parseNumber(record).problems.length > 0);
  const grown = (record: Json) => [...allowedBy(parseNumber(record).number)].filter((it) => !before.has(it));

  test('is right as it stands', () => {
    expect(parseNumber(whole).problems).toEqual([]);
  });

  test('allows no more than before when any one place is broken', () => {
    expect(reported.length).toBeGreaterThan(60);
    expect(reported.flatMap(({ what, record }) => grown(record).map((more) => `${what}: ${more}`))).toEqual(
      [],
    );
  });

  test('nor when two places are broken', () => {
    const mistake = fc.constantFrom(...reported);
    fc.assert(
      fc.property(mistake, mistake, ({ record }, other) => {
        expect(grown({ ...record, ...changesIn(other.record, whole) })).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

function changesIn(record: Json, whole: Json): Json {
  return Object.fromEntries(Object.entries(record).filter(([name, value]) => whole[name] !== value));
}
