import { readableLine } from '../../lib/local/readable-log';

test.each([
  [
    {
      hook: 'register-auth',
      answer: 'ok',
      aor: 'a@b',
      method: 'REGISTER',
      because: 'right-digest',
      ms: 3,
      requestId: 'x',
    },
    'register-auth ok a@b right-digest method=REGISTER ms=3',
  ],
  [
    {
      level: 'ERROR',
      undecided: 'Undecided',
      because: 'the customers table could not be read',
      inner: undefined,
    },
    'ERROR the customers table could not be read undecided=Undecided',
  ],
  [
    { _aws: {}, hook: 'register-auth', answer: 'ok', because: 'right-digest', LookupTime: [1, 2], Hooks: 1 },
    '  counted LookupTime=1,2 Hooks=1 (register-auth ok right-digest)',
  ],
])('%j reads: %s', (line, text) => {
  expect(readableLine(line)).toBe(text);
});
