import { isObject } from '../registrar/record/json';

/** Where the local stack gives out the lines of calls that it kept: not a path of the deployment. */
export const LOG_PATH = '/log';

/** A line of the hooks' log, and when it was written. */
export interface KeptLine {
  readonly line: object;
  /** Unix ms. */
  readonly at: number;
}

/** The lines of calls since the local stack was started: what CloudWatch Logs keeps of a deployment. */
export interface KeptLog {
  readonly keep: (line: object) => void;
  readonly lines: () => readonly KeptLine[];
}

/** Some 60 MB. */
const MOST_LINES = 200_000;
const READ_BUDGET_MS = 30_000;

export function keptLog(now: () => number): KeptLog {
  const kept: KeptLine[] = [];
  return {
    keep: (line) => {
      if (!('hook' in line) || (line.hook !== 'call-hook' && line.hook !== 'call-status')) return;
      kept.push({ line, at: now() });
      if (kept.length > MOST_LINES) kept.shift();
    },
    lines: () => kept,
  };
}

/**
 * Reads what a local stack kept.
 * @param url of its gateway
 * @throws Error when no local stack answers there
 */
export async function readKeptLog(
  url: string,
): Promise<{ line: Readonly<Record<string, unknown>>; at: number }[]> {
  const response = await fetch(new URL(LOG_PATH, url), { signal: AbortSignal.timeout(READ_BUDGET_MS) });
  if (!response.ok) throw new Error(`no local stack answers at ${url}`);
  const lines = (await response.text()).split('\n').filter((text) => text !== '');
  return lines.flatMap((text) => {
    const kept: unknown = JSON.parse(text);
    return isObject(kept) && isObject(kept.line) && typeof kept.at === 'number'
      ? [{ line: kept.line, at: kept.at }]
      : [];
  });
}
