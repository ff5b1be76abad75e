import { isDeepStrictEqual } from 'node:util';
import type { Item } from '../../aws/tools/customer-records';
import { type Aor, formatAor } from '../../registrar/record/aor';
import type { Problem } from '../../registrar/record/customer';
import { isObject } from '../../registrar/record/json';
import { parseItem } from '../../registrar/record/record-item';
import { counted } from '../columns';
import { itemsOf } from '../files/dynamodb-json';
import { nullCredentials } from '../files/file-problems';
import { jsonValue, readJsonText } from '../files/json-text';
import type { Outcome, Shell } from '../shell';
import { withNearestField } from './field-names';
import { mask } from './mask';
import { describeProblems } from './record-change';

export type ReadRecord = { readonly item: Item } | { readonly problems: readonly Problem[] };

/**
 * Reads one record as JSON, or as DynamoDB writes an item; its key may be left out, and may not be another.
 * @param secrets what `hideSecrets` took out, to be put back
 * @param seen the record as it is: what other tools keep in it may stay
 */
export function readRecord(
  text: string,
  aor: Aor,
  secrets: readonly string[] = [],
  seen: Item = {},
): ReadRecord {
  const read = readJsonText(text);
  if ('problems' in read)
    return {
      problems: read.problems.map(({ line, at, fix }) => ({
        path: `line ${line}${at && `: ${at}`}`,
        fix,
        unknownField: false,
      })),
    };
  const value = jsonValue(itemsOf(read.root));
  const json: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (!isObject(json))
    return {
      problems: [{ path: '', fix: 'write an object: { "techPrefix": "…", … }', unknownField: false }],
    };
  const { version: _, ...written } = json;
  const item: Item = { ...aor, ...bringBack(written, secrets) };
  const stays = ({ path }: Problem) => Object.hasOwn(item, path) && isDeepStrictEqual(item[path], seen[path]);
  const found = parseItem(item).problems.filter((it) => !(it.unknownField && stays(it)));
  const problems = [...found.map(withNearestField), ...nullProblems(item)];
  const same = String(item.realm).toLowerCase() === aor.realm && item.username === aor.username;
  const all = same ? problems : [...problems, keyProblem(aor)];
  return all.length > 0 ? { problems: all } : { item: { ...item, ...aor } };
}

/** Prints why a record is not written. */
export function refuseRecord(shell: Shell, aor: Aor, problems: readonly Problem[]): Outcome {
  shell.print(
    [
      `${formatAor(aor)}: ${counted(problems.length, 'problem')}; nothing was written:`,
      ...describeProblems(problems),
    ].join('\n'),
  );
  return { code: 1, json: { aor: formatAor(aor), problems } };
}

/** Each text under a secret's name becomes `<secret 1>`, `<secret 2>` …, in the order of `secrets`. */
export function hideSecrets(value: unknown, secrets: string[]): unknown {
  if (Array.isArray(value)) return value.map((it) => hideSecrets(it, secrets));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      typeof inner === 'string' && mask({ [key]: inner })[key] !== inner
        ? `<secret ${secrets.push(inner)}>`
        : hideSecrets(inner, secrets),
    ]),
  );
}

function bringBack<T>(value: T, secrets: readonly string[]): T;
function bringBack(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') {
    const at = /^<secret (\d+)>$/.exec(value)?.[1];
    return (at && secrets[Number(at) - 1]) ?? value;
  }
  if (Array.isArray(value)) return value.map((it) => bringBack(it, secrets));
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bringBack(inner, secrets)]))
    : value;
}

function nullProblems(item: Item): Problem[] {
  return nullCredentials({ at: '', item }, () => 0).map(({ at, fix }) => ({
    path: at.replace(/^: /, ''),
    fix,
    unknownField: false,
  }));
}

function keyProblem(aor: Aor): Problem {
  return {
    path: 'realm, username',
    fix: `must stay those of ${formatAor(aor)}; to rename a record, put a new one and remove this one`,
    unknownField: false,
  };
}
