import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** A clone as small as can be, whose tool prints one word. */
function makeClone(): string {
  const clone = mkdtempSync(join(tmpdir(), 'edge-registrar-'));
  for (const folder of ['bin', 'lib', 'lambdas', 'node_modules']) mkdirSync(join(clone, folder));
  copyFileSync(join(ROOT, 'bin/edge-registrar.cjs'), join(clone, 'bin/edge-registrar.cjs'));
  for (const name of ['package.json', 'package-lock.json']) writeFileSync(join(clone, name), '{}');
  for (const name of ['esbuild', '@esbuild'])
    symlinkSync(join(ROOT, 'node_modules', name), join(clone, 'node_modules', name));
  writeFileSync(
    join(clone, 'bin/edge-registrar.ts'),
    "import { word } from '../lib/word';\nconst text: string = word;\nconsole.log(text);\n",
  );
  return clone;
}

const say = (clone: string, word: string) =>
  writeFileSync(join(clone, 'lib/word.ts'), `export const word = '${word}';\n`);
const start = (clone: string) =>
  execFileSync(process.execPath, [join(clone, 'bin/edge-registrar.cjs')])
    .toString()
    .trim();
const bundles = (clone: string) => readdirSync(join(clone, 'node_modules/.cache/edge-registrar'));

describe('the launcher', () => {
  let clone: string;
  beforeEach(() => {
    clone = makeClone();
    say(clone, 'one');
  });
  afterEach(() => rmSync(clone, { recursive: true }));

  test('bundles once, and runs the bundle from then on', () => {
    expect(start(clone)).toBe('one');
    const [bundle = ''] = bundles(clone);
    // Proof that nothing is bundled again: the bundle itself says something else.
    writeFileSync(join(clone, 'node_modules/.cache/edge-registrar', bundle), "console.log('kept');");
    expect(start(clone)).toBe('kept');
  });

  test('never runs stale code, even when the changed file is older than the bundle', () => {
    expect(start(clone)).toBe('one');
    say(clone, 'six');
    utimesSync(join(clone, 'lib/word.ts'), 1, 1);
    expect(start(clone)).toBe('six');
    expect(bundles(clone)).toHaveLength(1);
  });

  test('runs where nothing can be written', () => {
    writeFileSync(join(clone, 'node_modules/.cache'), 'not a folder');
    chmodSync(join(clone, 'node_modules'), 0o555);
    expect(start(clone)).toBe('one');
    chmodSync(join(clone, 'node_modules'), 0o755);
  });
});
