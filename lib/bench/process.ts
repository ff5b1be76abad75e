import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { bundleProcess } from './bundles';
import type { Usage } from './processes/parent';

/** A server of the bench in a process of its own. */
export interface BenchProcess {
  readonly port: number;
  readonly usage: () => Promise<Usage>;
  readonly stop: () => Promise<void>;
}

/** @param name of a file in `processes/` that ends with `serveParent` */
export async function startProcess(
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<BenchProcess> {
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
