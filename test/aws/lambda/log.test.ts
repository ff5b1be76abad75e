import { telemetryLog } from '../../../lib/aws/lambda/log';
import { Undecided } from '../../../lib/hooks/errors';
import { METRIC_SPLITS, METRICS } from '../../../lib/hooks/metrics';
import type { HookOutcome } from '../../../lib/hooks/outcome';
import type { Level } from '../../../lib/hooks/telemetry';
import type { CallTag } from '../../../lib/jambonz/call-tag';
import type { AdmissionRefusal } from '../../../lib/registrar/auth/admission';
import type { NextStep } from '../../../lib/registrar/calls/failover';
import { planCall } from '../../../lib/registrar/calls/plan';
import { parseCustomer } from '../../../lib/registrar/record/customer';

const NOW = 1795423886623;
const REQUEST = { requestId: 'JKJaXmPLvHcESHA=', milliseconds: 12 };
const ALICE = { username: 'alice', realm: 'sip.example.com' };

const FROM = {
  source: { address: '203.0.113.250', claimedByDevice: false },
  userAgent: 'Yealink SIP-T46S 66.84.0.15',
};
const OK = {
  hook: 'register-auth',
  method: 'REGISTER',
  ...FROM,
  admission: { admitted: true, aor: ALICE, because: 'right-digest', credential: 'password', expires: 3600 },
} as const;
const fail = (because: AdmissionRefusal): HookOutcome => ({
  hook: 'register-auth',
  method: 'INVITE',
  ...FROM,
  admission: { admitted: false, aor: ALICE, because },
});
const FAIL = fail('wrong-digest');

/** The lines that are written during these events. */
function linesOf(
  happens: (telemetry: ReturnType<typeof telemetryLog>) => void,
  level: Level = 'INFO',
): object[] {
  const lines: object[] = [];
  happens(
    telemetryLog(
      (line) => lines.push(JSON.parse(JSON.stringify(line))),
      'edge-registrar',
      level,
      () => NOW,
    ),
  );
  return lines;
}

const TAG: CallTag = {
  call: {
    id: 'c',
    origin: { kind: 'account', aor: ALICE },
    deviceCallId: 'd',
    dialled: '1',
    presented: { from: '', identity: undefined, private: false },
  },
  realms: [],
  attempt: 1,
  trunk: 't',
  phones: undefined,
  number: '1',
  shown: '2',
  began: {
    at: 1795423886,
    customer: undefined,
    lease: undefined,
    maxSeconds: undefined,
    fromNewSource: false,
  },
  first: undefined,
};

const metrics = (...names: (string | object)[]) =>
  names.map((it) => (typeof it === 'string' ? { Name: it } : it));

