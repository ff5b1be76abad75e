import { callHook } from '../../lambdas/call-hook';
import type { HookOutcome } from '../../lib/hooks/outcome';
import { callHookPayload } from '../../lib/local/jambonz-simulator';
import { SAMPLE_CUSTOMERS } from '../../lib/local/sample-customers';
import { invite } from '../../lib/local/sip-phone';
import type { CallSettings } from '../../lib/registrar/calls/call';
import type { CallPlan } from '../../lib/registrar/calls/plan';
import { BASE_URL, contextWith, NOW, send } from '../hook-context';
import {
  BUDGETS,
  CALLER_IDS,
  type CallRow,
  DESTINATIONS,
  DIAL_PLANS,
  EMERGENCIES,
  IDENTITIES,
  INHERITANCE,
  OBSERVED,
  PERMISSIONS,
  PLAIN,
  REALM,
  type Said,
  TRUNKS,
} from './call-rows';
import { COUNTRIES, EMERGENCY_ALIASES, REWRITINGS, TRUNK_IDENTITIES } from './number-rows';
import { expectValid, inWords } from './verbs-in-words';

async function dial(
  records: readonly { readonly username: string; readonly realm: string }[],
  said: string | Said,
  settings: Partial<CallSettings> = {},
) {
  const { dialled, ...more } = typeof said === 'string' ? { dialled: said } : said;
  const [{ username, realm } = PLAIN] = records;
  const request = invite({ aor: { username, realm }, password: 'x' }, dialled, NOW);
  const context = contextWith(records.map(withoutUndefined), { settings });
  const answer = await send(callHook, callHookPayload({ invite: request, dialled, ...more }), context);
  return { ...answer, plan: planIn(context.decisions) };
}

/** As JSON has it: DynamoDB holds no undefined. */
function withoutUndefined(record: object): object {
  return JSON.parse(JSON.stringify(record));
}

function planIn([outcome]: readonly HookOutcome[]): CallPlan {
  if (!outcome || !('plan' in outcome)) throw new Error('no plan was reported');
  return outcome.plan;
}

function reasonsOf(plan: CallPlan): string {
  if (plan.kind !== 'dial') return plan.because;
  const { destination, permission, callerId, attempts, would } = plan;
  const rule = 'prefix' in permission ? `${permission.because} ${permission.prefix}` : permission.because;
  const trunks = attempts.map(({ trunk, because }) => `${trunk} (${because})`).join(', ');
  const observed = would.length > 0 ? [`would ${would.join(', ')}`] : [];
  return [destination.because, rule, callerId.because, trunks, ...observed].join('; ');
}

function expectRow(row: CallRow): Promise<void> {
  const records = [{ ...PLAIN, ...row.record }, ...(row.other ? [{ ...PLAIN, ...row.other }] : [])];
  return dial(records, row.said).then(({ status, body, plan }) => {
    expect({ status, verbs: inWords(body), because: reasonsOf(plan) }).toEqual({
      status: 200,
      verbs: row.verbs,
      because: row.because,
    });
    expectValid(body);
  });
}

describe('what was dialled becomes a number', () => {
  test.each(DESTINATIONS)('$says: "$said" -> $verbs', expectRow);
});
describe('under a dial plan', () => {
  test.each(DIAL_PLANS)('$says: "$said" -> $verbs', expectRow);
});
describe('which numbers may be called', () => {
  test.each(PERMISSIONS)('$says: $verbs', expectRow);
});
describe('who is shown', () => {
  test.each(CALLER_IDS)('$says: $verbs', expectRow);
});
describe('by which trunk', () => {
  test.each(TRUNKS)('$says: $verbs', expectRow);
});
describe('minutes a day', () => {
  test.each(BUDGETS)('$says: $verbs', expectRow);
});
describe('rules that are only observed', () => {
  test.each(OBSERVED)('$says: $verbs', expectRow);
});
describe('emergency numbers', () => {
  test.each(EMERGENCIES)('$says: $verbs', expectRow);
});
describe("a customer's phones", () => {
  test.each(INHERITANCE)('$says: $verbs', expectRow);
});
describe('as people of a country dial', () => {
  test.each(COUNTRIES)('$says: "$said" -> $verbs', expectRow);
});
describe('rewritten first', () => {
  test.each(REWRITINGS)('$says: "$said" -> $verbs', expectRow);
});
describe('emergency numbers by other digits', () => {
  test.each(EMERGENCY_ALIASES)('$says: "$said" -> $verbs', expectRow);
});
describe('as each trunk wants it', () => {
  test.each(TRUNK_IDENTITIES)('$says: $verbs', expectRow);
});
describe('who calls', () => {
  test.each(IDENTITIES)('$says: $verbs', expectRow);
});

