import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when the output, or that on standard error, holds this; to its first group. */
  readonly printed: (pattern: RegExp) => Promise<string>;
}

/** Starts the tool as an admin does, in a process of its own. */
export function startTool(
  args: readonly string[],
  { input = '', env = {} }: { input?: string | Buffer; env?: Record<string, string> } = {},
): Running {
  const child = spawn(process.execPath, ['bin/edge-registrar.cjs', ...args], {
    cwd: ROOT,
    env: { ...process.env, DYNAMODB_ENDPOINT: '', ...env },
  });
  let [out, err] = ['', ''];
  const listeners: (() => void)[] = [];
  const onText = (add: (chunk: string) => void) => (chunk: Buffer) => {
    add(chunk.toString());
    for (const listener of listeners) listener();
  };
  child.stdout.on(
    'data',
    onText((chunk) => {
      out += chunk;
    }),
  );
  child.stderr.on(
    'data',
    onText((chunk) => {
      err += chunk;
    }),
  );
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return {
    child,
    ended: new Promise((done) => child.on('close', (code) => done({ code, out, err }))),
    printed: (pattern) =>
      new Promise((done) => {
        const look = () => {
          const found = pattern.exec(out) ?? pattern.exec(err);
          if (found) done(found[1] ?? '');
        };
        listeners.push(look);
        look();
      }),
  };
}

/** Runs the tool to its end. */
export function runTool(
  args: readonly string[],
  options: { input?: string | Buffer; env?: Record<string, string> } = {},
): Promise<Ended> {
  return startTool(args, options).ended;
}
