import { nameOf, withTries } from '../../lib/aws/tries';

const BUDGET = { wholeMs: 2_000, tryMs: 20 };

test('a time-out is called a time-out on every Node, and is tried three times', async () => {
  let tries = 0;
  const hanging = () => {
    tries++;
    return new Promise<never>(() => {});
  };
  await expect(withTries('the table', BUDGET, hanging)).rejects.toMatchObject({
    name: 'Undecided',
    message: 'the table: TimeoutError',
  });
  expect(tries).toBe(3);
});

test.each<[unknown, string]>([
  [new DOMException('gone', 'AbortError'), 'AbortError'],
  [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'ECONNRESET'],
  [new TypeError('x'), 'TypeError'],
  [{ name: 's3cret' }, 'unknown error'],
  ['s3cret', 'unknown error'],
])('%p is called %s', (cause, name) => {
  expect(nameOf(cause)).toBe(name);
});
