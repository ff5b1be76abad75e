import { existsSync } from 'node:fs';
import { isObject } from '../../registrar/record/json';
import { readInput } from '../input';
import { problemOfField } from '../records/field-names';
import { type Shell, WrongUsage } from '../shell';
import type { Cell } from './csv-table';
import { describeFileProblem, type FileProblem } from './file-problems';
import { jsonValue, readJsonText } from './json-text';

/** Which column of a CSV of another program is which field of ours. */
export interface ColumnMap {
  /** For people. */
  readonly name: string;
  /** Our field: their column. */
  readonly columns: Readonly<Record<string, string>>;
  /** Our field: what every record has. */
  readonly values: Readonly<Record<string, Cell>>;
  /** May the file lack columns of the map, but for the username? */
  readonly lenient: boolean;
}

/** The maps that come with this tool, by their names. */
const KNOWN_MAPS: Readonly<Record<string, ColumnMap['columns'] | undefined>> = {
  /** Bulk Handler, Export, Extensions (FreePBX core, Core.class.php `bulkhandlerExport`). */
  freepbx: {
    username: 'extension',
    password: 'secret',
    description: 'name',
    'callerId.default': 'outboundcid',
    'callerId.name': 'outboundcid',
  },
  /** Accounts, Extensions, Export (FusionPBX app/extensions/extension_download.php). */
  fusionpbx: {
    realm: 'user_context',
    username: 'extension',
    password: 'password',
    description: 'description',
    enabled: 'enabled',
    'callerId.default': 'outbound_caller_id_number',
    'callerId.name': 'outbound_caller_id_name',
    'limits.maxConcurrentCalls': 'limit_max',
  },
  /** Table `subscriber` (Kamailio and OpenSIPS, auth_db). */
  kamailio: { realm: 'domain', username: 'username', password: 'password', ha1: 'ha1' },
};

/**
 * Reads a map: JSON such as `{ "username": "extension", "techPrefix": { "value": "444242#" } }`.
 * @throws WrongUsage when it is not one
 */
function readColumnMap(name: string, text: string): ColumnMap {
  const read = readJsonText(text);
  const [problem] = 'problems' in read ? read.problems : [];
  if (problem) throw new WrongUsage(`${name}: ${describeFileProblem(problem)}`);
  const json = 'problems' in read ? undefined : jsonValue(read.root);
  if (!isObject(json))
    throw new WrongUsage(
      `${name}: write JSON: { "our field": "their column", "our field": { "value": "…" } }`,
    );
  const columns: Record<string, string> = {};
  const values: Record<string, Cell> = {};
  for (const [field, source] of Object.entries(json)) {
    const unknown = problemOfField(field);
    if (unknown !== undefined) throw new WrongUsage(`${name}: ${field} ${unknown}`);
    if (typeof source === 'string') columns[field] = source;
    else if (isObject(source) && source.value !== undefined) values[field] = constant(source.value);
    else throw new WrongUsage(`${name}: ${field}: write the name of a column, or { "value": … }`);
  }
  return { name, columns, values, lenient: false };
}

/**
 * The map that the options name.
 * @throws WrongUsage when there is none
 */
export async function findColumnMap(
  shell: Shell,
  { map: name, realm }: { map?: string; realm?: string },
): Promise<ColumnMap | undefined> {
  if (name === undefined) {
    if (realm !== undefined)
      throw new WrongUsage('--realm goes with --map: other files say the realm of each record');
    return undefined;
  }
  const columns = Object.hasOwn(KNOWN_MAPS, name) ? KNOWN_MAPS[name] : undefined;
  const map = columns
    ? { name, columns, values: {}, lenient: true }
    : readColumnMap(name, await readMapFile(shell, name));
  return realm === undefined ? map : withRealm(map, realm);
}

async function readMapFile(shell: Shell, name: string): Promise<string> {
  if (name !== '-' && !existsSync(name))
    throw new WrongUsage(
      `--map ${name}: there is no such file, and no such map; maps that come with the tool: ${Object.keys(KNOWN_MAPS).join(', ')}`,
    );
  return readInput(shell, name);
}

/** The same map for accounts of this realm, whatever the file says. */
function withRealm(map: ColumnMap, realm: string): ColumnMap {
  const { realm: _, ...columns } = map.columns;
  return { ...map, columns, values: { ...map.values, realm: constant(realm) } };
}

/** What the map wants and the file lacks. */
export function problemsOfMap(map: ColumnMap, columns: readonly string[]): FileProblem[] {
  const fix = (text: string) => ({ line: 1, at: '', fix: text });
  const missing = [...new Set(Object.values(map.columns))].filter((it) => !columns.includes(it));
  const needed = map.lenient ? missing.filter((it) => it === map.columns.username) : missing;
  if (needed.length > 0)
    return needed.map((it) =>
      fix(`has no column ${it}, which the map ${map.name} reads; it has ${columns.join(', ')}`),
    );
  const hasRealm = map.values.realm !== undefined || columns.includes(map.columns.realm ?? '');
  return hasRealm ? [] : [fix('does not say the realm: pass --realm, such as --realm sip.example.com')];
}

/** Columns that the map does not read. */
export function unusedColumns(map: ColumnMap, columns: readonly string[]): string[] {
  const used = new Set(Object.values(map.columns));
  return columns.filter((it) => !used.has(it));
}

/** A row of theirs as cells of our fields. */
export function mappedCells(
  map: ColumnMap,
  cells: ReadonlyMap<string, Cell>,
  columns: readonly string[],
): ReadonlyMap<string, Cell> {
  const mapped = Object.entries(map.columns).flatMap(([field, column]) => {
    const cell = cells.get(column);
    const text = cell && readTheirs(field, cell.text);
    return cell && text ? [[field, { ...cell, text }] as const] : [];
  });
  // PHP writes false as an empty cell, and a PBX takes an extension that is not `true` for disabled.
  const { enabled } = map.columns;
  const off = map.lenient && enabled !== undefined && columns.includes(enabled) && !cells.get(enabled)?.text;
  const disabled = off ? [['enabled', constant(false)] as const] : [];
  return new Map([...Object.entries(map.values), ...mapped, ...disabled]);
}

/** PBXs write a caller id as `"Acme Ltd" <+18005550100>`: each field takes its part. Empty: there is none. */
function readTheirs(field: string, text: string): string {
  const [, name, number] = /^\s*"?([^"<]*?)"?\s*<([^<>]*)>\s*$/.exec(text) ?? [];
  if (field === 'enabled') return BOOLEANS[text.toLowerCase()] ?? text;
  if (field === 'callerId.name') return name ?? (/^[+\d() .-]*$/.test(text) ? '' : text);
  return /^callerId(\.default)?$|\.callerId$/.test(field) ? (number ?? text).trim() : text;
}

/** How PostgreSQL, PHP and people write booleans. */
const BOOLEANS: Readonly<Record<string, string>> = {
  t: 'true',
  f: 'false',
  '1': 'true',
  '0': 'false',
  yes: 'true',
  no: 'false',
};

function constant(value: unknown): Cell {
  return { text: typeof value === 'string' ? value : JSON.stringify(value), quoted: true };
}
