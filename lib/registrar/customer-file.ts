import { type Customer, type Problem, parseCustomer } from './customer';

/** A record as it stands in a file, with what is wrong in it. */
export interface FileRecord {
  /** Where it stands: `realm / username`. */
  readonly at: string;
  /** What the table keeps: the record with its key. */
  readonly item: Readonly<Record<string, unknown>>;
  readonly customer: Customer | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Reads customers in the nested form `{ realm: { username: record } }`.
 * @throws Error when the text is not of that form; what is wrong inside a record is told with the record
 */
export function parseCustomerFile(text: string): FileRecord[] {
  return Object.entries(parseObject(text)).flatMap(([realm, accounts]) => {
    if (!isObject(accounts)) throw new Error(`"${realm}" must hold an object: { "username": { … } }`);
    return Object.entries(accounts).map(([username, record]) => readRecord(realm, username, record));
  });
}

function readRecord(realm: string, username: string, record: unknown): FileRecord {
  if (!isObject(record))
    throw new Error(`"${realm}" / "${username}" must hold an object: { "password": "…", … }`);
  const item = { ...record, realm: realm.toLowerCase(), username };
  return { at: `${realm} / ${username}`, item, ...parseCustomer(item) };
}

function parseObject(text: string): Record<string, unknown> {
  const json: unknown = JSON.parse(text);
  if (!isObject(json)) throw new Error('the file must hold an object: { "realm": { "username": { … } } }');
  return json;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
