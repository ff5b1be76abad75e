import fc from 'fast-check';
import { COUNTRY_CODES } from '../../../lib/registrar/calls/country-codes';
import { callingCodeOf, nationalForm, readInCountry } from '../../../lib/registrar/calls/country-numbers';
import { libraryCountries, planOf } from '../../../lib/registrar/calls/phone-number-library';
import { EXAMPLE_NUMBERS } from './example-numbers';

const RUNS = { numRuns: 3000 };

describe('the example numbers of every country', () => {
  test('are many, of nearly every country', () => {
    expect(EXAMPLE_NUMBERS.length).toBeGreaterThan(1200);
    expect(new Set(EXAMPLE_NUMBERS.map(({ country }) => country)).size).toBeGreaterThan(240);
  });

  test('are read as their E.164 number when people of the country dial them', () => {
    const wrong = EXAMPLE_NUMBERS.filter(
      ({ country, national, number }) => readInCountry(national, country).number !== number,
    );
    expect(wrong).toEqual([]);
  });

  test('are read as their E.164 number behind +', () => {
    const wrong = EXAMPLE_NUMBERS.filter(
      ({ country, number }) => readInCountry(`+${number}`, country).number !== number,
    );
    expect(wrong).toEqual([]);
  });

  test("are read under every country's plan behind its international prefix", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...COUNTRY_CODES),
        fc.constantFrom(...EXAMPLE_NUMBERS),
        (country, example) => {
          const prefix = planOf(country).preferredInternationalPrefix;
          const reading = { number: example.number, because: 'international-prefix' };
          expect(readInCountry(prefix + example.number, country)).toEqual(reading);
        },
      ),
      RUNS,
    );
  });

  test('are written back as people of the country dial them', () => {
    const wrong = EXAMPLE_NUMBERS.filter(({ country, number }) => {
      const form = nationalForm(number, country);
      return readInCountry(form, country).number !== number;
    });
    expect(wrong).toEqual([]);
  });
});

describe('a number for another country', () => {
  test.each([
    ['SA', '442079460000', '00442079460000'],
    ['US', '442079460000', '011442079460000'],
    ['AU', '442079460000', '0011442079460000'],
    ['RU', '442079460000', '810442079460000'],
    // ITU Operational Bulletin, "Dialling procedures": 001 is Singtel's, 000 is Tanzania's and Uganda's
    ['SG', '442079460000', '001442079460000'],
    ['TZ', '442079460000', '000442079460000'],
    ['UG', '442079460000', '000442079460000'],
    ['US', '18765550123', '8765550123'],
    // Not in the plan yet, and long enough: behind the trunk prefix as well (ITU-T E.129)
    ['NZ', '6491234567', '091234567'],
    ['AE', '97141234567', '041234567'],
    ['PK', '92511234567', '0511234567'],
    ['HU', '3651123456', '0651123456'],
    ['US', '12121234567', '2121234567'],
  ])('%s dials %s as %s', (country, number, dialled) => {
    expect(nationalForm(number, country)).toBe(dialled);
  });
});

describe('what is not a number of the country', () => {
  test.each(['112', '911', '100', '1', '12', '999999999999999999999', '0', '00', '000'])(
    '%s stays as it is',
    (text) => {
      for (const country of ['US', 'DE', 'IT', 'SA', 'AU', 'CN', 'FO'])
        expect(readInCountry(text, country)).toEqual({ number: text, because: 'impossible-in-country' });
    },
  );

  test('reading never throws, and gives digits', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...COUNTRY_CODES),
        fc.stringMatching(/^\+?[0-9]{1,32}$/),
        (country, text) => {
          expect(readInCountry(text, country).number).toMatch(/^[0-9]*$/);
        },
      ),
      RUNS,
    );
  });
});

test('the list of countries is the list of the library', () => {
  expect([...COUNTRY_CODES].sort()).toEqual([...libraryCountries()].sort());
});

test.each([
  ['SA', '966'],
  ['US', '1'],
  ['JM', '1'],
  ['VA', '39'],
])('the calling code of %s is %s', (country, code) => {
  expect(callingCodeOf(country)).toBe(code);
});
