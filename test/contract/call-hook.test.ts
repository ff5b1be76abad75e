import { callHook, callStatus, dialAction } from '../../lambdas/call-hook';
import { callHookPayload } from '../../lib/local/jambonz';
import { invite } from '../../lib/local/phone';
import { SAMPLE_CUSTOMERS } from '../../lib/local/sample-customers';
import { NOW, send, worldWith } from '../world';

const verbSpecifications: {
  validate: (logger: object, verbs: unknown) => void;
} = require('@jambonz/verb-specifications');

/** A record, as an admin wrote it. */
type Row = { readonly username: string; readonly [field: string]: unknown };

const REALM = 'register.telecomsxchange.com';
const seed = (username: string) => ({ ...SAMPLE_CUSTOMERS[REALM]?.[username], realm: REALM, username });
const ACME = seed('AcmeInc');
const JANE = seed('JaneDoe');
const PLAIN = {
  realm: REALM,
  username: 'plain',
  password: 'x',
  techPrefix: '77#',
  outboundAuth: { username: 't', password: 'p' },
};

/** record, dialled -> the user part of the sipUri, the caller id */
const DIALS: readonly [Row, string, string, string][] = [
  // the first customers, as they were served before
  [ACME, '+966501234567', '444242#966501234567', '0598888833'],
  [ACME, '00966501234567', '444242#966501234567', '0598888833'],
  [ACME, '966501234567', '444242#966501234567', '0598888833'],
  [ACME, '971501234567', '444242#971501234567', '045677777'],
  [ACME, '+971501234567', '444242#971501234567', '045677777'],
  [ACME, '00971501234567', '444242#971501234567', '045677777'],
  [ACME, '+442079460000', '444242#442079460000', '+18009992222'],
  [ACME, '12125550100', '444242#12125550100', '+18009992222'],
  [ACME, '0501234567', '444242#0501234567', '+18009992222'],
  [JANE, '+966501234567', '444924#966501234567', '+12127771222'],
  [JANE, '00971501234567', '444924#971501234567', '+12127771222'],
  [JANE, '442079460000', '444924#442079460000', '+12127771222'],
  [JANE, '1', '444924#1', '+12127771222'],
  // visual separators (RFC 3966 section 5.1.1) and what jambonz leaves encoded
  [JANE, '+966-50-123.4567', '444924#966501234567', '+12127771222'],
  [JANE, '(966)501234567', '444924#966501234567', '+12127771222'],
  [JANE, '%2B966501234567', '444924#966501234567', '+12127771222'],
  [JANE, '%2b966501234567', '444924#966501234567', '+12127771222'],
  // patterns: the first that matches wins, default otherwise
  [
    {
      ...PLAIN,
      callerId: {
        default: '1',
        patterns: [
          { match: '^96', callerId: '2' },
          { match: '^966', callerId: '3' },
        ],
      },
    },
    '966501234567',
    '77#966501234567',
    '2',
  ],
  [
    { ...PLAIN, callerId: { default: '1', patterns: [{ match: '4567$', callerId: '2' }] } },
    '966501234567',
    '77#966501234567',
    '2',
  ],
  [
    { ...PLAIN, callerId: { default: '1', patterns: [{ match: '^97[15]', callerId: '2' }] } },
    '0097550',
    '77#97550',
    '2',
  ],
  [
    { ...PLAIN, callerId: { default: '1', patterns: [{ match: '^00966', callerId: '2' }] } },
    '00966501234567',
    '77#966501234567',
    '1',
  ],
  // a bad rule costs that rule
  [
    {
      ...PLAIN,
      callerId: {
        default: '1',
        patterns: [
          { match: '(', callerId: '2' },
          { match: '^966', callerId: '3' },
        ],
      },
    },
    '96650',
    '77#96650',
    '3',
  ],
  [
    { ...PLAIN, callerId: { default: '1', patterns: [{ match: '(?=9)', callerId: '2' }] } },
    '96650',
    '77#96650',
    '1',
  ],
  [
    { ...PLAIN, callerId: { default: 18009992222, patterns: [{ match: '^966', callerId: '3' }] } },
    '96650',
    '77#96650',
    '3',
  ],
  // fallback: the device's own number, or none
  [{ ...PLAIN, callerId: { fallback: 'anonymous' } }, '96650', '77#96650', 'anonymous'],
  // trunks
  [{ ...PLAIN, callerId: '1', techPrefix: '99' }, '96650', '9996650', '1'],
  [{ ...PLAIN, callerId: '1', enabled: true }, '96650', '77#96650', '1'],
];

