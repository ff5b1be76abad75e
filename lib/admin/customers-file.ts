import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { type FileRecord, readCustomers } from '../registrar/record/customer-file';
import { readCsv } from './customers-csv';
import { type CustomersFile, doubledAccounts, type FileProblem, problemsOf } from './file-problems';

/**
 * Reads a file of customers: JSON, nested by realm and username or as a list, or CSV with a header. All problems
 * are told at once, with their lines and without what stands there, which may be a password.
 */
export function readCustomersFile(text: string): CustomersFile {
  return /^\uFEFF?\s*[[{]/.test(text) ? readJson(text.replace(/^\uFEFF/, '')) : readCsv(text);
}

function readJson(text: string): CustomersFile {
  const read = readJsonText(text);
  if ('problems' in read) return { records: [], problems: read.problems };
  const { root, lineAt } = read;
  const records = readCustomers(getNodeValue(root));
  const lineOf = (record: FileRecord, path = '') =>
    lineAt((findClosest(root, [...record.keys, ...segmentsOf(path)]) ?? root).offset);
  return {
    records,
    problems: [
      ...doubledNames(root, lineAt),
      ...records.flatMap((record) => problemsOf(record, (path) => lineOf(record, path))),
      ...doubledAccounts(records, (record) => lineOf(record)),
    ],
  };
}

/** JSON as a tree that knows its places; strict, and with every error of the text. */
export function readJsonText(
  text: string,
):
  | { readonly root: Node; readonly lineAt: (offset: number) => number }
  | { readonly problems: readonly FileProblem[] } {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const lineAt = lineCounter(text);
  const problems = errors.map(({ error, offset }) => ({
    line: lineAt(offset),
    at: '',
    fix: `is not JSON: ${wordsOf(printParseErrorCode(error))}`,
  }));
  if (problems.length > 0) return { problems };
  return root ? { root, lineAt } : { problems: [{ line: 1, at: '', fix: 'is empty' }] };
}

/** A name that stands twice in one object: JSON readers drop the first without a word. */
function doubledNames(node: Node, lineAt: (offset: number) => number): FileProblem[] {
  const children = node.children ?? [];
  const here = node.type === 'object' ? children.map((property) => property.children?.[0]) : [];
  const seen = new Set<unknown>();
  const doubled = here.flatMap((name) => {
    if (!name || !seen.has(name.value)) {
      seen.add(name?.value);
      return [];
    }
    return [
      { line: lineAt(name.offset), at: `"${name.value}"`, fix: 'stands twice in the same object; keep one' },
    ];
  });
  return [...doubled, ...children.flatMap((child) => doubledNames(child, lineAt))];
}

/** The node itself, or where it would have to stand. */
function findClosest(root: Node, keys: readonly (string | number)[]): Node | undefined {
  for (let length = keys.length; length >= 0; length--) {
    const node = findNodeAtLocation(root, keys.slice(0, length));
    if (node) return node;
  }
  return undefined;
}

/** `callerId.patterns[1].match` as its steps. */
function segmentsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([name, index]) =>
    index === undefined ? name : Number(index),
  );
}

function lineCounter(text: string): (offset: number) => number {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    const next = starts.findIndex((start) => start > offset);
    return next < 0 ? starts.length : next;
  };
}

/** `CommaExpected` as `comma expected`. */
function wordsOf(name: string): string {
  return name.replace(/(?<!^)[A-Z]/g, ' $&').toLowerCase();
}
