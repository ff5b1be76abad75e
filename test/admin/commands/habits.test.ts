import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { START_SETTINGS } from '../../../lib/admin/commands/start';
import { HOOK_SETTINGS } from '../../../lib/hooks/settings';
import { type LocalStack, startLocalStack } from '../../../lib/local/stack';
import { version } from '../../../package.json';
import { runTool, startTool } from '../../tool';

const ROOT = resolve(__dirname, '../../..');
const AOR = 'AcmeInc@register.telecomsxchange.com';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edge-registrar-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('--version is that of the package', async () => {
  expect(await runTool(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

describe('every --help', () => {
  /** All commands, by the words that lead to them: the files of a group begin with its name. */
  const commands = new Map(
    readdirSync(join(ROOT, 'lib/admin/commands'))
      .filter((file) => file !== 'completion.ts')
      .flatMap((file) => {
        const made: Record<string, unknown> = require(join(ROOT, 'lib/admin/commands', file));
        const [, group = ''] = /^(calls|customers|password|explain|simulate|jambonz)-/.exec(file) ?? [];
        return Object.entries(made).flatMap(([name, make]) => {
          const command: unknown = /Command$/.test(name) && typeof make === 'function' ? make() : undefined;
          return command instanceof Command ? [[`${group} ${command.name()}`.trim(), command] as const] : [];
        });
      }),
  );

  const helpOf = (command: Command) => {
    let text = '';
    command.configureOutput({
      writeOut: (part) => {
        text += part;
      },
    });
    command.outputHelp();
    return text;
  };

  test.each([...commands])('%s has examples of itself, which can be typed as they are', (words, command) => {
    const [, after = ''] = helpOf(command).split('\nExamples:\n');
    const examples = after.split('\n\n')[0]?.trim().split('\n') ?? [];
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const [, rest = ''] =
        example.trim().split('edge-registrar ', 2).length === 2 ? example.split(/edge-registrar (.*)/) : [];
      expect(`${rest} `.startsWith(`${words} `)).toBe(true);
      const args = rest
        .replace(/ [<>] .*$/, '')
        .slice(words.length)
        .trim()
        .split(/ +/)
        .filter(Boolean);
      const { operands, unknown } = command.parseOptions(args);
      expect(unknown).toEqual([]);
      const needed = command.registeredArguments.filter((it) => it.required).length;
      expect(operands.length).toBeGreaterThanOrEqual(needed);
    }
  });

  test('of a group, and of the tool itself, too', async () => {
    for (const words of [['customers'], []])
      expect((await runTool([...words, '--help'])).out).toMatch(/\nExamples:\n {2}\S*.*edge-registrar \w+/);
  });

  test("start's names every setting, as the README does", async () => {
    const { out } = await runTool(['start', '--help']);
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const source = readFileSync(join(ROOT, 'lib/local/stack.ts'), 'utf8');
    const own = [...source.matchAll(/\benv(?:\.|, ')([A-Z_]+)/g)].map(([, name = '']) => name);
    const ofHooks = Object.values(HOOK_SETTINGS).map(({ env }) => env);
    const read = new Set<string>([...own, 'OUTBOUND_SIP_HOST', ...ofHooks]);
    read.delete('PREVIOUS_SECRET_HOURS');
    expect([...read].sort()).toEqual(Object.keys(START_SETTINGS).sort());
    for (const name of Object.keys(START_SETTINGS)) {
      expect(out).toContain(`  ${name} `);
      expect(readme).toContain(`\`${name}\``);
    }
  });

  test("import's leads to the page about files of PBXs", async () => {
    expect((await runTool(['customers', 'import', '--help'])).out).toContain('docs/import.md');
    expect(readFileSync(join(ROOT, 'docs/import.md'), 'utf8')).toContain('--map freepbx');
  });
});

test.each([
  [['customers', 'show', '--json'], "missing required argument 'aor'"],
  [['customers', 'lst', '--json'], "unknown command 'lst'\n(Did you mean list?)"],
  [['check', '--json', '--nonsense', 'x'], "unknown option '--nonsense'"],
])('%j is wrong usage, as JSON', async (args, error) => {
  const { code, out } = await runTool(args);
  expect(code).toBe(2);
  expect(JSON.parse(out)).toEqual({ error });
});

test.each(['bash', 'zsh', 'fish'])(
  'completion %s prints a script that asks the tool what may follow',
  async (shell) => {
    const { code, out } = await runTool(['completion', shell]);
    expect(code).toBe(0);
    expect(out).toContain('edge-registrar complete --');
    if (shell === 'bash') expect(spawnSync('bash', ['-n'], { input: out }).status).toBe(0);
    const { out: next } = await runTool(['complete', '--', 'customers', 'h']);
    expect(next).toMatch(/^history\t/);
  },
);

test.each([
  [['customers', 'im'], 'import'],
  [['customers', 'import', '--pru'], '--prune'],
  [['completion', 'f'], 'fish'],
  [['customers', 'import', 'no-such-word'], ''],
])('bash without its package bash-completion completes %j', async (words, completed) => {
  const path = await mkdtemp(join(folder, 'path-'));
  symlinkSync(join(ROOT, 'bin/edge-registrar.cjs'), join(path, 'edge-registrar'));
  const { out: script } = await runTool(['completion', 'bash']);
  const typed = ['edge-registrar', ...words];
  const input = `${script}
    COMP_WORDS=(${typed.join(' ')}); COMP_CWORD=${typed.length - 1}
    compopt() { :; }
    __edge_registrar_complete; echo "$COMPREPLY"`;
  const env = { ...process.env, PATH: `${path}:${process.env.PATH}` };
  const { stdout, stderr } = spawnSync('bash', ['--norc'], { input, env, encoding: 'utf8' });
  expect({ stdout, stderr }).toEqual({ stdout: `${completed}\n`, stderr: '' });
});

test('where no word of a command can follow, shells complete file names', async () => {
  expect((await runTool(['complete', '--', 'customers', 'import', 'cust'])).out).toBe(':0\n');
  expect((await runTool(['complete', '--', 'customers', 'imp'])).out).toMatch(/^import\t.*\n:4\n$/);
});

describe('start', () => {
  const start = (env: Record<string, string>) =>
    startTool(['start'], { env: { PORT: '0', DYNAMODB_PORT: '0', ...env } });

  test('says in one line what is wrong with DATA_DIR', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await start({ DATA_DIR: file }).ended).toEqual({
      code: 1,
      out: '',
      err: `edge-registrar: DATA_DIR ${file} is not a folder\n`,
    });
    const dir = join(folder, 'data');
    await mkdir(dir);
    const first = start({ DATA_DIR: dir });
    await first.printed(/^ready /m);
    expect(await start({ DATA_DIR: dir }).ended).toEqual({
      code: 1,
      out: '',
      err: `edge-registrar: DATA_DIR ${dir} is in use by another process: stop that one, or name another folder\n`,
    });
    first.child.kill('SIGINT');
    expect((await first.ended).code).toBe(0);
  });

  test('says it as JSON under --json', async () => {
    const { code, out } = await runTool(['start', '--json'], { env: { PORT: 'abc' } });
    expect({ code, json: JSON.parse(out) }).toEqual({
      code: 1,
      json: { error: 'PORT is "abc": write a port, 0 to 65535' },
    });
  });

  test('says in one line what is wrong with a file, and where', async () => {
    const file = join(folder, 'customers.json');
    writeFileSync(file, '{ "a.example": {\n  "al": { "password": "s3cret" "techPrefix": "1#" } } }');
    expect(await start({ CUSTOMERS_FILE: file }).ended).toEqual({
      code: 1,
      out: '',
      err: `edge-registrar: CUSTOMERS_FILE ${file}, line 2, column 32: is not JSON: comma expected\n`,
    });
  });
});

describe('on the local stack', () => {
  let stack: LocalStack;
  let env: Record<string, string>;
  beforeAll(async () => {
    stack = await startLocalStack({ PORT: '0', DYNAMODB_PORT: '0' }, () => {});
    env = { PORT: new URL(stack.url).port };
  });
  afterAll(() => stack.stop());

  test('a closed pipe ends quietly, and the work is done all the same', async () => {
    const input = `realm,username\n${Array.from({ length: 200 }, (_, at) => `a.example,user${at}`).join('\n')}`;
    const importing = startTool(['customers', 'import', '-', '--all'], { input, env });
    importing.child.stdout?.destroy();
    expect(await importing.ended).toMatchObject({ code: 0, err: expect.not.stringMatching(/EPIPE|Error/) });
    const { out } = await runTool(['customers', 'list', '--realm', 'a.example', '--json'], { env });
    expect(JSON.parse(out)).toHaveLength(200);
  });

  test('numbers sort as numbers', async () => {
    const { out } = await runTool(['customers', 'list', '--realm', 'a.example', '--json'], { env });
    const names = JSON.parse(out).map(({ aor }: { aor: string }) => aor);
    expect(names.slice(8, 12)).toEqual(['user8', 'user9', 'user10', 'user11'].map((it) => `${it}@a.example`));
  });

  test("the editor's text is kept, and its place said, when the editor fails", async () => {
    const { code, err } = await runTool(['customers', 'edit', AOR], {
      env: { ...env, EDITOR: 'false', VISUAL: '' },
    });
    expect(code).toBe(1);
    const [, kept = ''] = /Your text is kept in (\S+)\./.exec(err) ?? [];
    expect(JSON.parse(readFileSync(kept, 'utf8'))).toMatchObject({ techPrefix: '444242#' });
    expect(err).toContain('the editor "false" failed; nothing was written');
    await rm(resolve(kept, '..'), { recursive: true });
  });

  test('simulate call says its one useful line first', async () => {
    const { out } = await runTool(['simulate', 'call', AOR, '00966501234567', '--url', stack.url], { env });
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toBe(
      'jambonz dials sip:444242#966501234567@sip.carrier.example with caller id 0598888833, trunk user siptrunk1-username.',
    );
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^ {2}INVITE 00966501234567 by .*: HTTP 200 in \d+ ms: \{"status":"ok"\}$/),
      expect.stringMatching(/^ {2}call to 00966501234567: HTTP 200 in \d+ ms: \[/),
    ]);
  });
});
