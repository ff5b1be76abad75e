import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** The file that a Lambda starts with. */
export function entryOf(lambda: string): string {
  return join(ROOT, 'lambdas', `${lambda}.lambda.ts`);
}

/**
 * What is not needed at each start is in files of its own beside a Lambda's bundle. The library of numbering plans is
 * loaded when a record first names a country, and the reader of invalid records with the first one; so other calls, and
 * every cold start, go without them. The tables are loaded at init: a file that is missing stops the start, never an
 * emergency call.
 */
export const FILES_BESIDE = {
  'register-auth': ['emergency-countries', 'read-record'],
  'call-hook': [
    'emergency-countries',
    'high-risk-number-types',
    'high-risk-ranges',
    'phone-number-library',
    'read-record',
  ],
} as const;

export type FileBeside = (typeof FILES_BESIDE)[keyof typeof FILES_BESIDE][number];

export function entryOfFileBeside(name: FileBeside): string {
  return join(ROOT, 'lib', 'registrar', name === 'read-record' ? 'record' : 'calls', `${name}.ts`);
}

/** V8 reads JSON faster than code. */
export const FILE_BESIDE_LOADER = { '.json': 'copy' } as const;

/** How the Lambdas are bundled, in esbuild's words: the stack deploys this, and the bench measures it. */
export const BUNDLE = {
  target: 'node24',
  format: 'cjs',
  // ES modules, bundled as CommonJS, start sooner than either kind alone.
  mainFields: ['module', 'main'],
  external: FILES_BESIDE['call-hook'].map((name) => `*/${name}`),
  minify: true,
  // A map in the zip costs 12 ms and more of each cold start.
  sourcemap: false,
} as const;
