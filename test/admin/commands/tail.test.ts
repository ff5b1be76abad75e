import { type LocalStack, startLocalStack } from '../../../lib/local/stack';
import { type Running, runTool, startTool } from '../../tool';
import { type AwsStandIn, startAws } from '../stand-ins/aws-stand-in';

const AOR = 'AcmeInc@register.telecomsxchange.com';
const OTHER = 'JaneDoe@register.telecomsxchange.com';

let tailing: Running | undefined;
afterEach(() => tailing?.child.kill('SIGKILL'));

/** Waits until it is so; the test's own time limit ends it otherwise. */
async function eventually(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !isSo(); tries++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isSo()).toBe(true);
}

describe('tail of the local stack', () => {
  let stack: LocalStack;
  let env: Record<string, string>;
  beforeAll(async () => {
    stack = await startLocalStack({ PORT: '0', DYNAMODB_PORT: '0' }, () => {});
    env = { PORT: new URL(stack.url).port };
  });
  afterAll(() => stack.stop());
  const simulate = (...args: string[]) => runTool(['simulate', ...args, '--url', stack.url], { env });

  test('follows the decisions about one account, one readable line each, until Ctrl-C', async () => {
    tailing = startTool(['tail', AOR], { env });
    await tailing.printed(/following the hooks of .*; stop with Ctrl-C/);
    await simulate('register', OTHER);
    await simulate('register', AOR);
    await simulate('call', AOR, '00966501234567');
    await simulate('call', AOR, '0053123456');
    await tailing.printed(/high-risk-destination/);
    tailing.child.kill('SIGINT');
    const { code, out } = await tailing.ended;
    expect(code).toBe(0);
    expect(out.replace(/^\d\d:\d\d:\d\d/gm, 'TIME')).toBe(
      [
        `TIME  127.0.0.1  ${AOR}  registered for 3600 s`,
        `TIME  127.0.0.1  ${AOR}  INVITE accepted`,
        `TIME  127.0.0.1  ${AOR}  calls 966501234567 over default as 0598888833 (patterns[0])`,
        `TIME  127.0.0.1  ${AOR}  INVITE accepted`,
        `TIME  127.0.0.1  ${AOR}  call to 53123456 refused with 403, high-risk-destination: allow its prefix under destinations, if the customer may call there`,
        '',
      ].join('\n'),
    );
  });

  test('ends quietly when the pipe is closed', async () => {
    tailing = startTool(['tail', '--json'], { env });
    await tailing.printed(/following the hooks/);
    tailing.child.stdout?.destroy();
    await simulate('register', AOR);
    await simulate('register', AOR);
    expect(await tailing.ended).toMatchObject({ code: 0, err: expect.not.stringContaining('EPIPE') });
  });
});

describe('tail of a deployment', () => {
  let aws: AwsStandIn;
  beforeEach(async () => {
    aws = await startAws();
    aws.outputs = {
      CustomersTable: 'Customers',
      HookLogs: 'arn:aws:logs:eu-west-1:1:log-group:a,arn:aws:logs:eu-west-1:1:log-group:b',
    };
  });
  afterEach(() => aws.stop());

  test('asks CloudWatch for the log groups of the stack, and goes on when a session ends', async () => {
    tailing = startTool(['tail', AOR, '--stack', 'edge', '--json'], { env: aws.env });
    await tailing.printed(/following the hooks of table Customers of stack edge/);
    await eventually(() => aws.tails.length === 1);
    aws.log(
      { hook: 'register-auth', answer: 'fail', aor: AOR, because: 'wrong-digest' },
      { _aws: {}, Hooks: 1 },
    );
    await tailing.printed(/wrong-digest/);
    aws.endSessions();
    await eventually(() => aws.tails.length === 2);
    aws.log({ hook: 'register-auth', answer: 'fail', aor: AOR, because: 'limited' });
    await tailing.printed(/limited/);
    tailing.child.kill('SIGINT');
    const { code, out } = await tailing.ended;
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).because),
    ).toEqual(['wrong-digest', 'limited']);
    expect(aws.tails[0]).toEqual({
      logGroupIdentifiers: ['arn:aws:logs:eu-west-1:1:log-group:a', 'arn:aws:logs:eu-west-1:1:log-group:b'],
      logEventFilterPattern: `{ $.aor = "${AOR}" || $.badRecord = "${AOR}" }`,
    });
  });

  test('with its table alone is refused', async () => {
    const { code, err } = await runTool(['tail', '--table', 'Mine'], { env: aws.env });
    expect(code).toBe(1);
    expect(err).toContain('it is not known where the hooks of table Mine write their log: pass --stack NAME');
  });
});
