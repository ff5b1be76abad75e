import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleProcess } from './bundles';
import type { Gate } from './gate';
import type { LambdaNode } from './lambda-node';
import { measured } from './statistics';

/** Machine instructions of one cached auth, and of the least that any hook must do, counted by valgrind's callgrind. */
export interface Instructions {
  readonly perAuth: number;
  readonly least: number;
  readonly gates: readonly Gate[];
}

/** Until V8 has compiled what it wants to. */
const WARM_UP = 16_000;
const AUTHS = 2_000;
/** Number of runs: V8 sometimes recompiles code, which the median excludes. */
const PORTIONS = 7;
/** Seeds fixed, counts of the same code differ by a fifth of this. */
const NOISE = 0.03;

/**
 * @param last count, of the same Node on the same CPU: more than 3 % above it is a regression
 * @returns undefined without a valgrind that can run this Node: the caller says so
 */
export async function measureInstructions(
  node: LambdaNode,
  last: number | undefined,
): Promise<Instructions | undefined> {
  if (spawnSync('valgrind', ['--version']).status !== 0) return undefined;
  const counted = await countInstructions(node, bundleProcess('cached-auth'));
  if (counted === undefined) return undefined;
  const perAuth = Math.round(counted.ours / AUTHS);
  const least = Math.round(counted.least / AUTHS);
  const gates: Gate[] = [
    {
      name: 'instructions of a cached auth, against the least that any hook must do',
      unit: 'x',
      value: perAuth / least,
      noise: NOISE,
      limit: { atMost: 1.7 },
    },
  ];
  return { perAuth, least, gates: last === undefined ? gates : [...gates, againstLast(perAuth / last)] };
}

function againstLast(ratio: number): Gate {
  return {
    name: 'instructions of a cached auth, against the last count',
    unit: 'x',
    value: ratio,
    noise: NOISE,
    limit: { atMost: 1 },
  };
}

/**
 * The instructions of a portion of auths: neither the process's start nor its end.
 * @returns undefined when it ended before
 */
async function countInstructions(
  { path }: LambdaNode,
  file: string,
): Promise<Record<'ours' | 'least', number> | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'edge-registrar-bench-'));
  const out = join(folder, 'callgrind');
  const node = [path, '--single-threaded', '--hash-seed=1', '--random-seed=1', file];
  const child = spawn(
    'valgrind',
    ['--tool=callgrind', '--instr-atstart=no', `--callgrind-out-file=${out}`, ...node],
    {
      env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', WARM_UP: String(WARM_UP), AUTHS: String(AUTHS) },
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: 180_000,
    },
  );
  const control = (...words: string[]) =>
    promisify(execFile)('callgrind_control', [...words, String(child.pid)], { timeout: 30_000 });
  try {
    const ended = once(child, 'exit').then(() => 'ended' as const);
    const word = () => Promise.race([once(child.stdout, 'data'), ended]);
    if ((await word()) === 'ended') return undefined;
    await control('--instr=on');
    const counts = { ours: [] as number[], least: [] as number[] };
    for (let dump = 1; dump <= PORTIONS * 2; dump++) {
      const kind = dump % 2 === 1 ? 'ours' : 'least';
      child.stdin.write(`${kind}\n`);
      if ((await word()) === 'ended') return undefined;
      await control('--dump');
      counts[kind].push(Number(/^totals: (\d+)/m.exec(readFileSync(`${out}.${dump}`, 'utf8'))?.[1]));
    }
    return { ours: measured(counts.ours).value, least: measured(counts.least).value };
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}
