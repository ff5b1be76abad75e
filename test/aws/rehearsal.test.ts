import { callHook } from '../../lambdas/call-hook';
import { registerAuth } from '../../lambdas/register-auth';
import { rehearse } from '../../lib/aws/rehearsal';
import { ROUTES } from '../../lib/jambonz/routes';
import { worldWith } from '../world';

const HOOKS = { [ROUTES.registerAuth]: registerAuth, [ROUTES.callHook]: callHook };

/** A world that writes down what it is asked. */
function watchedWorld() {
  const asked: string[] = [];
  const world = worldWith([]);
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
    world: {
      ...world,
      customers: {
        ...world.customers,
        find: lookUp,
        findNow: lookUp,
      },
      guesser: () => ({
        isKnown: () => false,
        mayLookAnyway: () => false,
        limited: watch('look at guesses', undefined),
        failed: watch('COUNT A GUESS', undefined),
        succeeded: watch('TRUST AN ADDRESS', undefined),
      }),
      usedAnswers: { use: watch('USE AN ANSWER', 'new' as const) },
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
    const { asked, world } = watchedWorld();
    rehearse({ [path]: HOOKS[path] }, world);
    await settled();
    expect(asked).toEqual(reads);
    expect(world.decisions).toEqual([]);
  });

  test('while AWS is out of order nothing is thrown', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    rehearse(HOOKS, worldWith('out of order'));
    rehearse(HOOKS, { ...worldWith([]), secrets: () => Promise.reject(new Error('no secret')) });
    await settled();
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
