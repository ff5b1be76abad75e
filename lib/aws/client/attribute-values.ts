import { isObject } from '../../registrar/record/json';

/** A value under the name of its type, as DynamoDB's protocol writes it (Amazon DynamoDB API reference, AttributeValue). */
export type AttributeValue = Readonly<Record<string, unknown>>;

/**
 * An item's attributes as DynamoDB takes them. An attribute that is undefined is left out.
 * @throws TypeError of anything but texts, finite numbers, booleans, null, lists and maps
 */
export function toAttributes(item: Readonly<Record<string, unknown>>): Record<string, AttributeValue> {
  const present = Object.entries(item).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [name, toAttribute(value)]));
}

function toAttribute(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number' && Number.isFinite(value)) return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  if (isObject(value)) return { M: toAttributes(value) };
  throw new TypeError(`DynamoDB takes no ${typeof value} of ours`);
}

/**
 * An item as JavaScript's own texts, numbers, lists and maps; a set is a Set. Bytes stay as they are on the wire, in
 * base64: no record of ours has any.
 */
export function fromAttributes(attributes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [name, fromAttribute(attribute)]),
  );
}

function fromAttribute(attribute: unknown): unknown {
  const [[type, value] = []] = isObject(attribute) ? Object.entries(attribute) : [];
  switch (type) {
    case 'N':
      return Number(value);
    case 'NULL':
      return null;
    case 'L':
      return listOf(value).map(fromAttribute);
    case 'M':
      return isObject(value) ? fromAttributes(value) : {};
    case 'SS':
    case 'BS':
      return new Set(listOf(value));
    case 'NS':
      return new Set(listOf(value).map(Number));
    default:
      return value;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
