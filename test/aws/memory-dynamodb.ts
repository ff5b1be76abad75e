import type { DynamoDB, Input, Item, Output } from '../../lib/aws/client/dynamodb';

/** A DynamoDB of one table in this process, for tests that need a million requests. */
export interface MemoryDynamoDB {
  readonly dynamodb: DynamoDB;
  readonly items: Map<string, Item>;
}

/**
 * Implements what the stores of the memory table use (Amazon DynamoDB developer guide, "Using expressions"), item by
 * item as DynamoDB does: each request happens at once. Anything else throws. test/aws/memory-dynamodb.test.ts compares it
 * with dynalite.
 */
export function memoryDynamoDB(): MemoryDynamoDB {
  const items = new Map<string, Item>();
  const find = (key: Item | undefined): Item | undefined => items.get(keyOf(key));
  const findAll = ({ Keys }: { readonly Keys: readonly Item[] }) =>
    Keys.flatMap((key): Item[] => {
      const item = find(key);
      return item ? [item] : [];
    });
  const operations: Record<Parameters<DynamoDB>[0], (input: Input) => Output> = {
    GetItem: ({ Key }) => {
      const item = find(Key);
      return item ? { Item: item } : {};
    },
    BatchGetItem: ({ RequestItems = {} }) => ({
      Responses: mapped(RequestItems, findAll),
      UnprocessedKeys: {},
    }),
    Query: () => {
      throw new Error('the memory table is not queried');
    },
    PutItem: (input) => {
      check(input, find(input.Item));
      items.set(keyOf(input.Item), { ...input.Item });
      return {};
    },
    UpdateItem: (input) => {
      const before = find(input.Key);
      check(input, before);
      const { item, changed } = updated(input, before ?? { ...input.Key });
      items.set(keyOf(input.Key), item);
      return attributesOf(input, item, changed);
    },
  };
  return { items, dynamodb: async (operation, input) => operations[operation](input) };
}

function mapped<From, To>(
  record: Readonly<Record<string, From>>,
  change: (it: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, it]) => [name, change(it)]));
}

function keyOf(key: Item | undefined): string {
  return String(key?.key);
}

function attributesOf({ ReturnValues }: Input, item: Item, changed: readonly string[]): Output {
  if (ReturnValues === 'ALL_NEW') return { Attributes: item };
  if (ReturnValues !== 'UPDATED_NEW') return {};
  const left = changed.filter((name) => Object.hasOwn(item, name));
  return left.length > 0 ? { Attributes: Object.fromEntries(left.map((name) => [name, item[name]])) } : {};
}

function check(input: Input, item: Item = {}): void {
  const { ConditionExpression: text } = input;
  if (text === undefined || conditionOf(text)(item, input)) return;
  throw Object.assign(new Error('The conditional request failed'), {
    name: 'ConditionalCheckFailedException',
  });
}

type Condition = (item: Item, input: Input) => boolean;
type Operand = (item: Item, input: Input) => unknown;

const conditions = new Map<string, Condition>();

function conditionOf(text: string): Condition {
  const known = conditions.get(text);
  if (known) return known;
  const tokens = tokensOf(text);
  const condition = readOr(tokens);
  if (tokens.length > 0) throw new Error(`not understood: ${text}`);
  conditions.set(text, condition);
  return condition;
}

