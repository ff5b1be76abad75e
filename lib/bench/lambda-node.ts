import { spawnSync } from 'node:child_process';
import { BUNDLE } from '../stack/bundle';

/** The Node whose speed is measured. */
export interface LambdaNode {
  /** Its executable. */
  readonly path: string;
  readonly version: string;
  /** Is it the one that the Lambdas run on? */
  readonly isLambdas: boolean;
}

const MAJOR = BUNDLE.target.replace('node', '');

/** The Node of the Lambdas: this process's own, or one that `npx` brings. Without it this process's own has to do. */
export function lambdaNode(): LambdaNode {
  const { node: version } = process.versions;
  const own = { path: process.execPath, version, isLambdas: version.startsWith(`${MAJOR}.`) };
  if (own.isLambdas) return own;
  const print = 'process.stdout.write(process.execPath + " " + process.versions.node)';
  const found = spawnSync('npx', ['--yes', `--package=node@${MAJOR}`, '--', 'node', '-e', print], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  const [path, itsVersion] = found.status === 0 ? found.stdout.trim().split(' ') : [];
  return path && itsVersion?.startsWith(`${MAJOR}.`) ? { path, version: itsVersion, isLambdas: true } : own;
}
