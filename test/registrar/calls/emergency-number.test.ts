import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COUNTRY_CODES, hasEmergencyNumbers } from '../../../lib/registrar/calls/country-codes';
import {
  emergencyNumbersOf,
  isEmergencyNumberAnywhere,
} from '../../../lib/registrar/calls/emergency-countries';
import { emergencyNumber, isEmergencyNumber } from '../../../lib/registrar/calls/emergency-number';
import { isEmergencyNumberByGoogle } from './example-numbers';

/** Otherwise than Google has it, and why: see the table's head. */
const OWN = { GA: ['1300'], NG: ['112'] } as const;

describe('the emergency numbers of a country', () => {
  test.each([
    ['US', ['112', '911']],
    ['GB', ['112', '999']],
    ['DE', ['110', '112']],
    ['AU', ['000', '106', '112']],
    ['SA', ['112', '911', '997', '999']],
    ['ZA', ['112', '10111', '10177']],
    ['XX', []],
  ])('%s: %j', (country, numbers) => {
    expect(emergencyNumbersOf(country)).toEqual(numbers);
  });

  test('are known of every country that says so', () => {
    const known = COUNTRY_CODES.filter((country) => emergencyNumbersOf(country).length > 0);
    expect(known).toEqual(COUNTRY_CODES.filter(hasEmergencyNumbers));
  });

  test("are Google's", () => {
    const strangers = COUNTRY_CODES.flatMap((country) =>
      emergencyNumbersOf(country)
        .filter((number) => !isEmergencyNumberByGoogle(number, country))
        .map((number) => `${country} ${number}`),
    );
    expect(strangers).toEqual(['NG 112']);
    expect(OWN.NG).toEqual(['112']);
  });

  test("are all of Google's of up to four digits", () => {
    const short = Array.from({ length: 11_100 }, (_, at) =>
      at < 100
        ? String(at).padStart(2, '0')
        : at < 1100
          ? String(at - 100).padStart(3, '0')
          : String(at - 1100).padStart(4, '0'),
    );
    const missing = COUNTRY_CODES.flatMap((country) =>
      short
        .filter((it) => isEmergencyNumberByGoogle(it, country) && !emergencyNumbersOf(country).includes(it))
        .map((it) => `${country} ${it}`),
    );
    expect(missing.filter((it) => !/^GA 13\d\d$/.test(it))).toEqual([]);
  });

  test('are listed in docs/emergency-numbers.md', () => {
    const documented = readFileSync(join(__dirname, '../../../docs/emergency-numbers.md'), 'utf8')
      .split('\n')
      .filter((line) => /^\| [A-Z]{2} \|/.test(line));
    expect(documented).toEqual(
      COUNTRY_CODES.filter(hasEmergencyNumbers).map(
        (country) => `| ${country} | ${emergencyNumbersOf(country).join(', ')} |`,
      ),
    );
  });
});

describe('a dialled emergency number', () => {
  const RECORD = {
    realm: 'sip.example.com',
    username: 'alice',
    enabled: true,
    limitsOwner: 'alice',
    emergency: { numbers: ['112', '+911', { dialled: '8911', number: '911' }], country: 'GB' },
  };
  const ANY = { emergencyForDisabled: true };

  test.each([
    ['112', '112'],
    ['+112', '112'],
    ['1-1-2', '112'],
    ['112%20', '112'],
    ['911', '+911'],
    ['8911', '911'],
    ['999', '999'],
    ['9999', undefined],
    ['9911', undefined],
    ['1123', undefined],
    ['', undefined],
  ])('%s means %s', (dialled, number) => {
    expect(emergencyNumber(dialled, RECORD, ANY)).toBe(number);
  });

  test.each([
    [{ rewrite: [{ from: '9', to: '' }] }, '9911', '+911'],
    [{ rewrite: [{ from: '9', to: '' }] }, '911', '+911'],
    [{ rewrite: [{ from: '9', to: '' }] }, '9112', '112'],
    [{ rewrite: [{ from: '0', to: '' }] }, '08911', '911'],
    [{ internationalPrefix: '9' }, '9911', '+911'],
    [{ internationalPrefix: '9' }, '911', '+911'],
    [{ country: 'US' }, '00911', undefined],
    [{}, '9911', undefined],
  ])('under %j %s means %s', (dialPlan, dialled, number) => {
    expect(emergencyNumber(dialled, { ...RECORD, dialPlan }, ANY)).toBe(number);
  });

  test('is none where the record has none, or the account is disabled and may not', () => {
    const { emergency: _, ...bare } = RECORD;
    const disabled = { ...RECORD, enabled: false };
    expect(emergencyNumber('112', bare, ANY)).toBeUndefined();
    expect(emergencyNumber('112', disabled, ANY)).toBe('112');
    expect(emergencyNumber('112', disabled, { emergencyForDisabled: false })).toBeUndefined();
  });
});

describe('what no dial plan changes', () => {
  test.each<[string, object, boolean]>([
    ['911', {}, true],
    ['112', {}, true],
    ['190', {}, true],
    ['190', { dialPlan: { country: 'BR' } }, true],
    ['190', { dialPlan: { country: 'US' } }, false],
    ['190', { emergency: { country: 'US' } }, false],
    ['190', { emergency: { country: 'US', numbers: ['190'] } }, true],
    ['000', { dialPlan: { country: 'US' } }, true],
    ['2125550123', {}, false],
    ['1234567', {}, false],
    ['*9', {}, false],
    ['', {}, false],
  ])('%s in %j: %s', (text, record, expected) => {
    expect(isEmergencyNumber(text, record)).toBe(expected);
  });

  test.each(['911', '08', '112'])('%s is an emergency number somewhere', (text) => {
    expect(isEmergencyNumberAnywhere(text)).toBe(text !== '08');
  });
});
