import { type Running, startTool } from '../tool';

const AOR = 'AcmeInc@register.telecomsxchange.com';
const running: Running[] = [];

afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
});

function run(args: readonly string[], env: Record<string, string> = {}) {
  const started = startTool(args, { env });
  running.push(started);
  return started;
}

describe('as a user runs it', () => {
  test('start says when it is ready, serves the simulator, and stops cleanly on Ctrl-C', async () => {
    const stack = run(['start'], { PORT: '0', DYNAMODB_PORT: '0' });
    const url = await stack.printed(/^ready (http:\/\/127\.0\.0\.1:\d+)$/m);
    const registered = await run(['simulate', 'register', AOR, '--url', url]).ended;
    expect(registered).toMatchObject({
      code: 0,
      out: expect.stringContaining('The phone is registered for 3600 s.'),
    });
    const called = await run(['simulate', 'call', AOR, '00966501234567', '--url', url]).ended;
    expect(called).toMatchObject({
      code: 0,
      out: expect.stringContaining(
        'jambonz dials sip:444242#966501234567@sip.carrier.example with caller id 0598888833, trunk user siptrunk1-username.',
      ),
    });
    expect(called.out).not.toContain('siptrunk1-password');
    const guessed = await run(['simulate', 'register', AOR, '--url', url], { SIP_PASSWORD: 'guess' }).ended;
    expect(guessed).toMatchObject({
      code: 1,
      out: expect.stringContaining('Refused: the phone gets SIP 403.'),
    });
    stack.child.kill('SIGINT');
    expect((await stack.ended).code).toBe(0);
  });

  test('a taken port is one clear line and exit code 1', async () => {
    const first = run(['start'], { PORT: '0', DYNAMODB_PORT: '0' });
    const port = await first.printed(/^ready http:\/\/127\.0\.0\.1:(\d+)$/m);
    expect(await run(['start'], { PORT: port, DYNAMODB_PORT: '0' }).ended).toEqual({
      code: 1,
      out: '',
      err: `edge-registrar: port ${port} is taken: stop what listens there, or set PORT to another (0: any free one)\n`,
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
      out: expect.stringContaining(`npx edge-registrar simulate call ${AOR}`),
    });
    expect(aor).toEqual({
      code: 2,
      out: '',
      err: 'edge-registrar: "AcmeInc" is not an address of record: write username@realm\n',
    });
  });
});