/** record, dialled -> the SIP status of the refusal, the reason */
const REFUSALS: readonly [Row, string, number, string][] = [
  [ACME, '', 484, 'no-number'],
  [ACME, '+', 484, 'no-number'],
  [ACME, '00', 484, 'no-number'],
  [ACME, 'alice', 404, 'not-a-number'],
  [ACME, '1800FLOWERS', 404, 'not-a-number'],
  [ACME, '٩٦٦٥٠', 404, 'not-a-number'],
  [ACME, '966501234567@evil.example', 404, 'not-a-number'],
  [ACME, '966;phone-context=x', 404, 'not-a-number'],
  [ACME, '966?X-Evil=1', 404, 'not-a-number'],
  [ACME, '966%0d%0aX-Evil: 1', 404, 'not-a-number'],
  [ACME, '966%40evil.example', 404, 'not-a-number'],
  [ACME, '9+66', 404, 'not-a-number'],
  [ACME, '1'.repeat(33), 404, 'number-too-long'],
  [ACME, '999999#966501234567', 404, 'service-code-not-allowed'],
  [ACME, '%23966', 404, 'service-code-not-allowed'],
  [ACME, '*67%231800', 404, 'service-code-not-allowed'],
  [{ ...ACME, enabled: false }, '96650', 403, 'disabled'],
  [{ ...ACME, enabled: 'false' }, '96650', 403, 'disabled'],
  [{ ...PLAIN }, '96650', 403, 'no-caller-id'],
  [{ ...PLAIN, callerId: { fallback: 'decline' } }, '96650', 403, 'no-caller-id'],
  [{ ...PLAIN, callerId: '1', techPrefix: 77 }, '96650', 503, 'no-trunk'],
  [{ ...PLAIN, callerId: '1', outboundAuth: { username: 't' } }, '96650', 503, 'no-trunk'],
  [{ realm: REALM, username: 'bare', callerId: '1' }, '96650', 503, 'no-trunk'],
];

async function dial(
  record: Row,
  dialled: string,
  said: { from?: string; headers?: Record<string, string> } = {},
) {
  const request = invite({ aor: { username: record.username, realm: REALM }, password: 'x' }, dialled, NOW);
  const world = worldWith([record]);
  const { status, body } = await send(
    callHook,
    callHookPayload({ invite: request, dialled, ...said }),
    world,
  );
  return { status, body, decision: world.decisions[0] };
}

function expectValid(verbs: unknown): void {
  expect(() => verbSpecifications.validate({ info() {} }, verbs)).not.toThrow();
}

