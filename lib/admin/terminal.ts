import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { confirm, isCancel, password, progress } from '@clack/prompts';
import { type Progress, Refused, type Shell, WrongUsage } from './shell';

/** The terminal that this process runs in. Questions and progress go to standard error: output stays clean. */
export function terminal(): Shell {
  return {
    env: process.env,
    now: Date.now,
    print: (text) => process.stdout.write(`${text}\n`),
    watched: process.stdout.isTTY === true,
    complain: (text) => process.stderr.write(`edge-registrar: ${text}\n`),
    readLine: async () => {
      if (process.stdin.isTTY) return undefined;
      for await (const line of createInterface({ input: process.stdin })) return line;
      return undefined;
    },
    readAll: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk);
      return Buffer.concat(chunks).toString('utf8');
    },
    askSecret: async (message) => {
      if (!process.stdin.isTTY) return undefined;
      const answer = await password({ message, output: process.stderr });
      if (isCancel(answer)) throw new Refused('cancelled, so nothing was done');
      return answer;
    },
    confirm: async (message) => {
      if (!process.stdin.isTTY) return undefined;
      const answer = await confirm({ message, initialValue: false, output: process.stderr });
      return answer === true;
    },
    edit: openEditor,
    progress: (what, total) => (process.stderr.isTTY ? bar(what, total) : milestones(what, total)),
    interrupted: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
      }),
  };
}

function bar(what: string, total: number): Progress {
  const shown = progress({ max: total, output: process.stderr });
  shown.start(what);
  let done = 0;
  return {
    advance: (by) => {
      done += by;
      shown.advance(by, `${what}: ${done} of ${total}`);
    },
    stop: () => shown.stop(`${what}: ${done} of ${total}`),
  };
}

/** Where no bar can move: a line at each tenth of a long work. */
function milestones(what: string, total: number): Progress {
  const step = Math.max(100, Math.ceil(total / 10));
  let done = 0;
  return {
    advance: (by) => {
      const before = Math.floor(done / step);
      done += by;
      if (Math.floor(done / step) > before) process.stderr.write(`${what}: ${done} of ${total}\n`);
    },
    stop: () => {},
  };
}

/** VISUAL or EDITOR may hold arguments, as in `code --wait`. */
function openEditor(file: string): Promise<void> {
  const editor = process.env.VISUAL || process.env.EDITOR || 'vi';
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', `${editor} "$1"`, 'edit', file], { stdio: 'inherit' });
    child.once('error', () => reject(new WrongUsage(`the editor "${editor}" does not start: set EDITOR`)));
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Refused(`the editor "${editor}" failed, so nothing was written`)),
    );
  });
}
