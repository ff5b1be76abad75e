import { describe as describeStorm, type Sample, storm, summarise } from '../../lib/admin/storm';
import { startLocalStack } from '../../lib/local/stack';
import { type Desk, openDesk } from './desk';

describe('what a storm showed', () => {
  const samples: Sample[] = [
    ...Array.from({ length: 98 }, (): Sample => ({ hook: 'register', answer: 'ok', milliseconds: 3 })),
    { hook: 'register', answer: 'fail', milliseconds: 9 },
    { hook: 'register', answer: 'HTTP 504', milliseconds: 2001 },
    { hook: 'call', answer: 'dial', milliseconds: 5.25 },
  ];

  test('is told as percentiles, answers by kind, and a histogram', () => {
    expect(describeStorm(summarise(samples))).toBe(
      [
        'HOOK      ANSWERS  P50 ms  P90 ms  P99 ms  MAX ms',
        'register  100      3.0     3.0     9.0     2001.0',
        'call      1        5.3     5.3     5.3     5.3',
        'answers: ok 98, fail 1, HTTP 504 1, dial 1',
        '  <     4 ms  ########################################  98',
        '  <     8 ms  #                                         1',
        '  <    16 ms  #                                         1',
        '  <    32 ms                                            0',
        '  <    64 ms                                            0',
        '  <   128 ms                                            0',
        '  <   256 ms                                            0',
        '  <   512 ms                                            0',
        '  <  1024 ms                                            0',
        '  <  2048 ms  #                                         1',
      ].join('\n'),
    );
  });
});

describe('simulate storm', () => {
  let desk: Desk;
  const idle = { interrupted: () => new Promise<void>(() => {}) };
  afterEach(() => desk.stop());

  test('registers and calls at the rate that was asked for, and leaves the table as it was', async () => {
    let phones = 0;
    const progress = () => ({
      advance: (by: number) => {
        phones += by;
      },
      stop: () => {},
    });
    desk = await openDesk({ ...idle, progress });
    const stack = await startLocalStack(
      { PORT: '0', DYNAMODB_ENDPOINT: desk.shell.env.DYNAMODB_ENDPOINT },
      () => {},
    );
    const count = async () => {
      let records = 0;
      for await (const page of desk.place.records.pages()) records += page.length;
      return records;
    };
    try {
      const before = await count();
      const { code, json } = await storm(desk.shell, { url: stack.url, users: 4, rate: 40, seconds: 1 });
      expect(json).toMatchObject({
        hooks: { register: { count: 20 }, invite: { count: 20 }, call: { count: 20 } },
        answers: { ok: 40, dial: 20 },
      });
      expect({ code, phones, left: await count() }).toEqual({ code: 0, phones: 40, left: before });
    } finally {
      await stack.stop();
    }
  });

  test('is refused where no local stack answers', async () => {
    desk = await openDesk(idle);
    await expect(
      storm(desk.shell, { url: 'http://127.0.0.1:1', users: 1, rate: 1, seconds: 1 }),
    ).rejects.toThrow(
      'no local stack answers at http://127.0.0.1:1, and a storm is for one: npx edge-registrar start',
    );
  });
});
