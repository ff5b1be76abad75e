import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { getNodeValue } from 'jsonc-parser';
import type { Item } from '../aws/tools/customer-records';
import { type Aor, formatAor } from '../registrar/record/aor';
import { type Problem, parseCustomer } from '../registrar/record/customer';
import { isObject } from '../registrar/record/json';
import { counted } from './columns';
import { change, describeProblems, findItem } from './customers';
import { readJsonText } from './customers-file';
import { hashed } from './hashed';
import { readAor, readInput } from './input';
import { mask } from './mask';
import type { Place } from './place';
import type { Outcome, Shell } from './shell';

/** `customers put`: writes one whole record, read as JSON from a file or standard input. */
export async function putCustomer(
  shell: Shell,
  place: Place,
  aorText: string,
  options: { file: string; dryRun?: boolean; keepPasswords?: boolean },
): Promise<Outcome> {
  const aor = readAor(aorText);
  const read = readRecord(await readInput(shell, options.file), aor);
  if ('problems' in read) return refuseRecord(shell, aor, read.problems);
  const item = options.keepPasswords ? read.item : hashed(read.item);
  return change(shell, place, await place.records.find(aor), item, options);
}

/** `customers edit`: one record in the user's editor. Its secrets stand there as `<secret 1>`, and stay if left so. */
export async function editCustomer(
  shell: Shell,
  place: Place,
  aorText: string,
  options: { dryRun?: boolean; keepPasswords?: boolean },
): Promise<Outcome> {
  const aor = readAor(aorText);
  const seen = await findItem(place, aor);
  const { version: _, ...shown } = seen;
  const secrets: string[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'edge-registrar-'));
  const file = join(folder, `${aor.username.replace(/[^\w.-]/g, '_')}.json`);
  await writeFile(file, `${JSON.stringify(hideSecrets(shown, secrets), null, 2)}\n`, { mode: 0o600 });
  const read = await editUntilRight(shell, file, aor, secrets, seen);
  const kept = `Your text is kept in ${file}.`;
  if ('problems' in read) {
    const outcome = refuseRecord(shell, aor, read.problems);
    shell.print(kept);
    return outcome;
  }
  try {
    const item = options.keepPasswords ? read.item : hashed(read.item);
    const outcome = await change(shell, place, seen, item, options);
    await rm(folder, { recursive: true });
    return outcome;
  } catch (cause) {
    shell.print(kept);
    throw cause;
  }
}

type ReadRecord = { readonly item: Item } | { readonly problems: readonly Problem[] };

async function editUntilRight(
  shell: Shell,
  file: string,
  aor: Aor,
  secrets: readonly string[],
  seen: Item,
): Promise<ReadRecord> {
  for (;;) {
    await shell.edit(file);
    const read = readRecord(await readFile(file, 'utf8'), aor, secrets, seen);
    if ('item' in read) return read;
    shell.complain(['this cannot be written:', ...describeProblems(read.problems)].join('\n'));
    if (!(await shell.confirm('Open the editor again?'))) return read;
  }
}

/**
 * Reads one record as JSON; its key may be left out, and may not be another.
 * @param seen what other tools keep in it may stay
 */
function readRecord(text: string, aor: Aor, secrets: readonly string[] = [], seen: Item = {}): ReadRecord {
  const read = readJsonText(text);
  if ('problems' in read)
    return {
      problems: read.problems.map(({ line, fix }) => ({ path: `line ${line}`, fix, unknownField: false })),
    };
  const json: unknown = getNodeValue(read.root);
  if (!isObject(json))
    return {
      problems: [{ path: '', fix: 'write an object: { "techPrefix": "…", … }', unknownField: false }],
    };
  const { version: _, ...written } = json;
  const item: Item = { ...aor, ...bringBack(written, secrets) };
  const stays = ({ path }: Problem) => Object.hasOwn(item, path) && isDeepStrictEqual(item[path], seen[path]);
  const problems = parseCustomer(item).problems.filter((it) => !(it.unknownField && stays(it)));
  const same = String(item.realm).toLowerCase() === aor.realm && item.username === aor.username;
  const all = same ? problems : [...problems, keyProblem(aor)];
  return all.length > 0 ? { problems: all } : { item: { ...item, ...aor } };
}

function keyProblem(aor: Aor): Problem {
  return {
    path: 'realm, username',
    fix: `must stay those of ${formatAor(aor)}; to rename an account, put a new one and remove this`,
    unknownField: false,
  };
}

/** Each text under a secret's name becomes `<secret 1>`, `<secret 2>` …, in the order of `secrets`. */
function hideSecrets(value: unknown, secrets: string[]): unknown {
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

function refuseRecord(shell: Shell, aor: Aor, problems: readonly Problem[]): Outcome {
  shell.print(
    [
      `${formatAor(aor)}: ${counted(problems.length, 'problem')}, so nothing was written:`,
      ...describeProblems(problems),
    ].join('\n'),
  );
  return { code: 1, json: { aor: formatAor(aor), problems } };
}
