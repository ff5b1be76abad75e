import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const AOR = 'AcmeInc@register.telecomsxchange.com';
const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function run(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'bin/edge-registrar.ts', ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  const listeners: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Ended>((done) => child.on('close', (code) => done({ code, output })));
  const printed = (pattern: RegExp) =>
    new Promise<string>((done) => {
      const look = () => {
        const found = pattern.exec(output);
        if (found) done(found[1] ?? '');
      };
      listeners.push(look);
      look();
    });
  return { child, ended, printed };
}

describe('as a user runs it', () => {
  test('start says when it is ready, serves the simulator, and stops cleanly on Ctrl-C', async () => {
    const stack = run(['start'], { PORT: '0', DYNAMODB_PORT: '0' });
    const url = await stack.printed(/^ready (http:\/\/127\.0\.0\.1:\d+)$/m);
    const registered = await run(['simulate', 'register', AOR, '--url', url]).ended;
    expect(registered).toMatchObject({
      code: 0,
      output: expect.stringContaining('The phone is registered for 3600 s.'),
    });
    const called = await run(['simulate', 'call', AOR, '00966501234567', '--url', url]).ended;
    expect(called).toMatchObject({
      code: 0,
      output: expect.stringContaining(
        'jambonz dials sip:444242#966501234567@sip.carrier.example with caller id 0598888833, trunk user siptrunk1-username.',
      ),
    });
    expect(called.output).not.toContain('siptrunk1-password');
    const guessed = await run(['simulate', 'register', AOR, '--url', url], { SIP_PASSWORD: 'guess' }).ended;
    expect(guessed).toMatchObject({
      code: 1,
      output: expect.stringContaining('Refused: the phone gets SIP 403.'),
    });
    stack.child.kill('SIGINT');
    expect((await stack.ended).code).toBe(0);
  });

  test('a taken port is one clear line and exit code 1', async () => {
    const first = run(['start'], { PORT: '0', DYNAMODB_PORT: '0' });
    const port = await first.printed(/^ready http:\/\/127\.0\.0\.1:(\d+)$/m);
    expect(await run(['start'], { PORT: port, DYNAMODB_PORT: '0' }).ended).toEqual({
      code: 1,
      output: `edge-registrar: port ${port} is taken: stop what listens there, or set PORT to another (0: any free one)\n`,
    });
  });

  test('wrong usage is exit code 2; no arguments is help with an example', async () => {
    const [wrong, none, aor] = await Promise.all([
      run(['simulate', 'dance']).ended,
      run([]).ended,
      run(['simulate', 'register', 'AcmeInc']).ended,
    ]);
    expect(wrong.code).toBe(2);
    expect(none).toMatchObject({
      code: 0,
      output: expect.stringContaining(`npx edge-registrar simulate call ${AOR}`),
    });
    expect(aor).toEqual({
      code: 2,
      output: 'edge-registrar: "AcmeInc" is not an address of record: write username@realm\n',
    });
  });
});
