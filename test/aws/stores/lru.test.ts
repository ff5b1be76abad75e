import { lru } from '../../../lib/aws/stores/lru';

test('an entry that is asked for now and then stays, whatever comes meanwhile', () => {
  const cache = lru<number>(10);
  cache.set('asked for', -1);
  for (let at = 0; at < 100; at++) {
    cache.set(`seen once ${at}`, at);
    expect(cache.get('asked for')).toBe(-1);
  }
});

test('an entry stays for at least half of the others, and goes before there are more than allowed', () => {
  const cache = lru<number>(10);
  for (let at = 0; at < 100; at++) cache.set(String(at), at);
  const left = Array.from({ length: 100 }, (_, at) => at).filter((at) => cache.get(String(at)) !== undefined);
  expect(left).toEqual(expect.arrayContaining([95, 96, 97, 98, 99]));
  expect(left.length).toBeLessThanOrEqual(10);
});

test('a new value takes the place of the old one, wherever that is', () => {
  const cache = lru<string>(4);
  cache.set('a', '1');
  cache.set('b', '2');
  cache.set('c', '3');
  cache.set('a', '4');
  expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual(['4', '2', '3']);
});

test('a deleted entry is gone, however old', () => {
  const cache = lru<string>(4);
  cache.set('a', '1');
  cache.set('b', '2');
  cache.set('c', '3');
  cache.delete('a');
  cache.delete('c');
  expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([undefined, '2', undefined]);
});
