import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { fromAttributes, toAttributes } from '../../../lib/aws/client/attribute-values';

// As the SDK's own converter writes and reads them.

const ITEM = {
  text: 'Grüße',
  empty: '',
  whole: -3,
  part: 1795423886.5,
  yes: true,
  none: null,
  list: [1, 'a', [], [{ b: 2 }]],
  map: { c: { d: null }, e: {} },
  __proto__x: 'kept',
};

test('an item goes to DynamoDB as the SDK writes it', () => {
  expect(toAttributes(ITEM)).toEqual(marshall(ITEM));
});

test('an item comes back as the SDK reads it, sets included', () => {
  const attributes = {
    ...marshall(ITEM),
    texts: { SS: ['a', 'b'] },
    numbers: { NS: ['1', '2.5'] },
  };
  expect(fromAttributes(attributes)).toEqual(unmarshall(attributes));
});

test('an attribute that is undefined is left out', () => {
  expect(toAttributes({ a: undefined, b: 'x' })).toEqual({ b: { S: 'x' } });
});

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [() => 'x'], [Symbol('x')], [1n]])(
  'what DynamoDB cannot hold is refused: %p',
  (value) => {
    expect(() => toAttributes({ value })).toThrow(TypeError);
  },
);

test('an attribute named __proto__ is an attribute like others', () => {
  const item = fromAttributes(JSON.parse('{"__proto__":{"M":{"admin":{"BOOL":true}}}}'));
  expect(Object.keys(item)).toEqual(['__proto__']);
  expect(Reflect.get({}, 'admin')).toBeUndefined();
});

test('what is no attribute value does not stop the reading', () => {
  expect(fromAttributes({ a: null, b: { L: 'x' }, c: { M: [] }, d: {} })).toEqual({
    a: undefined,
    b: [],
    c: {},
    d: undefined,
  });
});
