import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contextFromEnv } from '../../../lib/aws/lambda/context-from-env';
import { webhookSecretsStore } from '../../../lib/aws/stores/webhook-secrets-store';
import { type Degradation, lineOfDegradation } from '../../../lib/hooks/telemetry';
import { NO_TELEMETRY } from '../../hook-context';
import { type VirtualTimers, virtualTimers } from '../virtual-timers';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

interface Versions {
  readonly AWSCURRENT: Version;
  readonly AWSPREVIOUS?: Version;
}

/** A text, bytes, or how it cannot be read. */
type Version =
  | string
  | Uint8Array
  | { readonly fails: 'hangs' | 'AccessDeniedException' | 'ThrottlingException' };

const REPLACED_AT = Date.parse('2026-03-01T12:00:00Z');

/** Secrets Manager with these versions. What hangs lets the time pass. */
function secretsManager(versions: Versions, timers: VirtualTimers) {
  const manager = {
    versions,
    replacedAt: REPLACED_AT,
    asked: 0,
    read: async ({ VersionStage }: { VersionStage: string }, signal?: AbortSignal) => {
      manager.asked++;
      const version = manager.versions[VersionStage as keyof Versions];
      const made = VersionStage === 'AWSCURRENT' ? manager.replacedAt : manager.replacedAt - 90 * 24 * HOUR;
      if (typeof version === 'string') return { SecretString: version, CreatedDate: made / 1000 };
      if (version instanceof Uint8Array) return { SecretBinary: version, CreatedDate: made / 1000 };
      if (version?.fails === 'hangs')
        return new Promise<never>((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
          setImmediate(timers.expireNext);
        });
      throw Object.assign(new Error('of the test'), { name: version?.fails ?? 'ResourceNotFoundException' });
    },
  };
  return manager;
}

function start(versions: Versions, previousHours = 24) {
  const timers = virtualTimers();
  const manager = secretsManager(versions, timers);
  const clock = { now: REPLACED_AT + MINUTE };
  const degradations: Degradation[] = [];
  const secrets = webhookSecretsStore({
    arn: 'arn:of:the:secret',
    previousMs: previousHours * HOUR,
    now: () => clock.now,
    onDegraded: (degradation) => degradations.push(degradation),
    read: manager.read,
    timers,
  });
  const texts = async (doubted?: 'doubted') => (await secrets(doubted)).map(({ secret }) => secret);
  return { manager, clock, degradations, texts, timers };
}

const FIRST = { AWSCURRENT: 'wh_secret_first' };
const ROTATED = { AWSCURRENT: 'wh_secret_second', AWSPREVIOUS: 'wh_secret_first' };

test('the current and the previous version are good', async () => {
  expect(await start(ROTATED).texts()).toEqual(['wh_secret_second', 'wh_secret_first']);
});

test('a secret that was never rotated has no previous version, which is not an error', async () => {
  const { texts, degradations } = start(FIRST);
  expect(await texts()).toEqual(['wh_secret_first']);
  expect(degradations).toEqual([]);
});

test('a wrong previous version has no effect once the current one is correct', async () => {
  const { texts } = start({ AWSCURRENT: 'wh_secret_good', AWSPREVIOUS: '[{"secret": oops' });
  expect(await texts()).toEqual(['wh_secret_good']);
});

test('nor does a previous version of bytes', async () => {
  const { texts } = start({ AWSCURRENT: 'wh_secret_good', AWSPREVIOUS: Buffer.from('wh_secret_good') });
  expect(await texts()).toEqual(['wh_secret_good']);
});

