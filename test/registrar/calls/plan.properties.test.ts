import fc from 'fast-check';
import { lineOfReplay, loggedLease, readLoggedCall, replay } from '../../../lib/admin/calls/logged-call';
import { reportOf } from '../../../lib/hooks/telemetry';
import { dialVerbs } from '../../../lib/jambonz/verbs';
import type { Call, CallSettings } from '../../../lib/registrar/calls/call';
import type { LeaseResult } from '../../../lib/registrar/calls/call-limits';
import type { Presented } from '../../../lib/registrar/calls/caller-id';
import { applyFacts, type CallPlan, planCall } from '../../../lib/registrar/calls/plan';
import { type Customer, parseCustomer } from '../../../lib/registrar/record/customer';

const REALM = 'sip.example.com';
const SETTINGS: CallSettings = {
  outboundSipHost: 'sip.carrier.example',
  callGrant: 'observe',
  emergencyForDisabled: true,
};

const digits = (most: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${most}}$`));
const number = fc.stringMatching(/^\+?[0-9]{1,15}$/);
const maybe = <T>(it: fc.Arbitrary<T>) => fc.option(it, { nil: undefined });
const format = maybe(fc.constantFrom('e164', '+e164', '00e164', 'national'));

const trunk = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  host: maybe(fc.constantFrom('a.example', 'b.example', '192.0.2.1')),
  port: maybe(fc.integer({ min: 1, max: 65535 })),
  transport: maybe(fc.constantFrom('udp', 'tcp', 'tls')),
  prefixes: maybe(fc.array(digits(4), { maxLength: 3 })),
  techPrefix: maybe(fc.constantFrom('11#', '22', '33*')),
  numberFormat: format,
  callerIdFormat: format,
  callerId: maybe(number),
  fromUser: maybe(fc.constantFrom('login7', '+18005550100')),
  fromHost: maybe(fc.constant('pbx.example')),
  escapeHash: maybe(fc.boolean()),
});

const rewrite = fc.record({
  from: fc.constantFrom('', '0', '9', '00', '+'),
  to: fc.constantFrom('', '+', '00', '212', '9'),
  digits: maybe(fc.integer({ min: 1, max: 12 })),
});

const dialPlan = fc.oneof(
  fc.record({
    countryCode: maybe(fc.constantFrom('1', '966', '44')),
    internationalPrefix: maybe(fc.constantFrom('00', '011', '9')),
    serviceCodes: maybe(fc.boolean()),
    rewrite: maybe(fc.array(rewrite, { maxLength: 3 })),
  }),
  fc.record({
    country: fc.constantFrom('US', 'SA', 'IT', 'DE', 'AU', 'BR', 'CN', 'FO', 'RU'),
    serviceCodes: maybe(fc.boolean()),
    rewrite: maybe(fc.array(rewrite, { maxLength: 3 })),
  }),
);

/** Any record that an admin might write, as the parser leaves it. */
const record: fc.Arbitrary<Customer> = fc
  .record({
    realm: fc.constant(REALM),
    username: fc.constant('alice'),
    enabled: maybe(fc.boolean()),
    techPrefix: maybe(fc.constantFrom('77#', '88')),
    callerId: maybe(
      fc.oneof(
        number,
        fc.record({
          default: maybe(number),
          patterns: maybe(
            fc.array(fc.record({ match: fc.constantFrom('^9', '^96[0-9]*$', '7$'), callerId: number })),
          ),
          pool: maybe(fc.array(number)),
          allowed: maybe(fc.array(number)),
          fallback: maybe(fc.constantFrom('device', 'anonymous', 'decline')),
          privacy: maybe(fc.constantFrom('strip', 'honour')),
          name: maybe(fc.string()),
        }),
      ),
    ),
    dialPlan: maybe(dialPlan),
    dialMusic: maybe(fc.constant('https://media.example/ring.wav')),
    destinations: maybe(
      fc.record({
        default: maybe(fc.constantFrom('allow', 'deny')),
        allow: maybe(fc.array(digits(4))),
        deny: maybe(fc.array(digits(4))),
      }),
    ),
    trunks: maybe(fc.array(trunk, { maxLength: 4 })),
    limits: maybe(fc.record({ maxConcurrentCalls: maybe(fc.nat(5)), callsPerMinute: maybe(fc.nat(5)) })),
    emergency: maybe(fc.record({ numbers: fc.constant(['112', '911']), trunk: maybe(fc.constant('a')) })),
  })
  .map((written) => {
    const { customer } = parseCustomer(JSON.parse(JSON.stringify(written)));
    if (!customer) throw new Error('the record has its key');
    return customer;
  });

/** What people dial, and what nobody should. */
const dialled = fc.oneof(
  fc.stringMatching(/^(\+|00|011|%2B)?[0-9]{3,14}$/),
  fc.stringMatching(/^[0-9*#+%;@]{0,20}$/),
  fc.string({ unit: 'binary' }),
);
const from = fc.oneof(number, fc.constantFrom('anonymous', 'alice', ''), fc.string({ unit: 'binary' }));
const presented: fc.Arbitrary<Presented> = fc.record({
  from,
  identity: maybe(from),
  private: fc.boolean(),
});
const call: fc.Arbitrary<Call> = fc.record({
  id: fc.constant('leg-1'),
  origin: fc.constant({ kind: 'account' as const, aor: { username: 'alice', realm: REALM } }),
  dialled,
  presented,
  deviceCallId: fc.constant('device-1'),
});

const plan = (it: Call, account: Customer, settings = SETTINGS) =>
  planCall(it, { account, named: undefined }, settings);

const RUNS = { numRuns: 2000 };

describe('whatever the device sends, under whatever record', () => {
  test('the dialled host is a host of the record or the deployment, and the own tech prefix comes first', () => {
    fc.assert(
      fc.property(record, call, (account, it) => {
        const planned = plan(it, account);
        if (planned.kind !== 'dial') return;
        const known = account.trunks ?? [];
        for (const { trunk: name, host, techPrefix, number: sent } of planned.attempts) {
          const own = known.filter((one) => one.name === name);
          const hosts = [...own.map((one) => one.host ?? 'sip.carrier.example'), 'sip.carrier.example'];
          const prefixes = [...own.map((one) => one.techPrefix ?? ''), account.techPrefix ?? '', ''];
          expect(hosts).toContain(host);
          expect(prefixes).toContain(techPrefix);
          expect(sent).toMatch(/^\+?[0-9*#]+$/);
        }
      }),
      RUNS,
    );
  });

  test("who is shown is a number of the record, the device's cleaned one under fallback: device, or nobody", () => {
    fc.assert(
      fc.property(record, call, (account, it) => {
        const planned = plan(it, account);
        if (planned.kind !== 'dial') return;
        const { number: shown, name, because } = planned.callerId;
        const { default: one, patterns = [], pool = [], allowed = [], fallback } = account.callerId ?? {};
        const trunks = (account.trunks ?? []).map((it) => it.callerId);
        const own = [one, ...patterns.map((pattern) => pattern.callerId), ...pool, ...allowed, ...trunks];
        if (because === 'device') {
          expect(shown).toMatch(/^\+?[0-9]{3,24}$/);
          if (planned.destination.because !== 'emergency') expect(fallback ?? 'device').toBe('device');
        } else if (because === 'anonymous') expect(shown).toBeUndefined();
        else expect(own).toContain(shown);
        expect(name ?? '').not.toMatch(/[\p{Cc}"\\<>]/u);
        for (const { callerId } of planned.attempts) expect(callerId ?? '').toMatch(/^\+?[0-9]*$/);
      }),
      RUNS,
    );
  });

  test('an emergency number is always dialled, as it is, and never counted', () => {
    const emergency = { numbers: ['112', '911'] };
    fc.assert(
      fc.property(record, call, fc.constantFrom('112', '911', '+112', '9-1-1'), (account, it, sos) => {
        const planned = plan({ ...it, dialled: sos }, { ...account, emergency });
        expect(planned).toMatchObject({ kind: 'dial', limits: undefined, maxSeconds: undefined });
        if (planned.kind === 'dial') expect(['112', '911']).toContain(planned.attempts[0].number);
      }),
      RUNS,
    );
  });

  test('no plan and no rule makes another number of an emergency number, listed or not', () => {
    fc.assert(
      fc.property(
        record,
        call,
        fc.constantFrom('112', '911', '999', '000'),
        fc.boolean(),
        (account, it, sos, isListed) => {
          const emergency = isListed ? { numbers: [sos] } : undefined;
          const { emergency: _, ...other } = account;
          const planned = plan({ ...it, dialled: sos }, { ...other, ...(emergency && { emergency }) });
          if (planned.destination) expect(planned.destination.number).toBe(sos);
          if (planned.kind === 'dial') expect(planned.attempts[0].number).toBe(sos);
        },
      ),
      RUNS,
    );
  });

  test('a denied country is not called, whatever prefix its number has', () => {
    const lead = fc.array(fc.constantFrom('00', '011', '+', '0011', '010', '810'), { maxLength: 3 });
    fc.assert(
      fc.property(record, call, lead, (account, it, prefixes) => {
        const { rewrite: _, ...dialPlan } = account.dialPlan ?? {};
        const strict = { ...account, dialPlan, destinations: { deny: ['44'] } };
        const planned = plan({ ...it, dialled: `${prefixes.join('')}447911123456` }, strict);
        if (planned.kind === 'dial')
          expect(planned.destination.number.replace(/^(?:00|011|0011|010|810)*/, '')).not.toMatch(/^44/);
      }),
      RUNS,
    );
  });

  test('an emergency number is dialled without a grant, too', () => {
    const settings = { ...SETTINGS, callGrant: 'enforce' as const };
    const account = { realm: REALM, username: 'alice', emergency: { numbers: ['112'] } };
    const it: Call = {
      id: 'leg-1',
      origin: { kind: 'account', aor: { username: 'alice', realm: REALM } },
      dialled: '112',
      presented: { from: '', identity: undefined, private: false },
      deviceCallId: 'device-1',
    };
    const plan = planCall(it, { account, named: undefined }, settings);
    expect(
      applyFacts(plan, { grant: 'missing', lease: { result: 'too-many-calls' } }, settings),
    ).toMatchObject({
      kind: 'dial',
    });
  });

  test('nothing makes planCall throw, and the same input gives the same plan', () => {
    fc.assert(
      fc.property(maybe(record), call, (account, it) => {
        const records = { account, named: undefined };
        expect(planCall(it, records, SETTINGS)).toEqual(planCall(it, records, SETTINGS));
      }),
      RUNS,
    );
  });

  test('a number in a high-risk range goes out only where the record names the range', () => {
    fc.assert(
      fc.property(
        record,
        fc.constantFrom('', '+', '00', '%2B'),
        fc.constantFrom('881', '882', '870', '979'),
        fc.stringMatching(/^[0-9]{7,10}$/),
        (account, lead, range, rest) => {
          const it: Call = {
            id: 'leg-1',
            origin: { kind: 'account', aor: { username: 'alice', realm: REALM } },
            dialled: `${lead}${range}${rest}`,
            presented: { from: '+12125550100', identity: undefined, private: false },
            deviceCallId: 'device-1',
          };
          const planned = plan(it, account);
          if (planned.kind !== 'dial' || !planned.destination.number.startsWith(range)) return;
          const named = (account.destinations?.allow ?? []).filter((prefix) => prefix.startsWith(range));
          expect(named).not.toEqual([]);
        },
      ),
      RUNS,
    );
  });
});

describe('an observed rule', () => {
  const rules = fc.subarray(['destinations', 'limits', 'budgets', 'newSource'] as const, { minLength: 1 });
  const limits = fc.constantFrom('too-many-calls', 'too-many-calls-per-minute', 'budget-spent' as const);
  const seconds = fc.nat(3600);
  const restricted = fc.record({
    destinations: maybe(
      fc.record({
        default: fc.constantFrom('allow' as const, 'deny' as const),
        allow: fc.array(digits(4), { maxLength: 3 }),
        deny: fc.array(digits(2), { maxLength: 3 }),
      }),
    ),
    limits: maybe(
      fc.record(
        {
          maxConcurrentCalls: fc.nat(3),
          callsPerMinute: fc.nat(3),
          maxCallSeconds: fc.integer({ min: 1, max: 900 }),
          maxMinutesPerDay: fc.nat(30),
          budgets: fc.array(
            fc.record({ prefixes: fc.array(digits(1), { minLength: 1 }), minutesPerDay: fc.nat(30) }),
            { maxLength: 2 },
          ),
        },
        { requiredKeys: [] },
      ),
    ),
    newSource: maybe(
      fc.record({
        mode: fc.constantFrom('observe' as const, 'enforce' as const),
        hours: fc.constant(24),
        allow: fc.array(digits(2), { maxLength: 2 }),
      }),
    ),
  });

  /** The record without these rules. */
  function without(account: Customer, gone: readonly string[]): Customer {
    const { destinations, limits = {}, registration, ...rest } = account;
    const { maxMinutesPerDay, budgets, timeZone, ...caps } = limits;
    const minutes = { maxMinutesPerDay, budgets, timeZone };
    const kept = {
      ...rest,
      ...(!gone.includes('destinations') && { destinations }),
      limits: { ...(!gone.includes('limits') && caps), ...(!gone.includes('budgets') && minutes) },
      ...(!gone.includes('newSource') && { registration }),
    };
    return JSON.parse(JSON.stringify(kept));
  }

  /** What jambonz is told to dial, or which code the phone sees; the tag is for us. */
  function answerOf(plan: CallPlan): unknown {
    if (plan.kind !== 'dial') return plan.kind === 'refuse' ? plan.status : plan;
    const hooks = { actionHook: 'https://h.example/' };
    return plan.attempts.map((_, at) => dialVerbs(plan, at + 1, { call: '', mac: '' }, hooks).verbs);
  }

  test('never changes an answer: it is as if the rule were not there', () => {
    fc.assert(
      fc.property(record, restricted, rules, call, limits, seconds, (base, rule, observe, it, cap, left) => {
        const { newSource, ...more } = rule;
        const enforced = JSON.parse(JSON.stringify({ ...base, ...more, registration: { newSource } }));
        const settled = (account: Customer) => {
          const planned = plan(it, account);
          if (planned.kind !== 'dial') return planned;
          const { limits: own } = planned;
          const isSpent = cap === 'budget-spent';
          const isObserved = own?.observed.includes(isSpent ? 'budgets' : 'limits');
          const isReached = isSpent
            ? (own?.budgets.length ?? 0) > 0
            : own?.[cap === 'too-many-calls' ? 'maxConcurrentCalls' : 'callsPerMinute'] !== undefined;
          const reserved = own && own.budgets.length > 0 ? { seconds: left, budgets: ['*'] } : undefined;
          const would = isReached ? [cap] : [];
          const lease: LeaseResult =
            isReached && !isObserved
              ? { result: cap }
              : { result: 'acquired', until: 1, reserved, would, low: [] };
          const facts = { grant: 'new-source', lease: own ? lease : 'not-asked' } as const;
          return applyFacts(planned, facts, SETTINGS);
        };
        const observed = settled({ ...enforced, observe });
        expect(answerOf(observed)).toEqual(answerOf(settled(without(enforced, observe))));
      }),
      RUNS,
    );
  });
});

test('the line of a call tells enough to decide it again, whatever the device said', () => {
  let read = 0;
  fc.assert(
    fc.property(record, call, (account, it) => {
      const planned = plan(it, account);
      const line = JSON.parse(
        JSON.stringify(
          reportOf({ hook: 'call-hook', call: it, plan: planned, grant: 'granted', illegal: [] }).line,
        ),
      );
      const logged = readLoggedCall({ line, at: 0 });
      if (!logged || logged === 'cut') return;
      read++;
      const again = replay(logged, { account, named: undefined }, SETTINGS, (dial) =>
        loggedLease(logged, dial),
      );
      const { illegal, ...decided } = JSON.parse(JSON.stringify(lineOfReplay(logged, again)));
      expect({ ...decided, aor: line.aor, call: line.call }).toEqual(line);
    }),
    RUNS,
  );
  expect(read).toBeGreaterThan(RUNS.numRuns / 2);
});

describe('the call grant', () => {
  const account: Customer = {
    realm: REALM,
    username: 'alice',
    techPrefix: '77#',
    callerId: { default: '1' },
  };
  const it: Call = {
    id: 'leg-1',
    origin: { kind: 'account', aor: { username: 'alice', realm: REALM } },
    dialled: '966501234567',
    presented: { from: '', identity: undefined, private: false },
    deviceCallId: 'device-1',
  };

  test.each([
    ['enforce', 'missing', 'refuse'],
    ['enforce', 'granted', 'dial'],
    ['enforce', 'not-asked', 'dial'],
    ['observe', 'missing', 'dial'],
    ['off', 'not-asked', 'dial'],
  ] as const)('%s, %s: %s', (callGrant, grant, kind) => {
    const settings = { ...SETTINGS, callGrant };
    const plan = planCall(it, { account, named: undefined }, settings);
    expect(applyFacts(plan, { grant, lease: 'not-asked' }, settings)).toMatchObject(
      kind === 'dial' ? { kind } : { kind, status: 403, because: 'no-grant' },
    );
  });
});