test('the table is a specification: at least 150 rows', () => {
  const tables = [
    DESTINATIONS,
    DIAL_PLANS,
    PERMISSIONS,
    CALLER_IDS,
    TRUNKS,
    BUDGETS,
    OBSERVED,
    EMERGENCIES,
    INHERITANCE,
    IDENTITIES,
  ];
  expect(tables.flat().length).toBeGreaterThanOrEqual(150);
});

describe('the first customers', () => {
  const SEED_REALM = 'register.telecomsxchange.com';
  const seed = (username: string) => ({
    ...SAMPLE_CUSTOMERS[SEED_REALM]?.[username],
    realm: SEED_REALM,
    username,
  });

  test.each([
    ['AcmeInc', '+966501234567', '444242#966501234567', '0598888833'],
    ['AcmeInc', '00971501234567', '444242#971501234567', '045677777'],
    ['AcmeInc', '442079460000', '444242#442079460000', '+18009992222'],
    ['JaneDoe', '966501234567', '444924#966501234567', '+12127771222'],
  ])('%s dials %s: sip:%s@, shown as %s', async (username, dialled, user, callerId) => {
    const { body } = await dial([seed(username)], dialled);
    const auth = {
      AcmeInc: { username: 'siptrunk1-username', password: 'siptrunk1-password' },
      JaneDoe: { username: 'siptrunk2-username', password: 'siptrunk2-password' },
    }[username];
    expect(body).toEqual([
      { verb: 'tag', data: { call: expect.any(String), mac: expect.stringMatching(/^[0-9a-f]{64}$/) } },
      {
        verb: 'dial',
        answerOnBridge: true,
        callerId,
        headers: { 'P-Asserted-Identity': `<sip:${callerId}@sip.carrier.example>`, Privacy: 'none' },
        actionHook: `${BASE_URL}/dial-action`,
        referHook: `${BASE_URL}/refer`,
        target: [{ type: 'sip', sipUri: `sip:${user}@sip.carrier.example`, auth }],
      },
      { verb: 'sip:decline', status: 503 },
    ]);
    expectValid(body);
  });
});

describe('settings of the deployment', () => {
  test('a host with a port', async () => {
    const { body } = await dial([PLAIN], '966501234567', { outboundSipHost: 'sbc.example:5070' });
    expect(inWords(body)).toBe('sip:77#966501234567@sbc.example:5070 auth t:p as +18005550100');
  });

  test('a disabled account may be kept from its emergency numbers', async () => {
    const record = { ...PLAIN, enabled: false, emergency: { numbers: ['112'] } };
    const { body } = await dial([record], '112', { emergencyForDisabled: false });
    expect(inWords(body)).toBe('decline 403');
  });
});

test('an outage throws, and the handler answers 504', async () => {
  const payload = callHookPayload({
    invite: invite({ aor: { username: 'plain', realm: REALM }, password: 'x' }, '1', NOW),
    dialled: '1',
  });
  await expect(send(callHook, payload, contextWith('out of order'))).rejects.toThrow('out of order');
});

test('a call with the authenticated user in a lower-case header only is declined', async () => {
  const payload = JSON.stringify(
    callHookPayload({
      invite: invite({ aor: { username: 'plain', realm: REALM }, password: 'x' }, '96650', NOW),
      dialled: '96650',
    }),
  );
  const spoofed = payload.replace('X-Authenticated-User', 'x-authenticated-user');
  expect((await send(callHook, spoofed, contextWith([PLAIN]))).body).toEqual([
    { verb: 'sip:decline', status: 403 },
  ]);
});

test.each([
  [{}],
  [{ sip: {} }],
  [{ sip: { headers: {} }, call_id: 'c' }],
  [{ sip: { headers: {} }, call_id: 'c', to: 5 }],
  [{ sip: { headers: {} }, to: '5' }],
  [{ sip: { headers: {} }, to: '5', call_id: '', call_sid: 5 }],
])('%j is not a call hook: 400', async (payload) => {
  expect(await send(callHook, payload, contextWith([PLAIN]))).toMatchObject({ status: 400 });
});
