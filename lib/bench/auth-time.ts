import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { bundleProcess } from './bundles';
import type { Gate } from './gate';
import type { LambdaNode } from './lambda-node';
import { type Measured, measured } from './statistics';

/** What one cached auth takes of a CPU, beside what it is compared with, in one process. */
export interface AuthTime {
  /** Microseconds of CPU: the hook, the least that any hook must do, and jambonz's example. */
  readonly ours: Measured;
  readonly least: Measured;
  readonly original: Measured;
  readonly gates: readonly Gate[];
}

const ROUNDS = 15;

/** By turns, so that a busy neighbour hurts all alike. */
export async function measureAuthTime({ path }: LambdaNode): Promise<AuthTime> {
  const env = { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', ROUNDS: String(ROUNDS), AUTHS: '10000' };
  const { stdout } = await promisify(execFile)(path, [bundleProcess('cached-auth')], {
    env,
    timeout: 120_000,
  });
  const rounds: Readonly<Record<'ours' | 'least' | 'original', number>>[] = JSON.parse(stdout);
  const of = (kind: 'ours' | 'least' | 'original') => measured(rounds.map((it) => it[kind]));
  return {
    ours: of('ours'),
    least: of('least'),
    original: of('original'),
    gates: [
      {
        name: "CPU of a cached auth, against the work of jambonz's Express example",
        unit: 'x',
        limit: { atMost: 1.8 },
        ...measured(rounds.map(({ ours, original }) => ours / original)),
      },
    ],
  };
}
