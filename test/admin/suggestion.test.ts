import { suggestion } from '../../lib/admin/suggestion';

test.each([
  [['password', 'retire', 'al@a.example'], [], 'edge-registrar password retire al@a.example'],
  [['lint'], ['--stack', 'my stack'], "edge-registrar lint --stack 'my stack'"],
  [
    ['customers', 'show', "o'neil&co@a.example"],
    [],
    "edge-registrar customers show 'o'\\''neil&co@a.example'",
  ],
])('%j on %j can be pasted: %s', (words, options, text) => {
  expect(suggestion({ tool: 'edge-registrar' }, words, { options })).toBe(text);
});
