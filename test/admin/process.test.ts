import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type LocalStack, startLocalStack } from '../../lib/local/stack';
import { virtualTimers } from '../aws/virtual-timers';
import { runTool } from '../tool';

const ROOT = resolve(__dirname, '../..');
const AOR = 'AcmeInc@register.telecomsxchange.com';

const run = (args: readonly string[], input = '', env: Record<string, string> = {}) =>
  runTool(args, { input, env });

describe('the command line', () => {
  test('without arguments gives short help with real examples', async () => {
    const { code, out } = await run([]);
    expect(code).toBe(0);
    expect(out).toContain('npx edge-registrar customers import customers.csv --dry-run');
    expect(out.split('\n').length).toBeLessThan(40);
  });

  test.each([
    [['customers', 'lst'], "unknown command 'lst'"],
    [['password', 'rotate', AOR, '--overlap', 'soon'], 'write a time such as 30m, 12h, 7d, or 0.'],
    [['lint', 'not-there.json'], 'not-there.json: there is no such file'],
  ])('%j is wrong usage: exit code 2, and what is wrong', async (args, message) => {
    const { code, err } = await run(args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  test('without a local stack and without a name says what to do', async () => {
    const { code, out, err } = await run(['customers', 'list'], '', { PORT: '1' });
    expect({ code, out, err }).toEqual({
      code: 2,
      out: '',
      err: 'edge-registrar: no local stack answers at http://127.0.0.1:1/: start one with "npx edge-registrar start", or name the deployment with --stack NAME or --table NAME\n',
    });
  });
});

describe('on the local stack that runs', () => {
  let stack: LocalStack;
  let env: Record<string, string>;
  beforeAll(async () => {
    stack = await startLocalStack({ PORT: '0', DYNAMODB_PORT: '0' }, () => {}, virtualTimers());
    env = { PORT: new URL(stack.url).port };
  });
  afterAll(() => stack.stop());

  test('a file is imported from standard input, exported as CSV, and imported again without a change', async () => {
    const samples = readFileSync(join(ROOT, 'lib/local/sample-customers.json'), 'utf8');
    const first = await run(['customers', 'import', '-'], samples, env);
    expect(first).toMatchObject({
      code: 0,
      out: expect.stringContaining('0 to add, 0 to change, 2 unchanged'),
    });
    const csv = join(mkdtempSync(join(tmpdir(), 'desk-')), 'customers.csv');
    expect(await run(['customers', 'export', csv], '', env)).toMatchObject({ code: 0 });
    const again = await run(['customers', 'import', csv, '--json'], '', env);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.out)).toEqual({
      dryRun: false,
      added: [],
      changed: [],
      unchanged: 2,
      conflicts: [],
    });
  });

  test('a password is rotated, and register-auth accepts both', async () => {
    const rotated = await run(['password', 'rotate', AOR, '--overlap', '1d', '--json'], '', env);
    const { password } = JSON.parse(rotated.out);
    const register = ['simulate', 'register', AOR, '--url', stack.url, '--json'];
    const attempts = ['sip-pass', password, 'sip-password'].map((SIP_PASSWORD) =>
      run(register, '', { ...env, SIP_PASSWORD }),
    );
    expect((await Promise.all(attempts)).map(({ code }) => code)).toEqual([0, 0, 1]);
  });

  test('edit opens the editor, writes what it leaves, and says what changed', async () => {
    const script = join(mkdtempSync(join(tmpdir(), 'desk-')), 'editor.sh');
    writeFileSync(script, 'sed -i.bak "s/444242#/444243#/" "$1"\n');
    const { code, out } = await run(['customers', 'edit', AOR], '', {
      ...env,
      EDITOR: `sh ${script}`,
      VISUAL: '',
    });
    expect(code).toBe(0);
    expect(out).toContain('    ~ techPrefix: "444242#" -> "444243#"\nWritten. Calls use it within 60 s.');
  });

  test('remove refuses without a terminal, unless --yes is passed', async () => {
    const aor = 'JaneDoe@register.telecomsxchange.com';
    expect(await run(['customers', 'remove', aor], '', env)).toMatchObject({
      code: 2,
      err: 'edge-registrar: not a terminal; pass --yes to confirm\n',
    });
    expect((await run(['customers', 'remove', aor, '--yes'], '', env)).code).toBe(0);
    const { code, out } = await run(['customers', 'remove', aor, '--yes', '--json'], '', env);
    expect(code).toBe(1);
    expect(JSON.parse(out).error).toContain(`has no record of ${aor}`);
  });
});
