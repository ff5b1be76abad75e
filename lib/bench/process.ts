import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleProcess } from './bundles';
import type { Usage } from './processes/parent';

/** A server of the bench in a process of its own. */
export interface BenchProcess {
  readonly port: number;
  readonly usage: () => Promise<Usage>;
  readonly stop: () => Promise<void>;
}

/** @param name of a file in `processes/` that ends with `serveParent` */
async function startProcess(name: string, env: Readonly<Record<string, string>> = {}): Promise<BenchProcess> {
  const child = fork(bundleProcess(name), {
    env: { ...process.env, NODE_NO_WARNINGS: '1', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  const { port } = await answerOf<{ port: number }>(name, child);
  return {
    port,
    usage: () => {
      child.send('usage');
      return answerOf<Usage>(name, child);
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

/**
 * Work with processes, and a folder for their files: both are gone after it.
 * @param work is given the folder, and what starts a process
 */
export async function withProcesses<Result>(
  work: (start: typeof startProcess, folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'edge-registrar-bench-'));
  const processes: BenchProcess[] = [];
  const start: typeof startProcess = async (...what) => {
    const started = await startProcess(...what);
    processes.push(started);
    return started;
  };
  try {
    return await work(start, folder);
  } finally {
    await Promise.all(processes.map((it) => it.stop()));
    rmSync(folder, { recursive: true });
  }
}

async function answerOf<T>(name: string, child: ChildProcess): Promise<T> {
  const ended = new AbortController();
  const end = () => ended.abort(new Error(`the process ${name} ended`));
  child.once('exit', end);
  try {
    const [message] = await once(child, 'message', { signal: ended.signal });
    return message;
  } finally {
    child.off('exit', end);
  }
}
