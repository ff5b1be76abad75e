/** An attribute value (Amazon DynamoDB API reference, AttributeValue); bytes are base64 on the wire. */
export interface Attribute {
  readonly S?: string;
  readonly N?: string;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  readonly B?: string | Uint8Array;
  readonly L?: readonly Attribute[];
  readonly M?: Attributes;
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly (string | Uint8Array)[];
}

export type Attributes = Readonly<Record<string, Attribute>>;

/** What we write, which is less than what we read. */
export type WrittenAttribute =
  | { S: string }
  | { N: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { L: WrittenAttribute[] }
  | { M: WrittenAttributes };

export type WrittenAttributes = Record<string, WrittenAttribute>;

/** An item as JavaScript has it. */
export type Item = Readonly<Record<string, unknown>>;

/**
 * What JavaScript has no value of its own for: bytes, as base64, and numbers that it would round, as digits. JSON has
 * the text in their place.
 */
export class Unholdable {
  constructor(readonly text: string) {}

  toJSON(): string {
    return this.text;
  }
}

/** Reads an item, for hooks and tools alike. DynamoDB's sets are sets. Nothing in an item makes this fail. */
export function readItem(attributes: Attributes): Item {
  return Object.fromEntries(Object.entries(attributes).map(([name, it]) => [name, readAttribute(it)]));
}

/** A type that DynamoDB may have one day reads as null, which is not the same as nothing: a restriction stays. */
function readAttribute({ S, N, BOOL, B, L, M, SS, NS, BS }: Attribute): unknown {
  if (S !== undefined) return S;
  if (N !== undefined) return readNumber(N);
  if (M !== undefined) return readItem(M);
  if (L !== undefined) return L.map(readAttribute);
  if (BOOL !== undefined) return BOOL;
  if (B !== undefined) return readBytes(B);
  const set: readonly unknown[] | undefined = SS ?? NS?.map(readNumber) ?? BS?.map(readBytes);
  return set === undefined ? null : new Set(set);
}

/** DynamoDB keeps 38 digits. */
function readNumber(text: string): number | Unholdable {
  const number = Number(text);
  return String(number) === text ? number : new Unholdable(text);
}

function readBytes(bytes: string | Uint8Array): Unholdable {
  return new Unholdable(typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('base64'));
}

/** The same as JSON has it: sets as lists, texts for what JavaScript cannot hold. */
export function asJson(item: Item): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, jsonValue(value)]));
}

function jsonValue(value: unknown): unknown {
  if (value instanceof Unholdable) return value.text;
  if (Array.isArray(value) || value instanceof Set) return [...value].map(jsonValue);
  return typeof value === 'object' && value !== null ? asJson({ ...value }) : value;
}

/**
 * Writes an item of texts, numbers, booleans, null, lists and objects; undefined is left out.
 * @throws TypeError for any other value
 */
export function writeItem(item: Item): WrittenAttributes {
  const known = Object.entries(item).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([name, value]) => [name, writeAttribute(value)]));
}

function writeAttribute(value: unknown): WrittenAttribute {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number' && Number.isFinite(value)) return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(writeAttribute) };
  if (typeof value === 'object' && !(value instanceof Set)) return { M: writeItem({ ...value }) };
  throw new TypeError(`DynamoDB has no type for ${typeof value}`);
}