function tokensOf(text: string): string[] {
  return text.match(/[#:]?\w+|<=|>=|[<>=(),+]/g) ?? [];
}

function readOr(tokens: string[]): Condition {
  let left = readAnd(tokens);
  while (tokens[0] === 'OR') {
    tokens.shift();
    const [one, other] = [left, readAnd(tokens)];
    left = (...given) => one(...given) || other(...given);
  }
  return left;
}

function readAnd(tokens: string[]): Condition {
  let left = readTest(tokens);
  while (tokens[0] === 'AND') {
    tokens.shift();
    const [one, other] = [left, readTest(tokens)];
    left = (...given) => one(...given) && other(...given);
  }
  return left;
}

function readTest(tokens: string[]): Condition {
  const [first] = tokens;
  if (first === '(') {
    tokens.shift();
    const inner = readOr(tokens);
    expectToken(tokens, ')');
    return inner;
  }
  if (first === 'attribute_exists' || first === 'attribute_not_exists') {
    tokens.shift();
    const path = readArguments(tokens)[0] ?? '';
    return (item, input) => Object.hasOwn(item, nameOf(path, input)) === (first === 'attribute_exists');
  }
  const left = operandOf(tokens.shift() ?? '');
  const compare = COMPARISONS[tokens.shift() ?? ''];
  const right = operandOf(tokens.shift() ?? '');
  if (!compare) throw new Error('no such comparison');
  return (item, input) => compare(left(item, input), right(item, input));
}

/** Of values of one type only: numbers, or texts. */
const COMPARISONS: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => order(a, b) < 0,
  '<=': (a, b) => order(a, b) <= 0,
  '>': (a, b) => order(a, b) > 0,
  '>=': (a, b) => order(a, b) >= 0,
};

function order(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return typeof a === 'string' && typeof b === 'string'
    ? Buffer.compare(Buffer.from(a), Buffer.from(b))
    : Number.NaN;
}

function readArguments(tokens: string[]): string[] {
  expectToken(tokens, '(');
  const end = tokens.indexOf(')');
  const given = tokens.splice(0, end).filter((it) => it !== ',');
  expectToken(tokens, ')');
  return given;
}

function expectToken(tokens: string[], token: string): void {
  if (tokens.shift() !== token) throw new Error(`${token} is missing`);
}

function operandOf(token: string): Operand {
  return (item, input) => (token.startsWith(':') ? givenValue(token, input) : item[nameOf(token, input)]);
}

function nameOf(path: string, { ExpressionAttributeNames: names = {} }: Input): string {
  if (!path.startsWith('#')) return path;
  const name = names[path];
  if (name === undefined) throw validation(`no name ${path}`);
  return name;
}

function givenValue(token: string, { ExpressionAttributeValues: values = {} }: Input): unknown {
  if (!Object.hasOwn(values, token)) throw validation(`no value ${token}`);
  return values[token];
}

function validation(message: string): Error {
  return Object.assign(new Error(message), { name: 'ValidationException' });
}

type Change = (item: Record<string, unknown>, before: Item, input: Input) => string;
const updates = new Map<string, readonly Change[]>();

/** Each action sees the item as it was before. */
function updated(input: Input, before: Item): { item: Item; changed: string[] } {
  const item = { ...before };
  const changed = changesOf(input.UpdateExpression ?? '').map((change) => change(item, before, input));
  if (new Set(changed).size < changed.length) throw validation('Two document paths overlap with each other');
  return { item, changed };
}

function changesOf(text: string): readonly Change[] {
  const known = updates.get(text);
  if (known) return known;
  const tokens = tokensOf(text);
  const changes: Change[] = [];
  let clause = '';
  while (tokens.length > 0) {
    const token = tokens.shift() ?? '';
    if (['SET', 'REMOVE', 'ADD'].includes(token)) clause = token;
    else if (token !== ',') changes.push(readChange(clause, token, tokens));
  }
  updates.set(text, changes);
  return changes;
}

function readChange(clause: string, path: string, tokens: string[]): Change {
  if (clause === 'REMOVE')
    return (item, _, input) => {
      delete item[nameOf(path, input)];
      return nameOf(path, input);
    };
  if (clause === 'ADD') {
    const value = operandOf(tokens.shift() ?? '');
    return (item, before, input) => {
      const name = nameOf(path, input);
      const was = before[name] ?? 0;
      if (typeof was !== 'number')
        throw validation('An operand in the update expression has an incorrect data type');
      item[name] = was + Number(value(before, input));
      return name;
    };
  }
  if (clause !== 'SET') throw new Error(`no clause ${clause}`);
  expectToken(tokens, '=');
  const value = readValue(tokens);
  return (item, before, input) => {
    const name = nameOf(path, input);
    item[name] = value(before, input);
    return name;
  };
}

function readValue(tokens: string[]): Operand {
  const token = tokens.shift() ?? '';
  if (token !== 'if_not_exists') return operandOf(token);
  const [path = '', otherwise = ''] = readArguments(tokens);
  const operand = operandOf(otherwise);
  return (item, input) => {
    const name = nameOf(path, input);
    return Object.hasOwn(item, name) ? item[name] : operand(item, input);
  };
}
