import { formatAor } from '../../registrar/record/aor';
import type { FileRecord } from '../../registrar/record/customer-file';
import { isObject } from '../../registrar/record/json';
import { NUMBERS } from '../../registrar/record/number-key';
import { counted } from '../columns';
import { withNearestField } from '../records/field-names';

/** What is wrong in a file, where, and how to fix it. */
export interface FileProblem {
  /** From 1. */
  readonly line: number;
  /** From 1, where it is known. */
  readonly column?: number;
  /** For instance `sip.example.com / alice: callerId.patterns[1].match`; empty: the file itself. */
  readonly at: string;
  readonly fix: string;
}

export interface CustomersFile {
  readonly records: readonly FileRecord[];
  /** All of them; unknown fields too, because in a file they are typos. */
  readonly problems: readonly FileProblem[];
  /** What looks damaged, but may have been meant. */
  readonly warnings: readonly FileProblem[];
  /** Columns that a map does not read. */
  readonly unused?: readonly string[];
}

/** For people: one line a problem. */
export function describeFileProblem({ line, column, at, fix }: FileProblem): string {
  const place = column === undefined ? `line ${line}` : `line ${line}, column ${column}`;
  return `${place}: ${at ? `${at} ` : ''}${fix}`;
}

/** What the parser found in a record, as problems of its file. */
export function problemsOf(record: FileRecord, lineOf: (path: string) => number): FileProblem[] {
  return record.problems.map(withNearestField).map(({ path, fix }) => ({
    line: lineOf(path),
    at: path ? `${record.at}: ${path}` : record.at,
    fix,
  }));
}

/** Two records of one account: it is not known which one is meant. */
export function doubledAccounts(
  records: readonly FileRecord[],
  lineOf: (record: FileRecord) => number,
): FileProblem[] {
  const first = new Map<string, FileRecord>();
  return records.flatMap((record) => {
    const known = record.customer ?? (record.number && { username: record.number.username, realm: NUMBERS });
    if (!known) return [];
    const aor = formatAor(known);
    const other = first.get(aor);
    if (!other) first.set(aor, record);
    return other
      ? [
          {
            line: lineOf(record),
            at: record.at,
            fix: `is ${aor} once more, after line ${lineOf(other)}; keep one`,
          },
        ]
      : [];
  });
}

/** What databases and programs write where there is no value, such as `[NULL]`: as a password it would let anyone in. */
const NO_CREDENTIAL = /^\s*[[(<]?(null|\\n|nil|none|undefined|nan|#?n\/a)[\])>]?\s*$/i;

/** Texts that are not credentials. */
export function nullCredentials(
  { at, item }: Pick<FileRecord, 'at' | 'item'>,
  lineOf: (path: string) => number,
): FileProblem[] {
  return credentialsIn(item, '')
    .filter(([, text]) => NO_CREDENTIAL.test(text))
    .map(([path]) => ({
      line: lineOf(path),
      at: `${at}: ${path}`,
      fix: 'says that there is no value; write the credential, or leave it out',
    }));
}

/** What a word processor or a spreadsheet may have made of a credential: valid, but rarely what the phone has. */
const ODD_CREDENTIALS: readonly [RegExp, string][] = [
  [/^\s|\s$/, 'begins or ends with a space'],
  [/[\u00A0\u202F\u2007\u200B-\u200F\u2060\uFEFF]/, 'holds a non-breaking or an invisible space'],
  [/[\u2018-\u201F]/, 'holds a curly quote, such as word processors write'],
];

/** Credentials that a program changed on the way, as it seems. */
export function oddCredentials(
  { at, item }: Pick<FileRecord, 'at' | 'item'>,
  lineOf: (path: string) => number,
): FileProblem[] {
  return credentialsIn(item, '').flatMap(([path, text]) => {
    const [, what] = ODD_CREDENTIALS.find(([odd]) => odd.test(text)) ?? [];
    return what === undefined
      ? []
      : [{ line: lineOf(path), at: `${at}: ${path}`, fix: `${what}: is it part of the password?` }];
  });
}

function credentialsIn(value: unknown, path: string): [path: string, text: string][] {
  if (Array.isArray(value)) return value.flatMap((inner, at) => credentialsIn(inner, `${path}[${at}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const deeper = path ? `${path}.${name}` : name;
    return typeof inner === 'string' && (name === 'password' || name === 'ha1')
      ? [[deeper, inner] as [string, string]]
      : credentialsIn(inner, deeper);
  });
}

/** Something to print, and what it has in common with others. */
export interface OfKind {
  readonly kind: string;
  readonly text: string;
}

/** Most of a kind that are printed, unless all are wanted. */
const MOST_OF_A_KIND = 20;

/** One line each, those of a kind together, and at most 20 of them. */
export function groupByKind(all: readonly OfKind[], options: { all?: boolean }): string[] {
  const kinds = new Map<string, string[]>();
  for (const { kind, text } of all) {
    const texts = kinds.get(kind) ?? [];
    texts.push(text);
    kinds.set(kind, texts);
  }
  return [...kinds.values()].flatMap((texts) => {
    const more = texts.length - MOST_OF_A_KIND;
    if (options.all || more <= 0) return texts;
    return [...texts.slice(0, MOST_OF_A_KIND), `… and ${more.toLocaleString('en')} more like this (--all)`];
  });
}

/**
 * All problems of a file, those of a kind together, and their count at the end, where a terminal shows it.
 * @param end what comes of it
 */
export function reportProblems(
  file: string,
  problems: readonly FileProblem[],
  end: string,
  options: { all?: boolean } = {},
): string {
  const all = problems.map(toKind);
  const kinds = new Set(all.map(({ kind }) => kind)).size;
  return [
    `${file}:`,
    ...groupByKind(all, options).map((line) => `  ${line}`),
    `${counted(problems.length, 'problem')}${kinds > 1 ? ` of ${kinds} kinds` : ''}; ${end}.`,
  ].join('\n');
}

/** Problems of the same field with the same fix are of a kind, whatever record and list element they are in. */
export function toKind(problem: FileProblem): OfKind {
  const [path = ''] = /[^:]*$/.exec(problem.at) ?? [];
  return { kind: `${path.replace(/\d+/g, 'n')} ${problem.fix}`, text: describeFileProblem(problem) };
}
