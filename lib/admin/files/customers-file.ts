import { findNodeAtLocation, type Node } from 'jsonc-parser';
import { type FileRecord, readCustomers } from '../../registrar/record/customer-file';
import type { ColumnMap } from './column-maps';
import { readCsv } from './customers-csv';
import { itemsOf } from './dynamodb-json';
import {
  type CustomersFile,
  doubledAccounts,
  nullCredentials,
  oddCredentials,
  problemsOf,
} from './file-problems';
import { jsonValue, readJsonText } from './json-text';

/**
 * Reads a file of customers: JSON, nested by realm and username, as a list, as lines or as DynamoDB writes items, or
 * CSV with a header. All problems are reported at once, with their lines and never with their values, which may be
 * passwords.
 * @param map which column of a CSV is which field
 */
export function readCustomersFile(text: string, map?: ColumnMap): CustomersFile {
  return /^\s*[[{]/.test(text) ? readJson(text, map) : readCsv(text, map);
}

function readJson(text: string, map: ColumnMap | undefined): CustomersFile {
  if (map) return failed([{ line: 1, at: '', fix: `is JSON; the map ${map.name} is for CSV` }]);
  const read = readJsonText(text);
  if ('problems' in read) return failed(read.problems);
  const { lineAt } = read;
  const root = itemsOf(read.root);
  const records = readCustomers(jsonValue(root));
  const lineOf = (record: FileRecord, path = '') =>
    lineAt((findClosest(root, [...record.keys, ...segmentsOf(path)]) ?? root).offset);
  return {
    records,
    problems: [
      ...records.flatMap((record) => [
        ...problemsOf(record, (path) => lineOf(record, path)),
        ...nullCredentials(record, (path) => lineOf(record, path)),
      ]),
      ...doubledAccounts(records, (record) => lineOf(record)),
    ],
    warnings: records.flatMap((record) => oddCredentials(record, (path) => lineOf(record, path))),
  };
}

function failed(problems: CustomersFile['problems']): CustomersFile {
  return { records: [], problems, warnings: [] };
}

/** The node itself, or the closest one around it. */
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
