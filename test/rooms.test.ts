import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');

/** Which room may import what: names of rooms, of packages, or of single files. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'lib/registrar': ['lib/registrar', 'node:crypto', 'node:net', 'node:v8', 'valibot'],
  'lib/jambonz': ['lib/jambonz', 'lib/registrar', 'node:crypto'],
  'lambdas/stories': ['lib/jambonz', 'lib/registrar'],
  'lambdas/doors': ['lambdas/stories', 'lib/aws', 'lib/jambonz/routes'],
  'lib/aws': [
    'lib/aws',
    'lib/registrar',
    'lib/jambonz',
    '@aws-sdk/',
    '@smithy/',
    'aws-lambda',
    'aws4',
    'node:',
  ],
  'lib/stack': [
    'lib/stack',
    'aws-cdk-lib',
    'constructs',
    'cdk-nag',
    'valibot',
    'node:path',
    'lib/aws/names',
    'lib/registrar/address',
    'lib/jambonz/routes',
  ],
  'lib/local': [
    'lib/local',
    'lambdas/stories',
    'lib/registrar',
    'lib/jambonz',
    'lib/aws',
    '@aws-sdk/',
    'aws-lambda',
    'dynalite',
    'level',
    'node:',
  ],
  'lib/admin': [
    'lib/admin',
    'lib/registrar',
    'lib/jambonz',
    'lib/aws',
    'lib/local',
    'valibot',
    '@valibot/to-json-schema',
    'commander',
    '@bomb.sh/tab',
    'csv-parse',
    'fastest-levenshtein',
    'csv-stringify',
    'jsonc-parser',
    'node:',
  ],
  'lib/bench': [
    'lib/bench',
    'lib/stack/access-log',
    'lib/stack/bundle',
    'lib/local',
    'lambdas/stories',
    'lib/registrar',
    'lib/jambonz',
    'lib/aws',
    '@aws-sdk/',
    'aws-lambda',
    'dynalite',
    'esbuild',
    'vega',
    'vega-lite',
    'node:',
  ],
};

const files = ['lib', 'lambdas', 'bin'].flatMap(sourcesBelow);

describe('the rooms', () => {
  test('every source file stands in a room', () => {
    expect(files.filter((file) => !roomOf(file))).toEqual([]);
    expect(files.length).toBeGreaterThan(30);
  });

  test.each(files.filter((file) => !file.startsWith('bin/')))('%s imports only what its room may', (file) => {
    const allowed = MAY_IMPORT[roomOf(file) ?? ''] ?? [];
    const strangers = importsOf(file).filter((target) => !allowed.some((room) => isIn(target, room)));
    expect(strangers).toEqual([]);
  });

  test('a check of the check: a stranger is seen', () => {
    expect(isIn('lib/aws/door', 'lib/registrar')).toBe(false);
    expect(isIn('@aws-sdk/client-dynamodb', '@aws-sdk/')).toBe(true);
    expect(importsOf('lib/aws/door.ts')).toContain('lib/jambonz/world');
  });
});

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sourcesBelow(path) : /(?<!\.d)\.ts$/.test(path) ? [path] : [];
  });
}

function roomOf(path: string): string | undefined {
  if (path.startsWith('lambdas/')) return /\.lambda(\.ts)?$/.test(path) ? 'lambdas/doors' : 'lambdas/stories';
  if (path.startsWith('bin/')) return 'bin';
  return Object.keys(MAY_IMPORT).find((room) => path.startsWith(`${room}/`));
}

function importsOf(file: string): string[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const specifiers = [...source.matchAll(/(?:\bfrom|\bimport|\brequire\(|\bimport\()\s*'([^']+)'/g)].map(
    ([, it = '']) => it,
  );
  return specifiers.map((it) => (it.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), it)) : it));
}

function isIn(target: string, room: string): boolean {
  if (room.startsWith('lambdas/')) return roomOf(target) === room;
  return room.endsWith('/') || room.endsWith(':')
    ? target.startsWith(room)
    : target === room || target.startsWith(`${room}/`);
}
