import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callHook, callStatus } from '../../../lambdas/call-hook';
import { exportCalls } from '../../../lib/admin/commands/calls-export';
import { impact } from '../../../lib/admin/commands/impact';
import type { Deployment } from '../../../lib/admin/deployment';
import { Refused } from '../../../lib/admin/shell';
import { reportOf } from '../../../lib/hooks/telemetry';
import { callHookPayload, callStatusPayload } from '../../../lib/local/jambonz-simulator';
import { invite } from '../../../lib/local/sip-phone';
import { contextWith, send } from '../../hook-context';
import { type Desk, NOW, openDesk } from '../desk';

const REALM = 'a.example';
const MAIN = { name: 'main', host: 'm.example' };
const ACME = { realm: REALM, username: 'acme', callerId: '+18009992222', trunks: [MAIN] };
const PHONE = { realm: REALM, username: 'phone', customer: 'acme' };
const SAUDI = '966501234567';
const LONDON = '442079460000';

/** A call of an hour, at `minute` of it. */
interface Dialled {
  readonly minute: number;
  readonly number?: string;
  readonly from?: string;
  readonly aor?: string;
  /** Seconds of talking; 0: nobody answered; undefined: its end was never reported. */
  readonly talks?: number | undefined;
}

/** The log that the hooks write of these calls under these records. */
async function logOf(records: readonly object[], calls: readonly Dialled[]): Promise<object[]> {
  const clock = { now: NOW - 3600_000 };
  const context = { ...contextWith(records, { now: NOW }), now: () => clock.now };
  const lines: { at: number; line: object }[] = [];
  const tell = async (work: () => Promise<unknown>) => {
    const before = context.decisions.length;
    await work();
    for (const it of context.decisions.slice(before))
      lines.push({ at: clock.now, line: { ...reportOf(it).line, ms: 5 } });
  };
  const events = calls.flatMap((it, at) => {
    const { minute, number = SAUDI, from, aor = 'phone', talks } = it;
    const callId = `leg-${at}`;
    let verbs: unknown = [];
    const begins = async () => {
      const request = invite({ aor: { username: aor, realm: REALM }, password: 'x' }, number, clock.now);
      const payload = callHookPayload({ invite: request, dialled: number, callId, ...(from && { from }) });
      verbs = (await send(callHook, payload, context)).body;
    };
    const ends = async () => {
      const customerData = (verbs as { data?: unknown }[])[0]?.data;
      const end =
        talks === 0
          ? { status: 'no-answer', sipStatus: 487 }
          : { status: 'completed', sipStatus: 200, duration: talks ?? 0, endedBy: 'caller' as const };
      if (customerData) await send(callStatus, callStatusPayload({ callId, customerData, ...end }), context);
    };
    const start = NOW - 3600_000 + minute * 60_000;
    return [
      { at: start, happen: begins },
      ...(talks === undefined ? [] : [{ at: start + 1000 * (talks + 1), happen: ends }]),
    ];
  });
  for (const { at, happen } of events.sort((a, b) => a.at - b.at)) {
    clock.now = at;
    await tell(happen);
  }
  return lines;
}

let desk: Desk;
let server: Server;
afterEach(async () => {
  await desk.stop();
  await new Promise((resolve) => server.close(resolve));
});

