import type { Shell } from './shell';

/**
 * A command of this tool, ready to paste into a shell.
 * @param deployment the deployment that it must work on
 */
export function suggestion(
  { tool }: Pick<Shell, 'tool'>,
  words: readonly string[],
  deployment?: { readonly options: readonly string[] },
): string {
  return [tool, ...[...words, ...(deployment?.options ?? [])].map(quoted)].join(' ');
}

/** POSIX shell quoting (XCU 2.2.2). */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
