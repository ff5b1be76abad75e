import type { Customer, Problem } from './customer';
import { isObject } from './json';
import type { NumberRecord } from './number-record';
import { parseItem } from './record-item';

/** A record in a file, with its problems. */
export interface FileRecord {
  /** Its place in the file: `realm / username`, or `[3]` in a list. */
  readonly at: string;
  /** The same as the way from the top of the file. */
  readonly keys: readonly (string | number)[];
  /** What the table keeps: the record with its key. */
  readonly item: Readonly<Record<string, unknown>>;
  /** undefined: it is a number, or has no legal key. */
  readonly customer: Customer | undefined;
  /** undefined: it is an account, or has no legal key. */
  readonly number?: NumberRecord | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Reads customers from the text of a JSON file.
 * @throws Error when the text is not JSON, or not of a form that `readCustomers` knows
 */
export function parseCustomerFile(text: string): FileRecord[] {
  return readCustomers(JSON.parse(text));
}

/**
 * Reads customers in the nested form `{ realm: { username: record } }`, or as a list of records with their keys.
 * Under the realm `numbers` stand numbers.
 * Problems of a record, or of something that is not a record, are reported with it.
 * @throws Error when the value has neither form
 */
export function readCustomers(json: unknown): FileRecord[] {
  if (Array.isArray(json)) return json.map((record, at) => readRecord(`[${at}]`, [at], record, {}));
  if (!isObject(json))
    throw new Error('the file must hold an object, { "realm": { "username": { … } } }, or a list of records');
  return Object.entries(json).flatMap(([realm, accounts]) => {
    if (!isObject(accounts)) return [misplaced(realm, [realm], 'must hold an object: { "username": { … } }')];
    return Object.entries(accounts).map(([username, record]) =>
      readRecord(`${realm} / ${username}`, [realm, username], record, { realm, username }),
    );
  });
}

function readRecord(at: string, keys: FileRecord['keys'], record: unknown, key: object): FileRecord {
  if (!isObject(record)) return misplaced(at, keys, 'must hold an object: { "password": "…", … }');
  const item: Record<string, unknown> = { ...record, ...key };
  if (typeof item.realm === 'string') item.realm = item.realm.toLowerCase();
  return { at, keys, item, ...parseItem(item) };
}

function misplaced(at: string, keys: FileRecord['keys'], fix: string): FileRecord {
  return { at, keys, item: {}, customer: undefined, problems: [{ path: '', fix, unknownField: false }] };
}