describe('the log', () => {
  test('an ok is one short line: what, who, from where, with which phone, how long, which request', () => {
    const [line] = linesOf((telemetry) => telemetry.outcome(OK, REQUEST));
    expect(line).toEqual({
      hook: 'register-auth',
      answer: 'ok',
      aor: 'alice@sip.example.com',
      expires: 3600,
      address: '203.0.113.250',
      userAgent: 'Yealink SIP-T46S 66.84.0.15',
      ms: 12,
      requestId: 'JKJaXmPL',
    });
  });

  test.each<[string, typeof ALICE, string, string, string]>([
    ['usual names', ALICE, '203.0.113.250', 'Yealink SIP-T46S 66.84.0.15', 'Yealink SIP-T46S 66.84.0.15'],
    [
      'an agent that goes on and on',
      ALICE,
      '203.0.113.250',
      'Linphone-Desktop/5.2.6 (Zoes laptop) ubuntu/22.04 Qt/5.15.2 LinphoneSDK/5.3.47',
      'Linphone-Desktop/5.2.6 (Zoes laptop) ubu',
    ],
    [
      'long names, an IPv6 address',
      { username: 'headoffice-reception', realm: 'acme.register.telecomsxchange.com' },
      '2001:0db8:85a3:0000:0000:8a2e:0370:7334',
      'Yealink SIP-T46S 66.84.0.15',
      'Yea',
    ],
  ])('an ok stays within 220 bytes: %s', (_what, aor, address, userAgent, telemetry) => {
    const ok = { ...OK, source: { address, claimedByDevice: false }, userAgent };
    const outcome: HookOutcome = { ...ok, admission: { ...OK.admission, aor } };
    const [line] = linesOf((telemetry) => telemetry.outcome(outcome, { ...REQUEST, milliseconds: 12345 }));
    expect(line).toMatchObject({ address, userAgent: telemetry });
    expect(Buffer.byteLength(JSON.stringify(line))).toBeLessThanOrEqual(220);
  });

  test.each([
    ['Zoë\u202e "X"\n\\{}', 'Zo?? ?X???{}'],
    ['x'.repeat(60_000), 'x'.repeat(40)],
    ['', undefined],
  ])('the User-Agent of a phone is logged short and printable', (userAgent, telemetry) => {
    const [line] = linesOf((telemetry) => telemetry.outcome({ ...FAIL, userAgent } as HookOutcome, REQUEST));
    expect((line as { userAgent?: string }).userAgent).toBe(telemetry);
  });

  test('an address that the phone claimed is logged as claimed, and short', () => {
    const source = { address: '192.0.2.7, 198.51.100.1\r\nX: y'.repeat(9), claimedByDevice: true };
    const [line] = linesOf((telemetry) => telemetry.outcome({ ...FAIL, source } as HookOutcome, REQUEST));
    expect(line).toMatchObject({ address: '192.0.2.7, 198.51.100.1??X: y192.0.2.7,', claimed: true });
  });

  test('an emergency call that was admitted anyway logs despite what', () => {
    const admission = { ...OK.admission, expires: undefined, despite: 'replayed' as const };
    const [line] = linesOf((telemetry) => telemetry.outcome({ ...OK, method: 'INVITE', admission }, REQUEST));
    expect(line).toMatchObject({ answer: 'ok', method: 'INVITE', despite: 'replayed' });
  });

  test('what was refused is a warning, what broke is an error', () => {
    const [refused, , broke] = linesOf((telemetry) => {
      telemetry.outcome(FAIL, REQUEST);
      telemetry.failed(new Undecided('the customers table could not be read'), REQUEST);
    });
    expect(refused).toMatchObject({ level: 'WARN', answer: 'fail', because: 'wrong-digest' });
    expect(broke).toMatchObject({
      level: 'ERROR',
      undecided: 'Undecided',
      because: 'the customers table could not be read',
      ms: 12,
    });
  });

  test.each(['WARN', 'ERROR'] as const)(
    'a call for help has a line and is counted at once at the level %s',
    (level) => {
      const account = parseCustomer({
        realm: 'sip.example.com',
        username: 'alice',
        callerId: '+18005550100',
        emergency: { country: 'US' },
      }).customer;
      const call = { ...TAG.call, dialled: '911' };
      const settings = {
        outboundSipHost: 'sip.carrier.example',
        callGrant: 'observe',
        emergencyForDisabled: true,
      } as const;
      const plan = planCall(call, { account, named: undefined }, settings);
      const lines = linesOf((telemetry) => {
        telemetry.outcome(OK, REQUEST);
        telemetry.outcome({ hook: 'call-hook', call, plan, grant: 'not-asked', illegal: [] }, REQUEST);
      }, level);
      expect(lines[1]).toMatchObject({
        level: 'WARN',
        hook: 'call-hook',
        aor: 'alice@sip.example.com',
        to: '911',
        callerId: '+18005550100',
        emergency: true,
      });
      expect(lines[2]).toMatchObject({ EmergencyCalls: 1, Calls: 1 });
    },
  );

  test('the error of a library is logged by its name only, because its message may quote a secret', () => {
    const [line] = linesOf((telemetry) => telemetry.failed(new SyntaxError('"s3cret" is not JSON'), REQUEST));
    expect(line).toMatchObject({ undecided: 'SyntaxError' });
    expect(JSON.stringify(line)).not.toContain('s3cret');
  });

  test.each([
    [`al\u202eice\u009b`, 'al?ice?@sip.example.com'],
    ['x'.repeat(60_000), `${'x'.repeat(60)}…`],
    ['alice\n{"forged":1}', 'alice?{"forged":1}@sip.example.com…'],
  ])('a name that no account can have is logged short and harmless', (username, telemetry) => {
    const aor = { ...ALICE, username };
    const refused: HookOutcome = {
      ...FAIL,
      admission: { admitted: false, aor, because: 'unknown-account' },
    } as HookOutcome;
    const [line] = linesOf((telemetry) => telemetry.outcome(refused, REQUEST));
    expect(line).toMatchObject({ aor: telemetry });
  });

  test('a bad record is logged by its field and fix, not by its value', () => {
    const record = { realm: 'sip.example.com', username: 'alice', password: 12345678, callerId: 's3cret' };
    const [line] = linesOf((telemetry) => telemetry.badRecord(ALICE, parseCustomer(record).problems));
    expect(line).toEqual({
      level: 'WARN',
      badRecord: 'alice@sip.example.com',
      path: 'password',
      fix: 'write it as text, in quotes',
    });
  });

  test.each<[Level, Level[]]>([
    ['INFO', ['INFO', 'WARN', 'ERROR']],
    ['WARN', ['WARN', 'ERROR']],
    ['ERROR', ['ERROR']],
  ])('level %s writes %j, and counts all the same', (level, written) => {
    const lines = linesOf((telemetry) => {
      telemetry.outcome(OK, REQUEST);
      telemetry.outcome(FAIL, REQUEST);
      telemetry.failed(new Error(), REQUEST);
    }, level);
    const telemetry = lines.filter((line) => !('_aws' in line));
    expect(telemetry.map((line) => ('level' in line ? line.level : 'INFO'))).toEqual(written);
    expect(lines.filter((line) => '_aws' in line)).toHaveLength(3);
  });
});

