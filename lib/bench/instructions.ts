import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleProcess } from './bundles';
import type { Gate } from './gate';
import { measured } from './statistics';

/** Machine instructions of one cached auth, counted by valgrind's callgrind. */
export interface Instructions {
  readonly perAuth: number;
  readonly gates: readonly Gate[];
}

/** Until V8 has compiled what it wants to. */
const WARM_UP = 15_000;
const AUTHS = 2_000;
/** Number of runs: V8 sometimes recompiles code, which the median excludes. */
const PORTIONS = 7;
/** Seeds fixed, counts of the same code differ by a tenth of this. */
const NOISE = 0.03;

/**
 * @param last count, of the same Node on the same CPU: more than 3 % above it is a regression
 * @returns undefined without a valgrind that can run this Node: the caller says so
 */
export async function measureInstructions(last: number | undefined): Promise<Instructions | undefined> {
  if (spawnSync('valgrind', ['--version']).status !== 0) return undefined;
  const counted = await countInstructions(bundleProcess('cached-auth'));
  if (counted === undefined) return undefined;
  const perAuth = Math.round(counted / AUTHS);
  const gates: Gate[] = [
    {
      name: 'instructions of a cached auth',
      unit: '',
      value: perAuth,
      noise: NOISE,
      limit: { atMost: 80_000 },
    },
  ];
  return { perAuth, gates: last === undefined ? gates : [...gates, againstLast(perAuth / last)] };
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
async function countInstructions(file: string): Promise<number | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'edge-registrar-bench-'));
  const out = join(folder, 'callgrind');
  const node = [process.execPath, '--single-threaded', '--hash-seed=1', '--random-seed=1', file];
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
    const counts: number[] = [];
    for (let portion = 1; portion <= PORTIONS; portion++) {
      child.stdin.write('go\n');
      if ((await word()) === 'ended') return undefined;
      await control('--dump');
      counts.push(Number(/^totals: (\d+)/m.exec(readFileSync(`${out}.${portion}`, 'utf8'))?.[1]));
    }
    return measured(counts).value;
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}
