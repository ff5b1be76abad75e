import { readFile } from 'node:fs/promises';
import { type Aor, parseAor, realmKey } from '../registrar/record/aor';
import { NUMBERS, numberKey } from '../registrar/record/number-key';
import { decodeText } from './files/text-encoding';
import { Refused, type Shell, WrongUsage } from './shell';

/**
 * The text of a file, or of standard input when the file is `-`.
 * @throws WrongUsage when it cannot be read, Refused when it is not UTF-8
 */
export async function readInput(shell: Shell, file: string): Promise<string> {
  const text = decodeText(file === '-' ? await shell.readAll() : await readBytes(file), file);
  if (typeof text === 'string') return text;
  const { line, fix } = text;
  throw new Refused(`${file}${line === undefined ? '' : `, line ${line}`} ${fix}`);
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    throw new WrongUsage(`${file}: ${UNREADABLE[String(code)] ?? 'it cannot be read'}`);
  }
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'this is a folder, not a file',
  EACCES: 'you may not read this file',
};

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
  if (secret.includes('\uFFFD')) throw new Refused(`the ${what} is not UTF-8`);
  return secret;
}

/**
 * The key of a record: an account's `username@realm`, or a number with or without +, or as we print it, `966…@numbers`.
 * @throws WrongUsage when the text is neither
 */
export function readKey(text: string): Aor {
  const digits = numberKey(text.replace(`@${NUMBERS}`, ''));
  return digits === undefined ? readAor(text) : { realm: NUMBERS, username: digits };
}

/** @throws WrongUsage when the text is not `username@realm` */
export function readAor(text: string): Aor {
  const aor = parseAor(text);
  if (!aor) throw new WrongUsage(`"${text}" is not an address of record: write username@realm`);
  return { username: aor.username, realm: realmKey(aor.realm) };
}
