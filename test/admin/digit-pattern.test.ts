import fc from 'fast-check';
import { acceptedLengths, after, automatonOf } from '../../lib/admin/digit-pattern';

/** The patterns of numbering plans, as libphonenumber writes them. */
const PATTERNS = [
  '900[2-9]\\d{6}',
  '(?:8(?:4[2-5]|7[0-3])|9(?:[01]\\d|8[2-49]))\\d{7}|845464\\d',
  '13(?:00\\d{6}(?:\\d{2})?|45[0-4]\\d{3})|13\\d{4}',
  '1\\d?',
];

function accepts(pattern: string, digits: string): boolean {
  const automaton = automatonOf(pattern);
  const end = [...digits].reduce((states, digit) => after(states, digit), automaton.start);
  return end.has(automaton.end);
}

test.each(PATTERNS)('%s accepts what the regular expression accepts', (pattern) => {
  const whole = new RegExp(`^(?:${pattern})$`);
  const like = fc.oneof(fc.stringMatching(whole), fc.stringMatching(/^[0-9]{0,12}$/));
  fc.assert(fc.property(like, (digits) => accepts(pattern, digits) === whole.test(digits)));
});

test.each([
  ['900[2-9]\\d{6}', [10]],
  ['13(?:00\\d{6}(?:\\d{2})?|45[0-4]\\d{3})|13\\d{4}', [6, 8, 10, 12]],
  ['1\\d?', [1, 2]],
])('%s has numbers of %j digits', (pattern, lengths) => {
  const automaton = automatonOf(pattern);
  expect(acceptedLengths(automaton, automaton.start)).toEqual(lengths);
});

test.each(['(?!1)2', '1+', '.', '(12', '12)'])('%s cannot be read', (pattern) => {
  expect(() => automatonOf(pattern)).toThrow();
});
