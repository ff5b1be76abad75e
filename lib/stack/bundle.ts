import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** The file that a Lambda starts with. */
export function entryOf(lambda: string): string {
  return join(ROOT, 'lambdas', `${lambda}.lambda.ts`);
}

/**
 * What is known of the world's numbers stands in files of its own, beside a Lambda's bundle. The library of numbering
 * plans is loaded when a record first names a country, so calls without one, and every cold start, go without it. The
 * tables are loaded at init: a file that is missing stops the start, never an emergency call.
 */
export const NUMBER_FILES = {
  'register-auth': ['emergency-countries'],
  'call-hook': ['emergency-countries', 'high-risk-number-types', 'high-risk-ranges', 'phone-number-library'],
} as const;

export type NumberFile = (typeof NUMBER_FILES)[keyof typeof NUMBER_FILES][number];

export function entryOfNumberFile(name: NumberFile): string {
  return join(ROOT, 'lib', 'registrar', 'calls', `${name}.ts`);
}

/** V8 reads JSON faster than code. */
export const NUMBER_FILE_LOADER = { '.json': 'copy' } as const;

/** How the Lambdas are bundled, in esbuild's words: the stack deploys this, and the bench measures it. */
export const BUNDLE = {
  target: 'node24',
  format: 'cjs',
  // ES modules, bundled as CommonJS, start sooner than either kind alone.
  mainFields: ['module', 'main'],
  external: NUMBER_FILES['call-hook'].map((name) => `*/${name}`),
  minify: true,
  // A map in the zip costs 12 ms and more of each cold start.
  sourcemap: false,
} as const;
