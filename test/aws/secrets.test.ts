import { lineOfTrouble, type Trouble } from '../../lib/aws/journal';
import { secretsManagerSecrets } from '../../lib/aws/secrets';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

type Versions =
  | { AWSCURRENT: string; AWSPREVIOUS?: string | Uint8Array }
  | 'hangs'
  | 'AccessDeniedException'
  | 'ThrottlingException';

/** Secrets Manager with these versions. */
function secretsManager(versions: Versions) {
  const manager = {
    versions,
    asked: 0,
    read: async (input: { VersionStage: string }, signal?: AbortSignal) => {
      manager.asked++;
      const { versions } = manager;
      if (versions === 'hangs')
        return new Promise<never>((_, reject) =>
          signal?.addEventListener('abort', () => reject(signal.reason)),
        );
      const text = typeof versions === 'object' && versions[input.VersionStage as 'AWSCURRENT'];
      if (typeof text === 'string') return { SecretString: text };
      if (text) return { SecretBinary: text };
      const name = typeof versions === 'string' ? versions : 'ResourceNotFoundException';
      throw Object.assign(new Error('of the test'), { name });
    },
  };
  return manager;
}

function start(versions: Versions) {
  const manager = secretsManager(versions);
  const clock = { now: 1_000_000 };
  const troubles: Trouble[] = [];
  const secrets = secretsManagerSecrets(
    'arn:of:the:secret',
    () => clock.now,
    (trouble) => troubles.push(trouble),
    manager.read,
  );
  const texts = async (doubted?: 'doubted') => (await secrets(doubted)).map(({ secret }) => secret);
  return { manager, clock, troubles, texts };
}

const FIRST = { AWSCURRENT: 'wh_secret_first' };
const ROTATED = { AWSCURRENT: 'wh_secret_second', AWSPREVIOUS: 'wh_secret_first' };

test('the current and the previous version are good', async () => {
  expect(await start(ROTATED).texts()).toEqual(['wh_secret_second', 'wh_secret_first']);
});

test('a secret that was never rotated has no previous version, and that is no fault', async () => {
  const { texts, troubles } = start(FIRST);
  expect(await texts()).toEqual(['wh_secret_first']);
  expect(troubles).toEqual([]);
});

test('a slip in the previous version costs nothing, once it is mended', async () => {
  const { texts } = start({ AWSCURRENT: 'wh_secret_good', AWSPREVIOUS: '[{"secret": oops' });
  expect(await texts()).toEqual(['wh_secret_good']);
});

test('nor does a previous version of bytes', async () => {
  const { texts } = start({ AWSCURRENT: 'wh_secret_good', AWSPREVIOUS: Buffer.from('wh_secret_good') });
  expect(await texts()).toEqual(['wh_secret_good']);
});

test('a slip in the current version is an operator’s to mend, and the log may say what it is', async () => {
  const { texts } = start({ AWSCURRENT: 'todo' });
  await expect(texts()).rejects.toMatchObject({
    name: 'Misconfigured',
    message: expect.stringContaining('shorter than 8 characters'),
  });
});

test('it is read once and kept for five minutes', async () => {
  const { texts, manager, clock } = start(ROTATED);
  await Promise.all([texts(), texts(), texts()]);
  clock.now += 5 * MINUTE - 1;
  await texts();
  expect(manager.asked).toBe(2);
  clock.now += 1;
  await texts();
  expect(manager.asked).toBe(4);
});

test('when it is doubted it is read again, at most once per 30 s', async () => {
  const { texts, manager, clock } = start(FIRST);
  await texts();
  manager.versions = ROTATED;
  clock.now += 29 * SECOND;
  expect(await texts('doubted')).toEqual(['wh_secret_first']);
  clock.now += 1 * SECOND;
  expect(await texts('doubted')).toEqual(['wh_secret_second', 'wh_secret_first']);
  const before = manager.asked;
  for (let n = 0; n < 100; n++) await texts('doubted');
  expect(manager.asked).toBe(before);
});

test.each<Versions>(['AccessDeniedException', 'ThrottlingException', 'hangs', { AWSCURRENT: 'short' }])(
  'while it cannot be read (%j) the last known one goes on, and that is told',
  async (versions) => {
    const { texts, manager, clock, troubles } = start(FIRST);
    await texts();
    manager.versions = versions;
    clock.now += 6 * MINUTE;
    const started = performance.now();
    expect(await texts()).toEqual(['wh_secret_first']);
    expect(performance.now() - started).toBeLessThan(1600);
    expect(troubles.map(lineOfTrouble)).toMatchObject([{ trouble: 'old-secrets-kept' }]);
    const before = manager.asked;
    await texts();
    expect(manager.asked).toBe(before);
  },
);

test.each<[Versions, string]>([
  ['AccessDeniedException', 'Misconfigured'],
  ['ThrottlingException', 'Undecided'],
  ['hangs', 'Undecided'],
])('without a known one, %s is %s: 504 and no answer to anybody', async (versions, name) => {
  const { texts, manager } = start(versions);
  await expect(texts()).rejects.toMatchObject({ name });
  manager.versions = FIRST;
  expect(await texts()).toEqual(['wh_secret_first']);
});
