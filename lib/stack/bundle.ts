import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** The file that a Lambda starts with. */
export function entryOf(lambda: string): string {
  return join(ROOT, 'lambdas', `${lambda}.lambda.ts`);
}

/** How the Lambdas are bundled, in esbuild's words: the stack deploys this, and the bench measures it. */
export const BUNDLE = {
  target: 'node24',
  format: 'cjs',
  // ES modules, bundled as CommonJS, start sooner than either kind alone.
  mainFields: ['module', 'main'],
  // The library of numbering plans is in a file of its own: see `LAZY_MODULE`.
  external: ['*/phone-number-library'],
  minify: true,
  // A map in the zip costs 12 ms and more of each cold start.
  sourcemap: false,
} as const;

/**
 * What call-hook loads when a record first names a country: a bundle beside its own, so that calls without a country,
 * and every cold start, go without it.
 */
export const LAZY_MODULE = {
  lambda: 'call-hook',
  entry: join(ROOT, 'lib', 'registrar', 'calls', 'phone-number-library.ts'),
  file: 'phone-number-library.js',
  // V8 reads JSON faster than code.
  loader: { '.json': 'copy' },
} as const;
