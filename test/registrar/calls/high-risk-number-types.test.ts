import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { numberTypeLines, numberTypeTable } from '../../../lib/admin/number-types';
import { highRiskRange } from '../../../lib/registrar/calls/destination-rules';
import { rangeOfType, rangesOfType } from '../../../lib/registrar/calls/high-risk-number-types';
import { HIGH_RISK_RANGES } from '../../../lib/registrar/calls/high-risk-ranges';
import { EXAMPLE_NUMBERS } from './example-numbers';

const KINDS: Readonly<Record<string, string>> = {
  PREMIUM_RATE: 'premium-rate',
  SHARED_COST: 'shared-cost',
  PERSONAL_NUMBER: 'personal',
};
/** Their shared-cost numbers begin like local ones: docs/high-risk-ranges.md. */
const NOT_TOLD = ['BR', 'CL', 'CN', 'IE', 'LB'];
const read = (path: string) => readFileSync(join(__dirname, '../../..', path), 'utf8');

describe('numbers that cost more, by their numbering plan', () => {
  test('the table is what the installed library says: npm run number-types', () => {
    const lines = numberTypeLines(require('libphonenumber-js/metadata.max.json'));
    const [, table] =
      /const NUMBER_TYPES = `\n([^`]*)\n`/.exec(read('lib/registrar/calls/high-risk-number-types.ts')) ?? [];
    expect(table?.split('\n')).toEqual(numberTypeTable(lines));
    const documented = read('docs/high-risk-ranges.md')
      .split('\n')
      .filter((line) => /^\| (?:[A-Z]{2}|001) \|/.test(line))
      .map((line) => line.replace(/[`|]/g, ' ').trim().replace(/ +/g, ' '));
    expect(documented).toEqual(lines);
  });

  test('every example number of such a type is recognised', () => {
    const missed = EXAMPLE_NUMBERS.filter(({ type, number, country }) => {
      const kind = KINDS[type];
      const reported = rangeOfType(number)?.kind;
      return (
        kind !== undefined && reported !== kind && !(kind === 'shared-cost' && NOT_TOLD.includes(country))
      );
    });
    expect(missed).toEqual([]);
  });

  test('no example number of an ordinary type is', () => {
    const wrong = EXAMPLE_NUMBERS.filter(
      ({ type, number }) => KINDS[type] === undefined && rangeOfType(number),
    );
    expect(wrong).toEqual([]);
  });

  test.each([
    ['19005550123', 'premium-rate'],
    ['190055501234', 'premium-rate'],
    ['449098790123', 'premium-rate'],
    ['447012345678', 'personal'],
    ['61190212345', 'premium-rate'],
    ['39892424', 'premium-rate'],
    ['979123456789', 'premium-rate'],
    ['808123456789', 'shared-cost'],
    ['491801234567', 'shared-cost'],
  ])('%s: %s', (number, kind) => {
    expect(highRiskRange(number)?.kind).toBe(kind);
  });

  test.each(['5550123', '1900555', '441134960000', '12165550123', '966501234567'])(
    '%s is ordinary',
    (number) => {
      expect(highRiskRange(number)).toBeUndefined();
    },
  );

  test('shared-cost numbers are ordinary at home, and premium-rate numbers are not', () => {
    expect(highRiskRange('611300123456', '61')).toBeUndefined();
    expect(highRiskRange('611300123456', '44')?.kind).toBe('shared-cost');
    expect(highRiskRange('611300123456')?.kind).toBe('shared-cost');
    expect(highRiskRange('61190212345', '61')?.kind).toBe('premium-rate');
  });

  test('a prefix that opened a range of the older list opens it still', () => {
    const older = [
      '1900',
      '3090',
      '31900',
      '3290',
      '3389',
      '34803',
      '351760',
      '39892',
      '39899',
      '41900',
      '43900',
      '4470',
      '449',
      '4870',
      '49900',
      '61190',
    ];
    const ranges = rangesOfType().map(({ prefix }) => prefix);
    expect(older.filter((it) => !ranges.some((range) => it.startsWith(range)))).toEqual([]);
  });

  test('the own list has none of them', () => {
    const own = HIGH_RISK_RANGES.filter(({ prefix }) =>
      rangesOfType().some((it) => prefix.startsWith(it.prefix)),
    );
    expect(own).toEqual([]);
    expect(HIGH_RISK_RANGES.length).toBeLessThan(52);
  });
});
