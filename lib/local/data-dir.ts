import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { Level } from 'level';
import { isObject } from '../registrar/record/json';

/**
 * Makes the folder that the tables are kept in. The embedded DynamoDB would end the process when it cannot use it.
 * @returns why it cannot be used; undefined: it can
 */
export async function dataDirProblem(dataDir: string): Promise<string | undefined> {
  try {
    await mkdir(dataDir, { recursive: true });
    await access(dataDir, constants.W_OK);
    const database = new Level(dataDir);
    await database.open();
    await database.close();
    return undefined;
  } catch (cause) {
    return PROBLEMS[codeOf(cause)] ?? `cannot be used: ${codeOf(cause)}`;
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  LEVEL_LOCKED: 'is in use by another process: stop that one, or name another folder',
  EEXIST: 'is not a folder',
  ENOTDIR: 'is not a folder',
  EACCES: 'is not writable',
  EPERM: 'is not writable',
  EROFS: 'is not writable',
  ENOENT: 'cannot be made here',
};

/** The innermost code: LevelDB wraps it. */
function codeOf(cause: unknown): string {
  if (!isObject(cause)) return String(cause);
  return isObject(cause.cause) ? codeOf(cause.cause) : String(cause.code ?? cause.message);
}
