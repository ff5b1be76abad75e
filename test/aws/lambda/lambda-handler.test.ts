import type { SharedContext } from '../../../lib/aws/lambda/context-from-env';
import { lambdaHandler } from '../../../lib/aws/lambda/lambda-handler';
import type { Hook } from '../../../lib/hooks/signed-hook';
import { ROUTES } from '../../../lib/jambonz/routes';
import { contextWith } from '../../hook-context';

const written: string[] = [];
const { env } = process;
beforeEach(() => {
  written.length = 0;
  process.env = { ...env };
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    written.push(String(line));
    return true;
  });
});
afterEach(() => {
  process.env = env;
  jest.restoreAllMocks();
});

const settled = () => new Promise((resolve) => setImmediate(resolve));
const event = { resource: ROUTES.registerAuth, headers: {}, body: '{}', requestContext: {} } as never;

/** A hook that is refused, and one that is answered. */
const REPORTS: Hook = async (_, context) => {
  context.report({ hook: 'register-auth', refused: 'missing-signature' });
  return { status: 200, body: {} };
};

describe('a Lambda', () => {
  test('sends each hook a request of an unknown account while it starts', async () => {
    const played: string[] = [];
    const hook = (path: string): Hook => {
      return async () => {
        played.push(path);
        return { status: 200, body: {} };
      };
    };
    lambdaHandler(
      { [ROUTES.registerAuth]: hook('register-auth'), [ROUTES.callHook]: hook('call-hook') },
      () => contextWith([]) as SharedContext,
    );
    await settled();
    expect(played).toEqual(['register-auth', 'call-hook']);
  });

  test('writes lines and metrics to standard output as they are, one JSON object each', async () => {
    process.env.METRICS_NAMESPACE = 'second';
    await lambdaHandler({ [ROUTES.registerAuth]: REPORTS }, () => contextWith([]))(event);
    const lines = written.map((line) => JSON.parse(line));
    expect(written.every((line) => line.endsWith('\n'))).toBe(true);
    expect(lines[0]).toMatchObject({ level: 'WARN', because: 'missing-signature' });
    expect(lines[1]._aws.CloudWatchMetrics[0].Namespace).toBe('second');
  });

  test.each([
    ['INFO', true],
    ['WARN', true],
    ['ERROR', false],
  ])('at LOG_LEVEL %s a warning is written: %j, and its metrics are', async (level, isWritten) => {
    process.env.LOG_LEVEL = level;
    // What Lambda's own filter is set to means nothing here.
    process.env.AWS_LAMBDA_LOG_LEVEL = 'ERROR';
    await lambdaHandler({ [ROUTES.registerAuth]: REPORTS }, () => contextWith([]))(event);
    const lines = written.map((line) => JSON.parse(line));
    expect(lines.some(({ because, _aws }) => because === 'missing-signature' && !_aws)).toBe(isWritten);
    expect(lines.some(({ SignatureFailures }) => SignatureFailures === 1)).toBe(true);
  });
});
