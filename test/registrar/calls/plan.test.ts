import type { Call, CallSettings } from '../../../lib/registrar/calls/call';
import { applyFacts, planCall } from '../../../lib/registrar/calls/plan';
import { type Customer, parseCustomer } from '../../../lib/registrar/record/customer';

const SETTINGS: CallSettings = {
  outboundSipHost: 'sip.carrier.example:5070',
  callGrant: 'observe',
  emergencyForDisabled: true,
};
const CALL: Call = {
  id: 'leg-1',
  origin: { kind: 'account', aor: { username: 'phone', realm: 'SIP.example.com' } },
  dialled: '0501234567',
  presented: { from: 'phone', identity: undefined, private: false },
  deviceCallId: 'device-1',
};

function customer(record: object): Customer {
  const { customer: read, problems } = parseCustomer({ realm: 'sip.example.com', ...record });
  if (!read || problems.length > 0) throw new Error('a record of the tests has a problem');
  return read;
}

const PHONE = customer({ username: 'phone', customer: 'acme' });
const ACME = customer({
  username: 'acme',
  callerId: { patterns: [{ match: '^966', callerId: '+966112345678' }] },
  dialPlan: { countryCode: '966', nationalPrefix: '0' },
  destinations: { default: 'deny', allow: ['966'] },
  techPrefix: '77#',
  trunks: [
    { name: 'main' },
    { name: 'gulf', host: 'g.example', prefixes: ['966'], callerIdFormat: 'national', ringTimeout: 20 },
  ],
  limits: { maxConcurrentCalls: 30, callsPerMinute: 60, maxCallSeconds: 3600 },
});

describe('a plan says all that there is to explain', () => {
  test('of a call that is dialled', () => {
    expect(planCall(CALL, { account: PHONE, named: ACME }, SETTINGS)).toEqual({
      kind: 'dial',
      caller: { username: 'phone', realm: 'SIP.example.com' },
      destination: { dialled: '0501234567', number: '966501234567', because: 'national-prefix' },
      permission: { allowed: true, because: 'allow', prefix: '966' },
      callerId: { number: '+966112345678', name: undefined, hidden: false, because: 'patterns[0]' },
      attempts: [
        {
          trunk: 'gulf',
          because: 'prefix 966',
          host: 'g.example',
          port: undefined,
          transport: undefined,
          techPrefix: '',
          number: '966501234567',
          callerId: '0112345678',
          outboundAuth: undefined,
          ringTimeout: 20,
        },
        {
          trunk: 'main',
          because: 'all-numbers',
          host: 'sip.carrier.example',
          port: 5070,
          transport: undefined,
          techPrefix: '77#',
          number: '966501234567',
          callerId: '+966112345678',
          outboundAuth: undefined,
          ringTimeout: undefined,
        },
      ],
      stopCodes: [486, 600, 603, 604, 607, 608],
      maxSeconds: 3600,
      limits: {
        owner: { username: 'acme', realm: 'sip.example.com' },
        maxConcurrentCalls: 30,
        callsPerMinute: 60,
        callSeconds: 3600,
        budgets: [],
        timeZone: 'UTC',
        observed: [],
      },
      reserved: undefined,
      low: [],
      ifNewSource: undefined,
      would: [],
      customer: 'acme',
    });
  });

  test('of a call to a range that is closed', () => {
    const call = { ...CALL, dialled: '00881612345678' };
    expect(planCall(call, { account: PHONE, named: ACME }, SETTINGS)).toEqual({
      kind: 'refuse',
      caller: { username: 'phone', realm: 'SIP.example.com' },
      status: 403,
      because: 'high-risk-destination',
      destination: { dialled: '00881612345678', number: '881612345678', because: 'international-prefix' },
      permission: {
        allowed: false,
        because: 'high-risk-destination',
        range: {
          prefix: '881',
          kind: 'satellite',
          reason: 'global mobile satellite systems: Iridium, Globalstar',
        },
      },
    });
  });

  test.each([
    [{ maxConcurrentCalls: 0, callsPerMinute: 5 }, 'too-many-calls'],
    [{ maxConcurrentCalls: 5, callsPerMinute: 0 }, 'too-many-calls-per-minute'],
    [{ maxMinutesPerDay: 0 }, 'budget-spent'],
    [{ maxMinutesPerDay: 9, budgets: [{ prefixes: ['966'], minutesPerDay: 0 }] }, 'budget-spent'],
  ])('of a call under %j, which needs no count', (limits, because) => {
    const plan = planCall(CALL, { account: { ...PHONE, limits }, named: ACME }, SETTINGS);
    expect(plan).toMatchObject({ kind: 'refuse', status: 480, because });
  });

  test.each(['too-many-calls', 'too-many-calls-per-minute', 'budget-spent'] as const)(
    'of a call that found %s',
    (lease) => {
      const plan = planCall(CALL, { account: PHONE, named: ACME }, SETTINGS);
      expect(applyFacts(plan, { grant: 'granted', lease: { result: lease } }, SETTINGS)).toMatchObject({
        kind: 'refuse',
        status: 480,
        because: lease,
        permission: { allowed: true, because: 'allow', prefix: '966' },
      });
    },
  );
});
