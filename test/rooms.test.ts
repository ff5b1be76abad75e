import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');

/** Which room may import what: names of rooms, of packages, or of single files. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'lib/registrar': ['lib/registrar', 'node:crypto', 'node:net', 'node:v8', 'valibot', 'libphonenumber-js/'],
  'lib/jambonz': ['lib/jambonz', 'lib/registrar', 'node:crypto'],
  'lib/hooks': ['lib/hooks', 'lib/registrar', 'lib/jambonz', 'node:util/types'],
  'lambdas/hooks': ['lib/hooks', 'lib/jambonz', 'lib/registrar'],
  'lambdas/entries': ['lambdas/hooks', 'lib/aws/lambda', 'lib/jambonz/routes'],
  'lib/aws/client': ['lib/aws/client', 'node:'],
  'lib/aws/stores': [
    'lib/aws/stores',
    'lib/aws/client',
    'lib/hooks',
    'lib/jambonz',
    'lib/registrar',
    'node:',
  ],
  'lib/aws/lambda': [
    'lib/aws/lambda',
    'lib/aws/stores',
    'lib/aws/client',
    'lib/hooks',
    'lib/jambonz',
    'lib/registrar',
    'aws-lambda',
    'node:',
  ],
  // The only home of SDK clients in lib/aws: the Lambdas start without the SDK.
  'lib/aws/tools': [
    'lib/aws/tools',
    'lib/aws/stores',
    'lib/aws/client',
    'lib/registrar',
    '@aws-sdk/',
    'node:util',
  ],
  'lib/stack': [
    'lib/stack',
    'aws-cdk-lib',
    'constructs',
    'cdk-nag',
    'valibot',
    'node:path',
    'lib/hooks/settings',
    'lib/hooks/metrics',
    'lib/aws/stores/tables',
    'lib/jambonz/routes',
    'lib/registrar/record/ip-address',
  ],
  'lib/local': [
    'lib/local',
    'lambdas/hooks',
    'lib/hooks',
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
    'lib/hooks',
    'lib/aws',
    'lib/local',
    'lib/stack/output-names',
    'libphonenumber-js/',
    'commander',
    'valibot',
    '@valibot/to-json-schema',
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
    'lambdas/hooks',
    'lib/hooks',
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
  test('every source file is in a room', () => {
    expect(files.filter((file) => !roomOf(file))).toEqual([]);
    expect(files.length).toBeGreaterThan(30);
  });

  test.each(files.filter((file) => !file.startsWith('bin/')))('%s imports only what its room may', (file) => {
    const allowed = MAY_IMPORT[roomOf(file) ?? ''] ?? [];
    const forbidden = importsOf(file).filter((target) => !allowed.some((room) => isIn(target, room)));
    expect(forbidden).toEqual([]);
  });

  test('no two files of lib have the same name', () => {
    const names = files.filter((file) => file.startsWith('lib/')).map((file) => basename(file));
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  test('no files import each other in a circle, not even types', () => {
    expect(circles(new Map(files.map((file) => [file, importsOf(file).map((it) => `${it}.ts`)])))).toEqual(
      [],
    );
  });

  test('a circle is seen', () => {
    const imports = new Map([
      ['a', ['b', 'd']],
      ['b', ['c']],
      ['c', ['a']],
      ['d', []],
    ]);
    expect(circles(imports)).toEqual([['a', 'b', 'c', 'a']]);
  });

  test('a forbidden import is seen', () => {
    expect(isIn('lib/aws/lambda/handler', 'lib/registrar')).toBe(false);
    expect(isIn('lib/aws/tools/stack-outputs', 'lib/aws/lambda')).toBe(false);
    expect(isIn('@aws-sdk/client-dynamodb', '@aws-sdk/')).toBe(true);
    expect(importsOf('lib/aws/lambda/handler.ts')).toContain('lib/hooks/context');
  });
});

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sourcesBelow(path) : /(?<!\.d)\.ts$/.test(path) ? [path] : [];
  });
}

function roomOf(path: string): string | undefined {
  if (path.startsWith('lambdas/')) return /\.lambda(\.ts)?$/.test(path) ? 'lambdas/entries' : 'lambdas/hooks';
  if (path.startsWith('bin/')) return 'bin';
  return Object.keys(MAY_IMPORT).find((room) => path.startsWith(`${room}/`));
}

function importsOf(file: string): string[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const specifiers = [...source.matchAll(/(?:\bfrom |\bimport |\brequire\(|\bimport\()\s*'([^']+)'/g)].map(
    ([, it = '']) => it,
  );
  return specifiers.map((it) => (it.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), it)) : it));
}

/** The circles that a search from file to file runs into, each with its first file again at its end. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const follow = (file: string, path: readonly string[]): string[][] => {
    const at = path.indexOf(file);
    if (at >= 0) return [[...path.slice(at), file]];
    if (done.has(file)) return [];
    const found = (imports.get(file) ?? []).flatMap((it) => follow(it, [...path, file]));
    done.add(file);
    return found;
  };
  return [...imports.keys()].flatMap((file) => follow(file, []));
}

function isIn(target: string, room: string): boolean {
  if (room.startsWith('lambdas/')) return roomOf(target) === room;
  return room.endsWith('/') || room.endsWith(':')
    ? target.startsWith(room)
    : target === room || target.startsWith(`${room}/`);
}
