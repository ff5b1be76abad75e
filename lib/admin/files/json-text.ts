import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { FileProblem } from './file-problems';

/** A JSON text as a tree that knows its places. */
export interface JsonText {
  readonly root: Node;
  /** From 1. */
  readonly lineAt: (offset: number) => number;
}

export type ReadJson = JsonText | { readonly problems: readonly FileProblem[] };

/**
 * Reads JSON: strict, with all errors of the text, and without names that are used twice in one object, of which other
 * readers silently drop the first. JSON lines are read as a list.
 */
export function readJsonText(text: string): ReadJson {
  const lineAt = lineCounter(text);
  const errors: ParseError[] = [];
  const parsed = isJsonLines(text) ? parseLines(text, errors) : parse(text, 0, errors);
  const first = errors.filter(({ offset }, at) => errors.findIndex((it) => it.offset === offset) === at);
  if (first.length > 0) return { problems: first.map((it) => describeError(it, text, lineAt)) };
  if (!parsed) return { problems: [{ line: 1, at: '', fix: 'is empty' }] };
  const doubled = doubledNames(parsed, lineAt);
  if (doubled.length > 0) return { problems: doubled };
  return isTerraformOutput(parsed) ? { problems: [TERRAFORM] } : { root: parsed, lineAt };
}

/** The value of a tree, in plain objects: those of the parser have no prototype, so that none equals another. */
export function jsonValue(root: Node): unknown {
  return JSON.parse(JSON.stringify(getNodeValue(root)));
}

function parse(text: string, offset: number, errors: ParseError[]): Node | undefined {
  const found: ParseError[] = [];
  const root = parseTree(text, found, { disallowComments: true, allowTrailingComma: false });
  errors.push(...found.map((it) => ({ ...it, offset: it.offset + offset })));
  return root && moved(root, offset);
}

/** The first line is a whole object, and another one follows. */
function isJsonLines(text: string): boolean {
  const [first = '', second] = text.split('\n').filter((line) => line.trim() !== '');
  return second !== undefined && /^\s*\{/.test(second) && isObjectText(first);
}

function isObjectText(text: string): boolean {
  const errors: ParseError[] = [];
  return parse(text, 0, errors)?.type === 'object' && errors.length === 0;
}

function parseLines(text: string, errors: ParseError[]): Node {
  let offset = 0;
  const children = text.split('\n').flatMap((line) => {
    const start = offset;
    offset += line.length + 1;
    const node = line.trim() === '' ? undefined : parse(line, start, errors);
    return node ? [node] : [];
  });
  return { type: 'array', offset: 0, length: text.length, children };
}

function moved(node: Node, by: number): Node {
  if (by === 0) return node;
  const children = node.children?.map((child) => moved(child, by));
  return { ...node, offset: node.offset + by, ...(children && { children }) };
}

function describeError(
  { error, offset }: ParseError,
  text: string,
  lineAt: JsonText['lineAt'],
): FileProblem & { column: number } {
  const column = offset - text.lastIndexOf('\n', offset - 1);
  const what = /[\u201C-\u201F]/.test(text[offset] ?? '')
    ? `curly quotes; write "`
    : wordsOf(printParseErrorCode(error));
  return { line: lineAt(offset), column, at: '', fix: `is not JSON: ${what}` };
}

function doubledNames(node: Node, lineAt: JsonText['lineAt']): FileProblem[] {
  const children = node.children ?? [];
  const here = node.type === 'object' ? children.map((property) => property.children?.[0]) : [];
  const seen = new Set<unknown>();
  const doubled = here.flatMap((name) => {
    if (!name || !seen.has(name.value)) {
      seen.add(name?.value);
      return [];
    }
    return [
      { line: lineAt(name.offset), at: `"${name.value}"`, fix: 'is used twice in the same object; keep one' },
    ];
  });
  return [...doubled, ...children.flatMap((child) => doubledNames(child, lineAt))];
}

const TERRAFORM: FileProblem = {
  line: 1,
  at: '',
  fix: 'is the output of "terraform output -json": write one output with "terraform output -json NAME"',
};

/** Every value of it is `{ sensitive, type, value }`. */
function isTerraformOutput({ type, children = [] }: Node): boolean {
  const names = (node: Node | undefined) =>
    node?.children?.map((it) => String(it.children?.[0]?.value)) ?? [];
  const isOutput = (value: Node | undefined) =>
    ['sensitive', 'type', 'value'].every((name) => names(value).includes(name));
  return type === 'object' && children.length > 0 && children.every((it) => isOutput(it.children?.[1]));
}

function lineCounter(text: string): JsonText['lineAt'] {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** `CommaExpected` as `comma expected`. */
function wordsOf(name: string): string {
  return name.replace(/(?<!^)[A-Z]/g, ' $&').toLowerCase();
}
