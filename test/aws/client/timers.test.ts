import { REAL_TIMERS } from '../../../lib/aws/client/timers';

const { deadline } = REAL_TIMERS;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('deadlines expire each at its own time, whatever the order they were set in', () => {
  const expired: number[] = [];
  for (const ms of [2000, 200, 900, 200]) deadline(ms, () => expired.push(ms));
  jest.advanceTimersByTime(199);
  expect(expired).toEqual([]);
  jest.advanceTimersByTime(2);
  expect(expired).toEqual([200, 200]);
  jest.advanceTimersByTime(700);
  expect(expired).toEqual([200, 200, 900]);
  jest.advanceTimersByTime(1100);
  expect(expired).toEqual([200, 200, 900, 2000]);
});

test('one that was cancelled never expires, and those after it still do', () => {
  const expired: number[] = [];
  const cancel = deadline(100, () => expired.push(100));
  cancel();
  jest.advanceTimersByTime(50);
  deadline(100, () => expired.push(150));
  jest.advanceTimersByTime(60);
  expect(expired).toEqual([]);
  jest.advanceTimersByTime(41);
  expect(expired).toEqual([150]);
});

test('cancelled deadlines leave one timer of Node, not one each', () => {
  for (let n = 0; n < 100; n++) deadline(2000, () => {})();
  expect(jest.getTimerCount()).toBe(1);
});

test('one that is set while another expires is kept', () => {
  const expired: string[] = [];
  deadline(100, () => {
    expired.push('first');
    deadline(100, () => expired.push('second'));
  });
  jest.advanceTimersByTime(101);
  expect(expired).toEqual(['first']);
  jest.advanceTimersByTime(101);
  expect(expired).toEqual(['first', 'second']);
});
