import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { matchesPattern, patternProblem } from '../../../lib/registrar/record/number-pattern';

describe('a caller-id pattern is refused, with its fix,', () => {
  test.each<[string, string, RegExp]>([
    ['empty', '', /^an empty pattern matches every number/],
    ['no expression', '(', /^is not a regular expression/],
    ['an unknown class', '[9-0]', /^is not a regular expression/],
    ['too long', '1'.repeat(201), /^is longer than 200 characters/],
    ['look-ahead', '(?=9)', /^look-around is not supported/],
    ['negative look-ahead', '^(?!966)', /^look-around is not supported/],
    ['look-behind', '(?<=9)6', /^look-around is not supported/],
    ['negative look-behind', '(?<!9)6', /^look-around is not supported/],
    ['a back-reference', '(9)\\1', /^back-references are not supported/],
    ['a named back-reference', '(?<a>9)\\k<a>', /^back-references are not supported/],
    ['a repetition above 16', '^9{17}$', /^repeats more than 16 times/],
    ['an open repetition above 16', '^9{0,9999}$', /^repeats more than 16 times/],
    ['a repetition in a repetition', '(9{16}){16}', /^repeats more than 16 times/],
  ])('%s', (_what, pattern, problem) => {
    expect(patternProblem(pattern)).toMatch(problem);
  });

  test.each([
    '^966',
    '^97[15]',
    '4567$',
    '^(966|971)',
    '^1\\d{10}$',
    '^00?',
    '^966(50|55)\\d*$',
    '9.*6',
    '(9+)+$',
    '(9|99){5}',
  ])('and %s is accepted', (pattern) => {
    expect(patternProblem(pattern)).toBeUndefined();
  });
});

test.each([
  ['^966', '966501234567', true],
  ['^966', '971501234567', false],
  ['4567$', '966501234567', true],
  ['^97[15]', '971501234567', true],
  ['^(966|971)\\d{9}$', '966501234567', true],
])('%s on %s: %s', (pattern, digits, matches) => {
  expect(matchesPattern(pattern, digits)).toBe(matches);
});

describe('matching is bounded in time', () => {
  /** The slowest match in ms of the processor, in a process that can be ended. */
  function slowest(patterns: readonly string[]): number {
    const code = `
      const { matchesPattern } = require(${JSON.stringify(join(__dirname, '../../../lib/registrar/record/number-pattern.ts'))});
      let worst = 0;
      for (const pattern of ${JSON.stringify(patterns)})
        for (const digits of ['9'.repeat(32), '1'.repeat(31) + '2', '01'.repeat(16), '9'.repeat(31) + '*']) {
          const began = process.cpuUsage();
          matchesPattern(pattern, digits);
          worst = Math.max(worst, process.cpuUsage(began).user / 1000);
        }
      console.log(worst);`;
    const args = ['--import', 'tsx', '-e', code];
    const { stdout, status } = spawnSync(process.execPath, args, { timeout: 15_000, encoding: 'utf8' });
    return status === 0 ? Number(stdout) : Number.POSITIVE_INFINITY;
  }

  test('for patterns that V8 alone would take minutes over', () => {
    const hostile = [
      '(a+)+$',
      '(9+)+x',
      `${'\\d?'.repeat(60)}\\d{16}x`,
      '9*9*9*9*9*9*9*9*x',
      '.*.*.*.*.*.*.*.*x$',
      '^.*9.*9.*9.*9.*9.*9.*8$',
      '\\d*\\d*\\d*\\d*\\d*\\d*\\d*\\d*\\d*a',
      '[0-9]+[0-9]+[0-9]+[0-9]+[0-9]+[0-9]+[0-9]+a$',
      '9?9?9?9?9?9?9?9?9?9?9?9?9?9?9?9?9?9?9?9?99999999999999999999x',
      '^\\d{1,16}\\d{1,16}\\d{1,16}\\d{1,16}\\d{1,16}x$',
      '(9|9.)(9|9.)(9|9.)(9|9.)(9|9.)(9|9.)(9|9.)(9|9.)(9|9.)(9|9.)(9|9.)(9|9.)x',
    ];
    expect(hostile.filter((pattern) => patternProblem(pattern) !== undefined)).toEqual([]);
    expect(slowest(hostile)).toBeLessThan(500);
  });

  test('for any pattern of these parts that is accepted', () => {
    const part = fc.constantFrom(
      ...['9', '1', '.', '\\d', '[0-9]', '*', '+', '?', '{1,16}', '{2}', '|', '(', ')', '(?:', '^', '$', 'x'],
    );
    const patterns = fc
      .sample(fc.array(part, { minLength: 3, maxLength: 40 }), { numRuns: 20_000, seed: 4 })
      .map((parts) => parts.join(''))
      .filter((pattern) => patternProblem(pattern) === undefined)
      .slice(0, 2000);
    expect(patterns.length).toBeGreaterThan(300);
    expect(slowest(patterns)).toBeLessThan(500);
  });
});