describe('the metrics', () => {
  test('are a line in the Embedded Metric Format', () => {
    const [, line] = linesOf((telemetry) => {
      telemetry.lookedUp(7);
      telemetry.outcome(OK, REQUEST);
    });
    expect(line).toEqual({
      _aws: {
        Timestamp: 1795423886623,
        CloudWatchMetrics: [
          {
            Namespace: 'edge-registrar',
            Dimensions: [[]],
            Metrics: metrics({ Name: 'LookupTime', Unit: 'Milliseconds' }, 'Registrations'),
          },
          {
            Namespace: 'edge-registrar',
            Dimensions: [['hook']],
            Metrics: metrics('Hooks'),
          },
        ],
      },
      hook: 'register-auth',
      LookupTime: 7,
      Hooks: 1,
      Registrations: 1,
    });
  });

  test('what came twice in one request is a list of its values', () => {
    const [, line] = linesOf((telemetry) => {
      telemetry.lookedUp(7);
      telemetry.lookedUp(9);
      telemetry.outcome(OK, REQUEST);
    });
    expect(line).toMatchObject({ LookupTime: [7, 9] });
  });

  test('each value is counted once', () => {
    const lines = linesOf((telemetry) => {
      telemetry.lookedUp(7);
      telemetry.outcome(OK, REQUEST);
      telemetry.outcome(FAIL, REQUEST);
    });
    expect(lines[1]).toHaveProperty('LookupTime', 7);
    expect(lines[3]).not.toHaveProperty('LookupTime');
  });

  const refused = (because: 'wrong-signature' | 'signature-too-old' | 'not-json'): HookOutcome => ({
    hook: 'call-hook',
    refused: because,
  });
  const stepped = (step: NextStep): HookOutcome => ({ hook: 'dial-action', tag: TAG, step, illegal: [] });
  const ended = (status: 'completed' | 'busy', duration: number): HookOutcome => ({
    hook: 'call-status',
    record: { callId: 'c', status, sipStatus: undefined, duration, endedBy: 'caller', tag: TAG },
  });

  test.each<[string, HookOutcome, object]>([
    ['a REGISTER let in', OK, { Hooks: 1, Registrations: 1 }],
    ['a REGISTER or INVITE refused', FAIL, { Hooks: 1, Refusals: 1 }],
    ['a wrong signature', refused('wrong-signature'), { Hooks: 1, SignatureFailures: 1 }],
    ['a right signature of long ago', refused('signature-too-old'), { Hooks: 1, ClockSkew: 1 }],
    ['a body that is none', refused('not-json'), { Hooks: 1 }],
    [
      'a digest that was used before, let in under observe',
      { ...OK, admission: { ...OK.admission, observed: 'replayed' } },
      { Hooks: 1, Registrations: 1, ReplayObserved: 1 },
    ],
    ['a digest that was used before, refused', fail('replayed'), { Hooks: 1, Refusals: 1, ReplayRefused: 1 }],
    [
      'a challenge that jambonz never made',
      fail('not-our-nonce'),
      { Hooks: 1, Refusals: 1, ReplayRefused: 1 },
    ],
    ['somebody who guesses passwords', fail('limited'), { Hooks: 1, Refusals: 1, Limited: 1 }],
    ['an address that guesses passwords', fail('limited-address'), { Hooks: 1, Refusals: 1, Limited: 1 }],
    [
      'a trunk that failed',
      stepped({ kind: 'dial', attempt: 2, because: 'trunk-failed' }),
      { TrunkFailures: 1 },
    ],
    [
      'the last trunk that failed',
      stepped({ kind: 'give-up', status: 503, because: 'last-trunk' }),
      { TrunkFailures: 1 },
    ],
    ['a call that ended', ended('completed', 61), { outcome: 'completed', CallsEnded: 1, TalkTime: 61 }],
  ])('%s', (_, outcome, expected) => {
    const [, line] = linesOf((telemetry) => telemetry.outcome(outcome, REQUEST));
    const { _aws, hook, ...counted } = line as Record<string, unknown>;
    expect(counted).toEqual(expected);
  });

  test.each([
    ['stale-record-served', 'StaleServed'],
    ['old-secrets-kept', 'StaleServed'],
    ['replay-not-checked', 'Unchecked'],
    ['guessing-not-checked', 'Unchecked'],
    ['grant-not-checked', 'Unchecked'],
  ] as const)('%s is told at once, and counted at once as %s', (what, metric) => {
    const [telemetry, counted] = linesOf((telemetry) => {
      telemetry.outcome(OK, REQUEST);
      telemetry.degraded({
        what,
        aor: ALICE,
        cause: Object.assign(new Error('s3cret'), { name: 'TimeoutError' }),
      });
    }).slice(2);
    expect(telemetry).toEqual({
      level: 'WARN',
      trouble: what,
      aor: 'alice@sip.example.com',
      inner: 'TimeoutError',
    });
    expect(counted).toHaveProperty(metric, 1);
  });

  test('a bad record is counted at once', () => {
    const problems = [{ path: 'password', fix: 'write it as text, in quotes', unknownField: false }];
    const [, , , counted] = linesOf((telemetry) => {
      telemetry.outcome(OK, REQUEST);
      telemetry.badRecord(ALICE, problems);
    });
    expect(counted).toHaveProperty('BadRecords', 1);
  });

  test.each([
    ['a dial that was answered', stepped({ kind: 'done', because: 'answered' })],
    ['a dial to a busy callee', stepped({ kind: 'give-up', status: 486, because: 'stop-code' })],
  ])('%s counts nothing', (_, outcome) => {
    expect(linesOf((telemetry) => telemetry.outcome(outcome, REQUEST))).toHaveLength(1);
  });

  test('are split by closed sets of words only, each value of which is billed', () => {
    const outcomes = [OK, FAIL, refused('not-json')];
    const lines = [...outcomes, ended('completed', 61), ended('busy', 0)].flatMap((outcome) =>
      linesOf((telemetry) => telemetry.outcome(outcome, REQUEST)),
    );
    const splits = lines.flatMap((line) =>
      Object.entries(METRIC_SPLITS).flatMap(([metric, { by, into }]) => {
        const { [by]: value, [METRICS[metric as keyof typeof METRIC_SPLITS]]: counted } = line as Record<
          string,
          unknown
        >;
        return counted === undefined ? [] : [into.some((it) => it === value)];
      }),
    );
    expect(splits).toEqual([true, true, true, true, true]);
  });

  test('are not split by customer', () => {
    const [, line] = linesOf((telemetry) => telemetry.outcome(FAIL, REQUEST));
    expect(JSON.stringify(line)).not.toContain('alice');
  });
});

