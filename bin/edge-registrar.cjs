#!/usr/bin/env node
// Runs bin/edge-registrar.ts. Transpiling at each start is slow, so it is bundled once into node_modules/.cache, under
// the fingerprint of all sources: a changed, added or removed source file is another name, and is bundled again.
const { createHash } = require('node:crypto');
const {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { Module } = require('node:module');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');
const CACHE = join(ROOT, 'node_modules', '.cache', 'edge-registrar');

const bundle = join(CACHE, `${fingerprint()}.cjs`);
if (existsSync(bundle)) require(bundle);
else run(build());

/** Names, sizes and times of change of everything that the bundle is made of. */
function fingerprint() {
  const sources = ['bin', 'lambdas', 'lib'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true }).map((name) => join(folder, name)),
  );
  const hash = createHash('sha256');
  for (const name of [...sources, 'package.json', 'package-lock.json'].sort()) {
    const { size, mtimeMs } = statSync(join(ROOT, name));
    hash.update(`${name} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

function build() {
  const { outputFiles } = require('esbuild').buildSync({
    entryPoints: [join(ROOT, 'bin', 'edge-registrar.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    // The first loads its own files by name, the second is native.
    external: ['dynalite', 'level'],
    write: false,
  });
  return outputFiles[0].text;
}

/** Keeps the code for the next start, in place of older bundles; where it cannot be written, it runs all the same. */
function run(code) {
  try {
    mkdirSync(CACHE, { recursive: true });
    const older = readdirSync(CACHE).map((name) => join(CACHE, name));
    const unfinished = `${bundle}.${process.pid}`;
    writeFileSync(unfinished, code);
    renameSync(unfinished, bundle);
    // Not the one that another start wrote meanwhile.
    for (const file of older) if (file !== bundle) rmSync(file, { force: true });
  } catch {}
  const main = new Module(bundle, module);
  main.filename = bundle;
  main.paths = Module._nodeModulePaths(CACHE);
  main._compile(code, bundle);
}
