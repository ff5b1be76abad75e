import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleProcess, ROOT } from './bundles';
import type { Gate } from './gate';
import { exact, type Measured, measured } from './statistics';

/** What the command line takes, in ms of its own CPU and by the clock. */
export interface AdminTool {
  readonly starts: readonly { readonly command: string; readonly cpu: Measured; readonly clock: Measured }[];
  readonly imports: readonly {
    readonly records: number;
    readonly history: boolean;
    readonly cpuMs: number;
    readonly clockMs: number;
  }[];
  readonly gates: readonly Gate[];
}

const TOOL = join(ROOT, 'bin', 'edge-registrar.cjs');
const AOR = 'AcmeInc@register.telecomsxchange.com';
const IMPORT = 'customers import'.split(' ');
const IMPORTED = 5000;

/**
 * Starts the tool, and Node with nothing to do, by turns; then imports 5,000 records into the local stack, with the
 * history of the records and without.
 */
export async function measureAdminTool(rounds: number): Promise<AdminTool> {
  const stack = await startStack();
  const folder = mkdtempSync(join(tmpdir(), 'edge-registrar-bench-'));
  try {
    const commands = {
      'node -e 0': ['-e', '0'],
      'edge-registrar --help': [TOOL, '--help'],
      'edge-registrar customers show': [TOOL, 'customers', 'show', AOR],
    };
    const runs: Record<string, Run[]> = {};
    // The first round warms the disk's cache and bundles the tool, and does not count.
    for (let round = 0; round <= rounds; round++)
      for (const [command, args] of Object.entries(commands)) {
        const run = await runNode(args, stack.env);
        if (round > 0) runs[command] = [...(runs[command] ?? []), run];
      }
    const imports = [];
    for (const history of [true, false]) {
      const file = join(folder, `${history}.csv`);
      writeFileSync(file, csvOf(`history-${history}.example`));
      const options = history ? [] : ['--no-history'];
      const { cpuMs, clockMs } = await runNode([TOOL, ...IMPORT, file, ...options], stack.env);
      imports.push({ records: IMPORTED, history, cpuMs, clockMs });
    }
    return {
      starts: Object.entries(runs).map(([command, all]) => ({
        command,
        cpu: measured(all.map(({ cpuMs }) => cpuMs)),
        clock: measured(all.map(({ clockMs }) => clockMs)),
      })),
      imports,
      gates: [...gatesOfStarts(runs), gateOfImports(imports)],
    };
  } finally {
    rmSync(folder, { recursive: true });
    await stack.stop();
  }
}

/** A third more than they are. */
const MOST_OVER_NODE = { 'edge-registrar --help': 4, 'edge-registrar customers show': 7.5 };

function gatesOfStarts(runs: Readonly<Record<string, readonly Run[]>>): Gate[] {
  const bare = runs['node -e 0'] ?? [];
  return Object.entries(MOST_OVER_NODE).map(([command, atMost]) => ({
    name: `${command}, against node -e 0`,
    unit: 'x',
    limit: { atMost },
    ...measured((runs[command] ?? []).map(({ cpuMs }, at) => cpuMs / (bare[at]?.cpuMs ?? Number.NaN))),
  }));
}

function gateOfImports([kept, plain]: AdminTool['imports']): Gate {
  return {
    name: `import of ${IMPORTED} records with their history, against without`,
    unit: 'x',
    limit: { atMost: 2 },
    ...exact((kept?.cpuMs ?? Number.NaN) / (plain?.cpuMs ?? Number.NaN)),
  };
}

interface Run {
  readonly cpuMs: number;
  readonly clockMs: number;
}

/** @throws Error when the program fails */
async function runNode(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Run> {
  const started = performance.now();
  const child = spawn(process.execPath, ['--require', bundleProcess('report-cpu'), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  let reported = '';
  child.stdio[3]?.on('data', (chunk) => {
    reported += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return { cpuMs: Number(reported) / 1000, clockMs: performance.now() - started };
}

async function startStack(): Promise<{ env: Record<string, string>; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [TOOL, 'start', '--json'], {
    env: { ...process.env, PORT: '0', DYNAMODB_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await readyUrl(child);
  return {
    env: { PORT: new URL(url).port, DYNAMODB_ENDPOINT: '' },
    stop: async () => {
      child.kill('SIGINT');
      await once(child, 'close');
    },
  };
}

async function readyUrl({ stdout }: ChildProcess): Promise<string> {
  if (stdout)
    for await (const line of createInterface({ input: stdout })) {
      const { ready } = JSON.parse(line);
      if (typeof ready === 'string') return ready;
    }
  throw new Error('the local stack did not start');
}

function csvOf(realm: string): string {
  const rows = Array.from({ length: IMPORTED }, (_, at) => `${realm},user${at},s3cret-${at},${at}#`);
  return `realm,username,password,techPrefix\n${rows.join('\n')}\n`;
}