/** A desk with these records and this log, at which a file with `changes` lies. */
async function open(records: readonly object[], calls: readonly Dialled[], changes: readonly object[] = []) {
  const lines = await logOf(records, calls);
  server = createServer((_, response) => response.end(lines.map((it) => JSON.stringify(it)).join('\n')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  desk = await openDesk({ readAll: async () => Buffer.from(JSON.stringify(changes)) });
  await desk.put(...records);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { ...desk, deployment: { ...desk.deployment, log: { url } } as Deployment, lines };
}

/** What `impact` says, and its exit code. */
async function impactOf(records: readonly object[], calls: readonly Dialled[], changes: readonly object[]) {
  const { shell, deployment, printed } = await open(records, calls, changes);
  const { code, json } = await impact(shell, deployment, '-', { days: 1 });
  return { code, json: json as Record<string, unknown>, lines: printed().split('\n') };
}

const CALLS: readonly Dialled[] = [
  { minute: 1, talks: 90 },
  { minute: 5, talks: 30, number: LONDON },
  { minute: 10, talks: 0 },
  { minute: 20, number: '881612345678' },
  { minute: 30, number: 'alice' },
];

describe('impact', () => {
  test('of the same records is nothing', async () => {
    const { code, json, lines } = await impactOf([ACME, PHONE], CALLS, [ACME, PHONE]);
    expect(lines).toEqual([
      '- on table Customers at ENDPOINT: 5 calls from 2026-11-22T12:00:00.000Z to 2026-11-23T12:00:00.000Z, 0 would change (0 min)',
    ]);
    expect({ code, ...json }).toMatchObject({ code: 0, calls: 5, changed: 0, accounts: [], otherSince: 0 });
  });

  test('says for each account which calls change, and how', async () => {
    const changed = {
      ...ACME,
      callerId: { default: '+18009992222', patterns: [{ match: '^966', callerId: '0598888833' }] },
      trunks: [{ name: 'gulf', host: 'g.example', prefixes: ['966'] }, MAIN],
      destinations: { deny: ['44'], allow: ['881'] },
    };
    const { code, json, lines } = await impactOf([ACME, PHONE], CALLS, [changed]);
    expect(code).toBe(1);
    expect(lines.slice(1)).toEqual([
      'phone@a.example: 4 calls, 2 min',
      '  2 calls  1.5 min  other trunk: main -> gulf                    966501234567, …',
      '  2 calls  1.5 min  other caller id: +18009992222 -> 0598888833  966501234567, …',
      '  1 call   0.5 min  refused: destination-denied                  442079460000',
      '  1 call   0 min    goes on (was high-risk-destination)          881612345678',
    ]);
    expect(json).toMatchObject({
      calls: 5,
      changed: 4,
      seconds: 120,
      accounts: [
        {
          aor: 'phone@a.example',
          calls: 4,
          seconds: 120,
          changes: [
            { kind: 'trunk', before: 'main', after: 'gulf', calls: 2, seconds: 90, dialled: [SAUDI] },
            { kind: 'caller-id', before: '+18009992222', after: '0598888833' },
            { kind: 'refused', after: 'destination-denied' },
            { kind: 'allowed', before: 'high-risk-destination' },
          ],
        },
      ],
    });
  });

  test.each<[string, object, string]>([
    [
      'another prefix',
      { techPrefix: '7#' },
      'dialled otherwise: sip:966501234567@m.example -> sip:7#966501234567@m.example',
    ],
    ['an account that is disabled', { enabled: false }, 'refused: disabled'],
    [
      'a rule that is only observed',
      { destinations: { deny: ['966'] }, observe: ['destinations'] },
      'observed rules would refuse: nothing -> destination-denied',
    ],
    ['a time limit', { limits: { maxCallSeconds: 60 } }, 'ended after 60 s'],
    [
      'a number that is shown no more',
      { callerId: { fallback: 'anonymous' } },
      'other caller id: +18009992222 -> anonymous, hidden',
    ],
  ])('%s', async (_what, change, expected) => {
    const trunks = 'techPrefix' in change ? [{ ...MAIN, ...change }] : ACME.trunks;
    const { lines } = await impactOf(
      [ACME, PHONE],
      [{ minute: 1, talks: 90 }],
      [{ ...ACME, trunks, ...change }],
    );
    expect(lines.at(-1)).toContain(expected);
  });

  test('a cap that gets smaller is counted by the calls of the log', async () => {
    const calls = [0, 1, 2, 3].map((minute) => ({ minute, talks: 150 }));
    const { lines } = await impactOf([ACME, PHONE], calls, [{ ...ACME, limits: { maxConcurrentCalls: 2 } }]);
    expect(lines.at(-1)).toContain('  1 call  2.5 min  refused: too-many-calls');
  });

  test('a budget is counted by the minutes of the log', async () => {
    const calls = [0, 10, 20].map((minute) => ({ minute, talks: 119 }));
    const limits = { maxMinutesPerDay: 5, maxCallSeconds: 240 };
    const { lines } = await impactOf([ACME, PHONE], calls, [{ ...ACME, limits }]);
    expect(lines.slice(1)).toEqual([
      'phone@a.example: 1 call, 2 min',
      '  1 call  2 min  ended after 60 s  966501234567',
    ]);
  });

  test('a cap that stays as it is refuses the calls that it refused', async () => {
    const limits = { maxConcurrentCalls: 1 };
    const calls = [0, 1, 2].map((minute) => ({ minute, talks: 100 }));
    const record = { ...ACME, limits };
    const { json, lines } = await impactOf([record, PHONE], calls, [{ ...record, callerId: '+1' }]);
    expect(json).toMatchObject({ calls: 3, changed: 2 });
    expect(lines.at(-1)).toContain('2 calls  3.3 min  other caller id: +18009992222 -> +1');
  });

  test('a cap that gets larger lets go on what it refused', async () => {
    const calls = [0, 1, 2].map((minute) => ({ minute, talks: 100 }));
    const record = { ...ACME, limits: { maxConcurrentCalls: 1 } };
    const { lines } = await impactOf([record, PHONE], calls, [
      { ...ACME, limits: { maxConcurrentCalls: 9 } },
    ]);
    expect(lines.at(-1)).toContain('1 call  0 min  goes on (was too-many-calls)');
  });

  test('says when the records were changed since, and what it cannot know', async () => {
    const calls = [
      { minute: 1, talks: 60 },
      { minute: 3, talks: 1, number: '%2B'.repeat(90) },
    ];
    const { shell, deployment, printed, put } = await open([ACME, PHONE], calls, [
      { ...PHONE, callerId: '+2', registration: { newSource: { hours: 24, allow: [] } } },
    ]);
    await put({ ...ACME, callerId: '+1' });
    const { code } = await impact(shell, deployment, '-', { days: 1 });
    expect(code).toBe(1);
    expect(printed().split('\n').slice(2)).toEqual([
      '  1 call  1 min  other caller id: +1 -> +2  966501234567',
      '1 call would come out otherwise today than then: records or settings were changed since',
      '1 call left out: what was dialled is cut in the log',
      'registration.newSource changes: calls from new addresses are known only where the rule was there',
    ]);
  });

  test('needs to know where the log is', async () => {
    const { shell, deployment } = await open([ACME], [], [ACME]);
    await expect(impact(shell, { ...deployment, log: undefined }, '-', { days: 7 })).rejects.toBeInstanceOf(
      Refused,
    );
  });
});

describe('calls export', () => {
  const DAY = { from: NOW - 86_400_000, to: NOW };

  test('is CSV: each call once, with when, how long, how and who hung up', async () => {
    const { shell, deployment, printed, lines } = await open([ACME, PHONE], CALLS);
    lines.push(...lines.filter((it) => JSON.stringify(it).includes('ended')));
    expect(await exportCalls(shell, deployment, undefined, { ...DAY, format: 'csv' })).toMatchObject({
      code: 0,
    });
    const [head, ...rows] = printed().split('\n');
    expect(head).toBe(
      'call,customer,aor,direction,from,to,trunk,attempt,started,answered,seconds,code,endedBy',
    );
    expect(rows.map((row) => row.split(',').slice(1).join(','))).toEqual([
      'acme@a.example,phone@a.example,outbound,+18009992222,966501234567,main,1,2026-11-23T11:01:00Z,2026-11-23T11:01:01Z,90,200,caller',
      'acme@a.example,phone@a.example,outbound,+18009992222,442079460000,main,1,2026-11-23T11:05:00Z,2026-11-23T11:05:01Z,30,200,caller',
      'acme@a.example,phone@a.example,outbound,+18009992222,966501234567,main,1,2026-11-23T11:10:00Z,,0,487,jambonz',
    ]);
    expect(new Set(rows.map((row) => row.split(',')[0])).size).toBe(3);
  });

  test('is JSON lines when asked for', async () => {
    const { shell, deployment, printed } = await open([ACME], [{ minute: 1, talks: 90, aor: 'acme' }]);
    await exportCalls(shell, deployment, undefined, { ...DAY, format: 'jsonl' });
    expect(JSON.parse(printed())).toEqual({
      call: expect.stringMatching(/^[\w-]{12}$/),
      customer: 'acme@a.example',
      aor: 'acme@a.example',
      direction: 'outbound',
      from: '+18009992222',
      to: SAUDI,
      trunk: 'main',
      attempt: 1,
      started: '2026-11-23T11:01:00Z',
      answered: '2026-11-23T11:01:01Z',
      seconds: 90,
      code: 200,
      endedBy: 'caller',
    });
  });

  test('holds the calls that ended in the time, the beginning included and the end not', async () => {
    const { shell, deployment } = await open([ACME, PHONE], CALLS);
    const ended = NOW - 3600_000 + 60_000 + 91_000;
    const count = async (from: number, to: number) => {
      const { json } = await exportCalls(shell, deployment, undefined, { from, to, format: 'csv' });
      return (json as unknown[]).length;
    };
    expect(await count(ended, ended + 1)).toBe(1);
    expect(await count(ended - 1, ended)).toBe(0);
    expect(await count(ended, NOW)).toBe(3);
  });
});