describe('what went well', () => {
  /** The metrics that a journal writes while a clock is turned. */
  function counted(
    happens: (telemetry: ReturnType<typeof telemetryLog>, clock: { now: number }) => void,
  ): object[] {
    const clock = { now: NOW };
    const lines: Record<string, unknown>[] = [];
    const print = (line: object) => lines.push({ ...line });
    happens(
      telemetryLog(print, 'edge-registrar', 'ERROR', () => clock.now),
      clock,
    );
    return lines.filter((line) => '_aws' in line).map(({ _aws, level, ...values }) => values);
  }
  const OKS = { hook: 'register-auth' };

  test('waits up to 10 s for company, and is counted in one line', () => {
    const lines = counted((telemetry, clock) => {
      telemetry.outcome(OK, REQUEST);
      for (let seconds = 1; seconds <= 10; seconds++) {
        clock.now += 1000;
        telemetry.lookedUp(seconds);
        telemetry.outcome(OK, REQUEST);
      }
    });
    expect(lines).toEqual([
      { ...OKS, Hooks: 1, Registrations: 1 },
      { ...OKS, Hooks: 10, Registrations: 10, LookupTime: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
    ]);
  });

  test('goes out with the first thing that did not', () => {
    const lines = counted((telemetry) => {
      telemetry.outcome(OK, REQUEST);
      telemetry.outcome(OK, REQUEST);
      telemetry.outcome(FAIL, REQUEST);
    });
    expect(lines).toEqual([
      { ...OKS, Hooks: 1, Registrations: 1 },
      { ...OKS, Hooks: 2, Registrations: 1, Refusals: 1 },
    ]);
  });

  test('sums up a hundred thousand without keeping each', () => {
    const [, line] = counted((telemetry, clock) => {
      for (let at = 0; at < 100_001; at++) telemetry.outcome(OK, REQUEST);
      clock.now += 10_000;
      telemetry.outcome(OK, REQUEST);
    });
    expect(line).toEqual({ ...OKS, Hooks: 100_001, Registrations: 100_001 });
  });

  test('writes no more values than CloudWatch accepts', () => {
    const [, line] = counted((telemetry, clock) => {
      telemetry.outcome(OK, REQUEST);
      for (let at = 0; at < 150; at++) telemetry.lookedUp(at);
      clock.now += 10_000;
      telemetry.outcome(OK, REQUEST);
    });
    expect((line as { LookupTime: number[] }).LookupTime).toHaveLength(100);
  });
});
