import { readFile } from 'node:fs/promises';
import { type Aor, parseAor, realmKey } from '../registrar/record/aor';
import { type Shell, WrongUsage } from './shell';

/**
 * The text of a file, or of standard input when the file is `-`.
 * @throws WrongUsage when it cannot be read
 */
export async function readInput(shell: Shell, file: string): Promise<string> {
  if (file === '-') return shell.readAll();
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why =
      cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
        ? 'there is no such file'
        : 'it cannot be read';
    throw new WrongUsage(`${file}: ${why}`);
  }
}

/**
 * A secret: the first line of a file, of standard input (`-`), or what is typed unseen at a terminal (`-` too).
 * @throws WrongUsage when there is none
 */
export async function readSecret(shell: Shell, what: string, file: string): Promise<string> {
  const text =
    file === '-'
      ? ((await shell.askSecret(`${what}: `)) ?? (await shell.readLine()))
      : await readInput(shell, file);
  const secret = text?.split(/\r?\n/, 1)[0] ?? '';
  if (secret === '') throw new WrongUsage(`no ${what}: type it, pipe it in, or name a file that holds it`);
  return secret;
}

/** @throws WrongUsage when the text is no `username@realm` */
export function readAor(text: string): Aor {
  const aor = parseAor(text);
  if (!aor) throw new WrongUsage(`"${text}" is no address of record: write username@realm`);
  return { username: aor.username, realm: realmKey(aor.realm) };
}
