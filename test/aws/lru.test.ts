import { lru } from '../../lib/aws/lru';

test('the entry that was not asked for the longest goes first', () => {
  const cache = lru<string>(2);
  cache.set('a', '1');
  cache.set('b', '2');
  cache.get('a');
  cache.set('c', '3');
  expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual(['1', undefined, '3']);
});

test('a new value takes the place of the old one, and no second', () => {
  const cache = lru<string>(2);
  cache.set('a', '1');
  cache.set('b', '2');
  cache.set('a', '3');
  expect(['a', 'b'].map((key) => cache.get(key))).toEqual(['3', '2']);
});

test('a deleted entry is gone', () => {
  const cache = lru<string>(2);
  cache.set('a', '1');
  cache.delete('a');
  expect(cache.get('a')).toBeUndefined();
});
