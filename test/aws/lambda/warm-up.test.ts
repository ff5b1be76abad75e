import type { APIGatewayProxyEvent } from 'aws-lambda';
import { callHook, callStatus, dialAction, refer } from '../../../lambdas/call-hook';
import { registerAuth } from '../../../lambdas/register-auth';
import { lambdaHandler } from '../../../lib/aws/lambda/lambda-handler';
import { checkHealth, warmUp } from '../../../lib/aws/lambda/warm-up';
import { ROUTES } from '../../../lib/jambonz/routes';
import { contextWith } from '../../hook-context';

/** The hooks of both Lambdas. */
const HOOKS = {
  [ROUTES.registerAuth]: registerAuth,
  [ROUTES.callHook]: callHook,
  [ROUTES.dialAction]: dialAction,
  [ROUTES.callStatus]: callStatus,
  [ROUTES.refer]: refer,
};

/** A world that writes down what it is asked. */
function watchedContext() {
  const asked: string[] = [];
  const context = contextWith([]);
  const watch =
    <Result>(what: string, result: Result) =>
    async () => {
      asked.push(what);
      return result;
    };
  const lookUp = async ({ username, realm }: { username: string; realm: string }) => {
    asked.push(`look up ${username}@${realm}`);
    return undefined;
  };
  return {
    asked,
    context: {
      ...context,
      customers: {
        ...context.customers,
        find: lookUp,
        findNow: lookUp,
      },
      bruteForceGuard: () => ({
        mayLookAnyway: () => false,
        isBlocked: watch('look at guesses', undefined),
        recordFailure: watch('COUNT A GUESS', undefined),
        recordSuccess: watch('TRUST AN ADDRESS', undefined),
        isNewFor: watch('look at logins', false as const),
      }),
      replay: { claim: watch('USE AN ANSWER', 'first-use' as const) },
    },
  };
}

/** All that waits for nothing but other promises is done by then. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the rehearsal', () => {
  test.each([
    [ROUTES.registerAuth, ['look at guesses', 'look up nobody@rehearsal.invalid']],
    [ROUTES.callHook, ['look up nobody@rehearsal.invalid']],
  ] as const)('of %s reads on behalf of nobody, counts nothing and tells nothing', async (path, reads) => {
    const { asked, context } = watchedContext();
    warmUp({ [path]: HOOKS[path] }, context);
    await settled();
    await settled();
    // The other one is for a second connection.
    expect(asked).toEqual([...reads, 'look up nobody-else@rehearsal.invalid']);
    expect(context.decisions).toEqual([]);
  });

  test('while AWS is unavailable nothing is thrown', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    warmUp(HOOKS, contextWith('out of order'));
    warmUp(HOOKS, { ...contextWith([]), secrets: () => Promise.reject(new Error('no secret')) });
    await settled();
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('the health check', () => {
  test('asks what a phone would ask of each hook, and writes, logs and counts nothing', async () => {
    const { asked, context } = watchedContext();
    await checkHealth(HOOKS, context);
    expect(asked).toEqual([
      'look at guesses',
      'look up nobody@rehearsal.invalid',
      'look up nobody@rehearsal.invalid',
    ]);
    expect(context.decisions).toEqual([]);
  });

  test.each([
    ['the customers table cannot be read', contextWith('out of order')],
    ['the secret cannot be read', { ...contextWith([]), secrets: () => Promise.reject(new Error('denied')) }],
    ['there is no secret', { ...contextWith([]), secrets: async () => [] }],
  ])('fails when %s', async (_, context) => {
    await expect(checkHealth(HOOKS, context)).rejects.toThrow();
  });

  test('of a Lambda passes or counts as its error, and its log says why', async () => {
    const lines: string[] = [];
    const print = jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(`${line}`) > 0);
    const event = { resource: 'health-check' } as APIGatewayProxyEvent;
    const passed = await lambdaHandler(HOOKS, () => contextWith([]))(event);
    const failed = lambdaHandler(HOOKS, () => contextWith('out of order'))(event);
    await expect(failed).rejects.toThrow('the health check failed');
    print.mockRestore();
    expect(passed.statusCode).toBe(200);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 'ERROR', undecided: 'Undecided', requestId: 'health' }),
      expect.objectContaining({ Undecided: 1 }),
    ]);
  });
});
