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
  external: [],
  minify: true,
  // A map in the zip costs 12 ms and more of each cold start.
  sourcemap: false,
} as const;
