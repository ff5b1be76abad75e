import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { highRiskRange } from '../../../lib/registrar/calls/destination-rules';
import { HIGH_RISK_RANGES } from '../../../lib/registrar/calls/high-risk-ranges';

describe('the high-risk ranges', () => {
  test('each is a prefix of digits with a reason, once', () => {
    const prefixes = HIGH_RISK_RANGES.map(({ prefix }) => prefix);
    expect(prefixes.filter((prefix) => !/^[1-9][0-9]{1,6}$/.test(prefix))).toEqual([]);
    expect(new Set(prefixes).size).toBe(prefixes.length);
    expect(HIGH_RISK_RANGES.filter(({ reason }) => reason.length < 4)).toEqual([]);
  });

  test('none is inside another, and each is reported by its own name', () => {
    const prefixes = HIGH_RISK_RANGES.map(({ prefix }) => prefix);
    const inside = prefixes.filter((a) => prefixes.some((b) => a !== b && a.startsWith(b)));
    expect(inside).toEqual([]);
  });

  test('the documented list is this list', () => {
    const documented = readFileSync(join(__dirname, '../../../docs/high-risk-ranges.md'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(documented).toEqual(
      HIGH_RISK_RANGES.map(({ prefix, kind, reason }) => `| \`${prefix}\` | ${kind} | ${reason} |`),
    );
  });

  test.each(['12125550100', '442079460000', '447700900123', '966501234567', '971501234567', '4930123456'])(
    '%s is an ordinary number',
    (number) => {
      expect(highRiskRange(number)).toBeUndefined();
    },
  );
});
