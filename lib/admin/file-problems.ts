import type { FileRecord } from '../registrar/record/customer-file';

/** What is wrong in a file, where, and how to mend it. */
export interface FileProblem {
  /** From 1. */
  readonly line: number;
  /** For instance `sip.example.com / alice: callerId.patterns[1].match`; empty: the file itself. */
  readonly at: string;
  readonly fix: string;
}

export interface CustomersFile {
  readonly records: readonly FileRecord[];
  /** All of them; unknown fields too, as in a file they are typos. */
  readonly problems: readonly FileProblem[];
}

/** For people: one line a problem. */
export function describeFileProblem({ line, at, fix }: FileProblem): string {
  return `line ${line}: ${at ? `${at} ` : ''}${fix}`;
}

/** What the parser found in a record, as problems of its file. */
export function problemsOf(record: FileRecord, lineOf: (path: string) => number): FileProblem[] {
  return record.problems.map(({ path, fix }) => ({
    line: lineOf(path),
    at: path ? `${record.at}: ${path}` : record.at,
    fix,
  }));
}

/** Two records of one account: nobody could say which one counts. */
export function doubledAccounts(
  records: readonly FileRecord[],
  lineOf: (record: FileRecord) => number,
): FileProblem[] {
  const first = new Map<string, FileRecord>();
  return records.flatMap((record) => {
    if (!record.customer) return [];
    const aor = `${record.customer.username}@${record.customer.realm}`;
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