test('a wrong current version needs an operator, and the log says what is wrong', async () => {
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

test.each<Version>([
  { fails: 'AccessDeniedException' },
  { fails: 'ThrottlingException' },
  { fails: 'hangs' },
  'short',
])('while it cannot be read (%j) the last known one stays valid, and that is reported', async (broken) => {
  const { texts, manager, clock, degradations, timers } = start(FIRST);
  await texts();
  manager.versions = { AWSCURRENT: broken };
  clock.now += 6 * MINUTE;
  const started = timers.now();
  expect(await texts()).toEqual(['wh_secret_first']);
  expect(timers.now() - started).toBeLessThanOrEqual(1200);
  expect(degradations.map(lineOfDegradation)).toMatchObject([{ trouble: 'old-secrets-kept' }]);
  const before = manager.asked;
  await texts();
  expect(manager.asked).toBe(before);
});

test('a wrong value that replaces a good secret is reported with its fix', async () => {
  const { texts, manager, clock, degradations } = start(FIRST);
  await texts();
  manager.versions = { AWSCURRENT: '{"key":"wh_secret_second"}' };
  clock.now += 6 * MINUTE;
  await texts();
  expect(degradations.map(lineOfDegradation)).toEqual([
    {
      trouble: 'old-secrets-kept',
      because: expect.stringContaining('choose "Plaintext" there'),
      inner: 'Misconfigured',
    },
  ]);
});

test.each<[Version, string]>([
  [{ fails: 'AccessDeniedException' }, 'Misconfigured'],
  [{ fails: 'ThrottlingException' }, 'Undecided'],
  [{ fails: 'hangs' }, 'Undecided'],
])('without a known one, %j is %s: 504 and no answer to anybody', async (broken, name) => {
  const { texts, manager } = start({ AWSCURRENT: broken });
  await expect(texts()).rejects.toMatchObject({ name });
  manager.versions = FIRST;
  expect(await texts()).toEqual(['wh_secret_first']);
});

test('in a Lambda the setting says for how many hours the one before is good', async () => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { VersionStage } = JSON.parse(Buffer.concat(chunks).toString());
    const SecretString = VersionStage === 'AWSCURRENT' ? 'wh_secret_second' : 'wh_secret_first';
    response.end(JSON.stringify({ SecretString, CreatedDate: REPLACED_AT / 1000 }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { env } = process;
  process.env = {
    ...env,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
  const validAfter = async (passed: number, hours?: string) => {
    const names = {
      CUSTOMERS_TABLE: 'c',
      MEMORY_TABLE: 'm',
      OUTBOUND_SIP_HOST: 'h',
      WEBHOOK_SECRET_ARN: 'arn',
    };
    const settings = { ...names, ...(hours !== undefined && { PREVIOUS_SECRET_HOURS: hours }) };
    const { secrets } = contextFromEnv(
      settings,
      NO_TELEMETRY,
      () => REPLACED_AT + passed,
      undefined,
      virtualTimers(),
    );
    return (await secrets()).map(({ secret }) => secret);
  };
  const both = ['wh_secret_second', 'wh_secret_first'];
  expect(await validAfter(2 * HOUR - 1, '2')).toEqual(both);
  expect(await validAfter(2 * HOUR, '2')).toEqual(['wh_secret_second']);
  expect(await validAfter(24 * HOUR - 1)).toEqual(both);
  expect(await validAfter(24 * HOUR)).toEqual(['wh_secret_second']);
  await expect(validAfter(0, 'soon')).rejects.toThrow(
    'PREVIOUS_SECRET_HOURS is "soon": write a whole number, 0 to 8760',
  );
  process.env = env;
  server.closeAllConnections();
  server.close();
});

describe('the version before the current one', () => {
  const BOTH = ['wh_secret_second', 'wh_secret_first'];

  test.each([
    [24, 24 * HOUR - 1, BOTH],
    [24, 24 * HOUR, ['wh_secret_second']],
    [1, HOUR - 1, BOTH],
    [1, HOUR, ['wh_secret_second']],
    [0, 0, ['wh_secret_second']],
  ])('of %d hours is good until then: after %d ms %j', async (hours, passed, valid) => {
    const { texts, clock } = start(ROTATED, hours);
    clock.now = REPLACED_AT + passed;
    expect(await texts()).toEqual(valid);
  });

  test('ends at its time, also where it was read before', async () => {
    const { texts, clock, manager } = start(ROTATED);
    clock.now = REPLACED_AT + 24 * HOUR - SECOND;
    expect(await texts()).toEqual(BOTH);
    const before = manager.asked;
    clock.now += SECOND;
    expect(await texts()).toEqual(['wh_secret_second']);
    expect(manager.asked).toBe(before);
  });

  test('whose time of replacement is unknown is not valid', async () => {
    const { texts, manager } = start(ROTATED);
    manager.replacedAt = Number.NaN;
    expect(await texts()).toEqual(['wh_secret_second']);
  });

  test.each(['AccessDeniedException', 'ThrottlingException', 'hangs'] as const)(
    'stops no start when it cannot be read (%s), and that is told',
    async (fails) => {
      const { texts, degradations, timers } = start({
        AWSCURRENT: 'wh_secret_second',
        AWSPREVIOUS: { fails },
      });
      expect(await texts()).toEqual(['wh_secret_second']);
      expect(timers.now()).toBeLessThanOrEqual(600);
      expect(degradations.map(({ what }) => what)).toEqual(['previous-secret-not-read']);
    },
  );

  test('goes on when it cannot be read any more', async () => {
    const { texts, manager, clock } = start(ROTATED);
    await texts();
    manager.versions = { ...ROTATED, AWSPREVIOUS: { fails: 'ThrottlingException' } };
    clock.now += 6 * MINUTE;
    expect(await texts()).toEqual(BOTH);
  });

  test('is what was current, when it was replaced since and cannot be read', async () => {
    const { texts, manager, clock } = start(FIRST);
    await texts();
    manager.versions = { ...ROTATED, AWSPREVIOUS: { fails: 'ThrottlingException' } };
    clock.now += 6 * MINUTE;
    manager.replacedAt = clock.now;
    expect(await texts()).toEqual(BOTH);
  });
});
