import { callHook, callStatus, dialAction } from '../../lambdas/call-hook';
import { registerAuth } from '../../lambdas/register-auth';
import { signatureHeader } from '../../lib/jambonz/signature';
import type { HookAnswer } from '../../lib/jambonz/webhook';
import type { WebhookSecret } from '../../lib/jambonz/webhook-secrets';
import {
  authHookPayload,
  callHookPayload,
  carrierCallPayload,
  dialActionPayload,
} from '../../lib/local/jambonz-simulator';
import { invite, type Phone, register } from '../../lib/local/sip-phone';
import { BASE_URL, contextWith, NOW, send } from '../hook-context';

const A = 'wh_secret_of_account_a';
const B = 'wh_secret_of_account_b';
const FREE = 'wh_secret_of_the_operator';
const SECRETS: WebhookSecret[] = [
  { secret: A, realms: ['a.example.com', 'A2.example.com'] },
  { secret: B, realms: ['b.example.com'] },
  { secret: FREE },
];

function context() {
  const records = ['a.example.com', 'a2.example.com', 'b.example.com'].map((realm) => ({
    realm,
    username: 'alice',
    password: 'wonderland',
    techPrefix: '1#',
    callerId: '+18009992222',
  }));
  return { ...contextWith(records), secrets: async () => SECRETS };
}

const phone = (realm: string): Phone => ({ aor: { username: 'alice', realm }, password: 'wonderland' });

function statusOf({ status, body }: HookAnswer): string {
  const [first] = Array.isArray(body) ? body : [body];
  return `${status} ${first.verb ?? first.status ?? first.error}`;
}

const NOT_YOURS = '403 this webhook secret does not speak for that realm';

describe('a webhook secret that names its realms', () => {
  test.each([
    ['its own', A, 'a.example.com', '200 ok'],
    ['its other one', A, 'a2.example.com', '200 ok'],
    ['its own in other letters', A, 'A.EXAMPLE.COM', '200 ok'],
    ["another account's", B, 'a.example.com', NOT_YOURS],
    ["another account's", A, 'b.example.com', NOT_YOURS],
    ['a sub-domain of its own', A, 'x.a.example.com', NOT_YOURS],
  ])('register-auth about %s', async (_what, secret, realm, answer) => {
    expect(
      statusOf(await send(registerAuth, authHookPayload(register(phone(realm), NOW)), context(), secret)),
    ).toBe(answer);
  });

  test.each([
    ['its own', A, '200 tag'],
    ["another account's", B, NOT_YOURS],
  ])('call-hook about %s', async (_what, secret, answer) => {
    const call = callHookPayload({
      invite: invite(phone('a.example.com'), '1', NOW),
      dialled: '966501234567',
    });
    expect(statusOf(await send(callHook, call, context(), secret))).toBe(answer);
  });

  test('a refusal is logged, and nothing is looked up for it', async () => {
    const here = { ...context(), customers: contextWith('out of order').customers };
    await send(registerAuth, authHookPayload(register(phone('a.example.com'), NOW)), here, B);
    expect(here.decisions).toEqual([{ hook: 'register-auth', refused: 'realm-of-another-account' }]);
  });

  test('a secret that names none speaks for all', async () => {
    for (const realm of ['a.example.com', 'b.example.com'])
      expect(
        statusOf(await send(registerAuth, authHookPayload(register(phone(realm), NOW)), context(), FREE)),
      ).toBe('200 ok');
  });

  test('a call status is about no realm', async () => {
    const status = { call_sid: 'c', call_status: 'completed' };
    expect((await send(callStatus, status, context(), B)).status).toBe(200);
  });
});

