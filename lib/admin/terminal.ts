import { spawn } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { type Progress, Refused, type Shell, WrongUsage } from './shell';

/** How the user runs this tool: linked by `npm link`, or by npx from the clone. */
export const TOOL =
  basename(process.argv[1] ?? '') === 'edge-registrar' && process.env.npm_command !== 'exec'
    ? 'edge-registrar'
    : 'npx edge-registrar';

/** The terminal that this process runs in. Questions and progress go to standard error, so that output can be piped. */
export function terminal(): Shell {
  const coloured = showsColours();
  return {
    env: process.env,
    now: Date.now,
    tool: TOOL,
    user: `${userName()}@${hostname()}`,
    print: (text) => process.stdout.write(`${text}\n`),
    paint: (colour, text) => (coloured ? styleText(colour, text) : text),
    watched: process.stdout.isTTY === true,
    width: process.stdout.isTTY ? process.stdout.columns : undefined,
    complain: (text) => process.stderr.write(`edge-registrar: ${text}\n`),
    readLine: async () => {
      if (process.stdin.isTTY) return undefined;
      for await (const line of createInterface({ input: process.stdin })) return line;
      return undefined;
    },
    readAll: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    askSecret: async (question) => (process.stdin.isTTY ? ask(question, { unseen: true }) : undefined),
    confirm: async (question) => {
      if (!process.stdin.isTTY) return undefined;
      return /^y(es)?$/i.test((await ask(`${question} [y/N] `, { unseen: false })).trim());
    },
    edit: openEditor,
    progress: (what, total) =>
      process.stderr.isTTY && process.env.TERM !== 'dumb' ? counter(what, total) : milestones(what, total),
    interrupted: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
      }),
    unread: () => new Promise((resolve) => process.stdout.once('error', () => resolve())),
  };
}

/** A container may run under a user id that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

/**
 * A reader that closes the pipe early (`| head`) is not an error: what is printed afterwards is dropped, and the
 * work continues to its end.
 */
export function ignoreClosedPipe(): void {
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EPIPE') throw cause;
  });
}

/** https://no-color.org: any value of NO_COLOR but the empty one means no colours. */
function showsColours(): boolean {
  const { NO_COLOR, TERM } = process.env;
  return process.stdout.isTTY === true && !NO_COLOR && TERM !== 'dumb';
}

/** @throws Refused on Ctrl-C and on the end of input */
function ask(question: string, { unseen }: { unseen: boolean }): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: process.stdin,
    output: unseen ? nowhere : process.stderr,
    terminal: true,
  });
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('SIGINT', () => lines.close());
    lines.once('close', () => {
      if (unseen) process.stderr.write('\n');
      reject(new Refused('cancelled; nothing was done'));
    });
  });
}

/** One line that is written again and again. */
function counter(what: string, total: number): Progress {
  let done = 0;
  let shown = 0;
  const show = () => {
    shown = done;
    process.stderr.write(`\r${what}: ${done} of ${total}`);
  };
  return {
    advance: (by) => {
      done += by;
      if (done - shown >= total / 200 || done === total) show();
    },
    stop: () => {
      show();
      process.stderr.write('\n');
    },
  };
}

/** Without a terminal: a line at each tenth of the work. */
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
      code === 0 ? resolve() : reject(new Refused(`the editor "${editor}" failed; nothing was written`)),
    );
  });
}
