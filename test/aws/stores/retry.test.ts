import { withRetry } from '../../../lib/aws/stores/retry';
import { errorName } from '../../../lib/hooks/errors';

const BUDGET = { totalMs: 2_000, attemptMs: 20 };

test('a time-out is called a time-out on every Node, and is tried three times', async () => {
  let attempts = 0;
  const hanging = () => {
    attempts++;
    return new Promise<never>(() => {});
  };
  await expect(withRetry('the table', BUDGET, hanging)).rejects.toMatchObject({
    name: 'Undecided',
    message: 'the table: TimeoutError',
  });
  expect(attempts).toBe(3);
});

test.each<[unknown, string]>([
  [new DOMException('gone', 'AbortError'), 'AbortError'],
  [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'ECONNRESET'],
  [new TypeError('x'), 'TypeError'],
  [{ name: 's3cret' }, 'unknown error'],
  ['s3cret', 'unknown error'],
])('%p is called %s', (cause, name) => {
  expect(errorName(cause)).toBe(name);
});