describe('a number is about the realms of all its phones, and of the account that pays', () => {
  const ALICE_A = 'alice@a.example.com';
  const ALICE_A2 = 'alice@a2.example.com';
  const ALICE_B = 'alice@b.example.com';
  const withNumber = (fields: object) => {
    const number = { realm: 'numbers', username: '966112223300', ...fields };
    return { ...contextWith([number]), secrets: async () => SECRETS };
  };
  const call = carrierCallPayload({ called: '966112223300', from: '+33142685300', callId: 'leg' });

  test.each<[string, string, object, string]>([
    ['its own', A, { ring: [ALICE_A] }, '200 tag'],
    ['its own two', A, { ring: [ALICE_A, ALICE_A2] }, '200 tag'],
    ["another account's", B, { ring: [ALICE_A] }, '200 sip:decline'],
    ['its own, and one of another account', A, { ring: [ALICE_A, ALICE_B] }, '200 sip:decline'],
    ['the same in a later group', A, { ring: [ALICE_A, [ALICE_A, ALICE_B]] }, '200 sip:decline'],
    [
      'its own, paid by another account',
      A,
      { ring: [ALICE_A], then: { dial: '44', as: ALICE_B } },
      '200 sip:decline',
    ],
    ['several, by the secret that speaks for all', FREE, { ring: [ALICE_A, ALICE_B] }, '200 tag'],
  ])('%s', async (_what, secret, fields, answer) => {
    expect(statusOf(await send(callHook, call, withNumber(fields), secret))).toBe(answer);
  });

  test('a phone of another account that was added meanwhile does not ring', async () => {
    const { body } = await send(callHook, call, withNumber({ ring: [ALICE_A, ALICE_A2] }), A);
    const customerData = Array.isArray(body) ? body[0].data : undefined;
    const end = dialActionPayload({ callId: 'leg', customerData, dialStatus: 'failed', dialSipStatus: 404 });
    const context = withNumber({ ring: [ALICE_A, ALICE_B] });
    expect((await send(dialAction, end, context, A)).body).toEqual([{ verb: 'sip:decline', status: 403 }]);
  });

  test('call data that another account signed is not ours', async () => {
    const { body } = await send(callHook, call, withNumber({ ring: [ALICE_B, ALICE_B] }), B);
    const customerData = Array.isArray(body) ? body[0].data : undefined;
    const end = dialActionPayload({ callId: 'leg', customerData, dialStatus: 'failed', dialSipStatus: 404 });
    const onlyA = {
      ...withNumber({ ring: [ALICE_A, ALICE_A2] }),
      secrets: async () => [SECRETS[0] ?? { secret: A }],
    };
    expect((await send(dialAction, end, onlyA, A)).body).toEqual([]);
  });
});

describe('a rotated webhook secret', () => {
  const hook = authHookPayload(register(phone('a.example.com'), NOW));

  test('is asked for again when a signature does not fit, and the hook goes on', async () => {
    const asked: (string | undefined)[] = [];
    const here = {
      ...context(),
      secrets: async (doubted?: 'doubted') => {
        asked.push(doubted);
        return [{ secret: doubted ? 'wh_secret_the_new_one' : 'wh_secret_the_old_one' }];
      },
    };
    expect(statusOf(await send(registerAuth, hook, here, 'wh_secret_the_new_one'))).toBe('200 ok');
    expect(asked).toEqual([undefined, 'doubted']);
  });

  test('is not asked for again when the signature fits, is missing, or is too old', async () => {
    const asked: (string | undefined)[] = [];
    const here = {
      ...context(),
      secrets: async (doubted?: 'doubted') => {
        asked.push(doubted);
        return SECRETS;
      },
    };
    await send(registerAuth, hook, here, A);
    await registerAuth({ signature: undefined, body: '{}', baseUrl: BASE_URL }, here);
    const body = JSON.stringify(hook);
    const signature = signatureHeader(body, A, Math.floor(NOW / 1000) - 301);
    expect(await registerAuth({ signature, body, baseUrl: BASE_URL }, here)).toMatchObject({
      status: 401,
    });
    expect(asked).toEqual([undefined, undefined, undefined]);
  });
});