describe('call-hook', () => {
  test.each(DIALS)('%j dials "%s": sip:%s@, caller id %s', async (record, dialled, user, callerId) => {
    const { status, body } = await dial(record, dialled);
    expect({ status, body }).toEqual({
      status: 200,
      body: [
        {
          verb: 'dial',
          answerOnBridge: true,
          callerId,
          headers: { 'P-Asserted-Identity': '', Privacy: '' },
          target: [{ type: 'sip', sipUri: `sip:${user}@sip.carrier.example`, auth: record.outboundAuth }],
        },
        { verb: 'sip:decline', status: 503 },
      ],
    });
    expectValid(body);
  });

  test.each(REFUSALS)('%j dials "%s": %d, %s', async (record, dialled, status, because) => {
    const { body, decision } = await dial(record, dialled);
    expect(body).toEqual([{ verb: 'sip:decline', status }]);
    expect(decision).toMatchObject({ plan: { kind: 'refuse', because } });
    expectValid(body);
  });

  test("without a rule the device's own number is shown, when it is one", async () => {
    expect((await dial(PLAIN, '96650', { from: '+12125550100' })).body).toMatchObject([
      { callerId: '+12125550100' },
      {},
    ]);
    expect((await dial(PLAIN, '96650', { from: '1212;tag=9' })).body).toMatchObject([
      { verb: 'sip:decline', status: 403 },
    ]);
  });

  test('under fallback decline not even a good number of the device is shown', async () => {
    const record = { ...PLAIN, callerId: { fallback: 'decline' } };
    expect((await dial(record, '96650', { from: '+12125550100' })).body).toEqual([
      { verb: 'sip:decline', status: 403 },
    ]);
  });

  test("the device's own P-Asserted-Identity and Privacy do not reach the carrier", async () => {
    const headers = { 'p-asserted-identity': '<sip:+15550199@evil.example>', Privacy: 'id' };
    expect((await dial(ACME, '96650', { headers })).body).toMatchObject([
      { headers: { 'P-Asserted-Identity': '', Privacy: '' } },
      {},
    ]);
  });

  test.each<[string, Record<string, string>]>([
    ['nobody', { 'X-Authenticated-User': '' }],
    ['a name without a realm', { 'X-Authenticated-User': 'AcmeInc' }],
    ['a name with two @', { 'X-Authenticated-User': `AcmeInc@evil.example@${REALM}` }],
    ['somebody, and somebody else in small letters', { 'x-authenticated-user': `JaneDoe@${REALM}` }],
    ['somebody, and somebody else in mixed letters', { 'X-authenticated-User': `JaneDoe@${REALM}` }],
  ])('declines a call by %s', async (_who, headers) => {
    const { body, decision } = await dial(ACME, '96650', { headers });
    expect(body).toEqual([{ verb: 'sip:decline', status: 403 }]);
    expect(decision).toMatchObject({ plan: { because: 'no-caller' } });
  });

  test('declines a call whose only authenticated user stands in small letters', async () => {
    const payload = JSON.stringify(
      callHookPayload({
        invite: invite({ aor: { username: 'AcmeInc', realm: REALM }, password: 'x' }, '96650', NOW),
        dialled: '96650',
      }),
    );
    const { body } = await send(
      callHook,
      payload.replace('X-Authenticated-User', 'x-authenticated-user'),
      worldWith([ACME]),
    );
    expect(body).toEqual([{ verb: 'sip:decline', status: 403 }]);
  });

  test('declines a call of an account that has no record', async () => {
    expect((await dial({ ...ACME, username: 'ghost', realm: 'other.example.com' }, '96650')).body).toEqual([
      { verb: 'sip:decline', status: 403 },
    ]);
  });

  test('an outage throws, and the door says 504', async () => {
    const payload = callHookPayload({
      invite: invite({ aor: { username: 'AcmeInc', realm: REALM }, password: 'x' }, '1', NOW),
      dialled: '1',
    });
    await expect(send(callHook, payload, worldWith('out of order'))).rejects.toThrow('out of order');
  });

  test.each([[{}], [{ sip: {} }], [{ sip: { headers: {} } }], [{ sip: { headers: {} }, to: 5 }]])(
    '%j is not a call hook: 400',
    async (payload) => {
      expect(await send(callHook, payload, worldWith([ACME]))).toMatchObject({ status: 400 });
    },
  );

  test('dial-action and call-status answer with nothing to do', async () => {
    const ended = { call_sid: 'c', dial_call_status: 'completed', dial_sip_status: 200 };
    expect(await send(dialAction, ended, worldWith([]))).toEqual({ status: 200, body: [] });
    expect(
      await send(callStatus, { call_sid: 'c', call_status: 'completed', duration: 3 }, worldWith([])),
    ).toEqual({ status: 200, body: {} });
  });
});
