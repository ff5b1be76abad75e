import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { Refused } from '../shell';

/**
 * Writes a file that only its owner can read, whole or not at all.
 * @throws Refused when there is one already
 */
export async function writePrivateFile(
  file: string,
  text: string,
  { force }: { force?: boolean },
): Promise<void> {
  if (!force && existsSync(file)) throw new Refused(`${file} exists: pass --force to replace it`);
  const unfinished = `${file}.${process.pid}.part`;
  try {
    await writeFile(unfinished, text, { mode: 0o600, flag: 'wx' });
    await rename(unfinished, file);
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw new Refused(
      `${file} cannot be written: ${cause instanceof Error && 'code' in cause ? cause.code : cause}`,
    );
  }
}
