import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, buildSync, type Metafile } from 'esbuild';
import { LAMBDA_ROUTES } from '../jambonz/routes';
import {
  BUNDLE,
  entryOf,
  entryOfFileBeside,
  FILE_BESIDE_LOADER,
  FILES_BESIDE,
  type FileBeside,
} from '../stack/bundle';

export const ROOT = join(__dirname, '..', '..');
export type LambdaName = keyof typeof LAMBDA_ROUTES;
export const LAMBDAS = Object.keys(LAMBDA_ROUTES) as LambdaName[];

/** Inside node_modules, so that what is left external is found from there. */
const FOLDER = join(ROOT, 'node_modules', '.cache', 'edge-registrar-bench');

export interface Bundle {
  readonly file: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Of files beside the code. */
  readonly dataBytes: number;
  /** Bytes by npm package; `edge-registrar` is our own code. */
  readonly bytesByPackage: Readonly<Record<string, number>>;
}

/** As the stack deploys it; what it loads besides is put beside it. */
export function bundleLambda(name: LambdaName): Bundle {
  for (const file of FILES_BESIDE[name]) bundleFileBeside(file);
  return bundle(entryOf(name), `${name}.js`, deployed());
}

/** A file beside the bundles: its code, without its data. */
export function bundleFileBeside(name: FileBeside): Bundle {
  return bundle(entryOfFileBeside(name), `${name}.js`, {
    ...deployed(),
    external: [],
    loader: FILE_BESIDE_LOADER,
  });
}

/** Register-auth over the SDK, as NodejsFunction bundles by default, with the copy of the SDK that Lambda has. */
export function bundleOverSdk(): Bundle {
  const entry = join(__dirname, 'processes', 'register-auth-over-sdk.ts');
  return bundle(entry, 'register-auth-over-sdk.js', { external: ['@aws-sdk/*', '@smithy/*'] });
}

/** A process of the bench: it is measured as plain JavaScript, without what runs TypeScript. */
export function bundleProcess(name: string): string {
  return bundle(join(__dirname, 'processes', `${name}.ts`), `${name}.js`, {
    external: ['dynalite'],
    mainFields: [...BUNDLE.mainFields],
  }).file;
}

function deployed(): BuildOptions {
  const { external, mainFields, ...rest } = BUNDLE;
  return { ...rest, external: [...external], mainFields: [...mainFields] };
}

function bundle(entry: string, name: string, options: BuildOptions): Bundle {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, name);
  const { metafile: { outputs } = { outputs: {} } } = buildSync({
    bundle: true,
    platform: 'node',
    target: BUNDLE.target,
    entryPoints: [entry],
    outfile: file,
    metafile: true,
    absWorkingDir: ROOT,
    logLevel: 'error',
    ...options,
  });
  const code = readFileSync(file);
  return {
    file,
    bytes: code.length,
    gzipBytes: gzipSync(code).length,
    dataBytes: bytesOf(outputs) - code.length,
    bytesByPackage: bytesByPackage(outputs),
  };
}

function bytesOf(outputs: Metafile['outputs']): number {
  return Object.values(outputs).reduce((sum, { bytes }) => sum + bytes, 0);
}

function bytesByPackage(outputs: Metafile['outputs']): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const [input, { bytesInOutput }] of Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs),
  )) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? 'edge-registrar';
    sizes[name] = (sizes[name] ?? 0) + bytesInOutput;
  }
  return sizes;
}
