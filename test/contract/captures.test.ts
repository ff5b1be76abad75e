import { callHook, callStatus } from '../../lambdas/call-hook';
import { registerAuth } from '../../lambdas/register-auth';
import type { Hook } from '../../lib/hooks/signed-hook';
import { parseAuthHook } from '../../lib/jambonz/auth-hook';
import { verifySignature } from '../../lib/jambonz/signature';
import type { CallGrant } from '../../lib/registrar/auth/call-grant';
import { answerUse } from '../../lib/registrar/auth/replay';
import { CAPTURES, capture } from '../captures';
import { contextWith } from '../hook-context';

const RECORDS = [
  {
    realm: 'register.example.com',
    username: 'alice',
    password: 'alice-pass',
    techPrefix: '444242#',
    outboundAuth: { username: 'trunk-a', password: 'trunk-a-pass' },
    callerId: '0598888833',
  },
  {
    realm: 'register.example.com',
    username: 'bob',
    password: 'bob-pass',
    techPrefix: '444924#',
    outboundAuth: { username: 'trunk-b', password: 'trunk-b-pass' },
    callerId: '045677777',
  },
];

/** The accounts of the realm of the later captures; `device` shows its own number. */
const LATER = [
  ...RECORDS.map((record) => ({ ...record, realm: 'sip.example.com' })),
  { realm: 'sip.example.com', username: 'device', techPrefix: '444244#' },
];

async function replay(name: string, hook: Hook) {
  const { request, at, secret } = capture(name);
  const context = contextWith([...RECORDS, ...LATER], { now: at, secret });
  return { ...(await hook(request, context)), decisions: context.decisions };
}

describe('webhooks as a real jambonz sent them', () => {
  test.each<[string, object]>([
    ['register-post-sipp', { status: 'ok', expires: 3600 }],
    ['register-post-baresip-udp', { status: 'ok', expires: 3600 }],
    ['register-post-linphone', { status: 'ok', expires: 3600 }],
    ['register-post-no-qop', { status: 'ok', expires: 300 }],
    ['unregister-post-linphone-same-nonce-nc2', { status: 'ok', expires: 0 }],
    ['invite-auth-post-sipp', { status: 'ok' }],
    ['register-post-alice-registers-bob', { status: 'fail' }],
  ])('%s: %j', async (name, body) => {
    expect(await replay(name, registerAuth)).toMatchObject({ status: 200, body });
  });

  test("alice's right password does not register bob, and the log says why", async () => {
    const { decisions: outcomes } = await replay('register-post-alice-registers-bob', registerAuth);
    expect(outcomes).toMatchObject([{ admission: { admitted: false, because: 'wrong-aor' } }]);
  });

  test.each([
    ['callhook-post-sipp', 'sip:444242#966501234567@sip.carrier.example'],
    ['callhook-post-plus-dest', 'sip:444242#966501234567@sip.carrier.example'],
  ])('%s: dials %s', async (name, sipUri) => {
    const auth = { username: 'trunk-a', password: 'trunk-a-pass' };
    expect(await replay(name, callHook)).toMatchObject({
      status: 200,
      body: [
        { verb: 'tag' },
        { verb: 'dial', callerId: '0598888833', target: [{ type: 'sip', sipUri, auth }] },
        { verb: 'sip:decline' },
      ],
    });
  });

  test('a device that also claims another account is declined', async () => {
    expect(await replay('callhook-post-spoofed-x-authenticated-user', callHook)).toMatchObject({
      status: 200,
      body: [{ verb: 'sip:decline', status: 403 }],
    });
  });

  test('an encoded # in front of the number does not become part of a prefix', async () => {
    expect(await replay('callhook-post-percent23-dest', callHook)).toMatchObject({
      status: 200,
      body: [{ verb: 'sip:decline', status: 404 }],
    });
  });

  test.each(['call-status-1', 'call-status-3', 'call-status-5', 'call-status-7'])('%s: {}', async (name) => {
    expect(await replay(name, callStatus)).toMatchObject({ status: 200, body: {} });
  });

  test.each<[string, object]>([
    ['invite-auth-to-differs', { status: 'ok' }],
    ['invite-auth-heard', { status: 'ok' }],
    ['invite-auth-escaped', { status: 'ok' }],
  ])('%s: %j', async (name, body) => {
    expect(await replay(name, registerAuth)).toMatchObject({ status: 200, body });
  });

  test.each([
    ['callhook-to-differs', 'sip:444242#966501234567@sip.carrier.example', '966501234567'],
    ['callhook-escaped', 'sip:444242#966501234567@sip.carrier.example', '966501234567'],
    ['callhook-from-parameters', 'sip:444244#12125550123@sip.carrier.example', '12125550123'],
  ])('%s: dials %s', async (name, sipUri, number) => {
    const { body, decisions: outcomes } = await replay(name, callHook);
    expect(body).toMatchObject([
      { verb: 'tag' },
      { verb: 'dial', target: [{ sipUri }] },
      { verb: 'sip:decline' },
    ]);
    expect(outcomes).toMatchObject([{ plan: { destination: { number } } }]);
  });

  test('a From with a parameter shows its number', async () => {
    const { body } = await replay('callhook-from-parameters', callHook);
    expect(body).toMatchObject([{}, { callerId: '+12025559999' }, {}]);
  });

  test('the digest of a call and its call hook name the same number, however it is escaped', async () => {
    for (const [auth, call] of [
      ['invite-auth-to-differs', 'callhook-to-differs'],
      ['invite-auth-escaped', 'callhook-escaped'],
    ] as const) {
      const left: unknown[] = [];
      const first = capture(auth);
      const context = contextWith(LATER, {
        now: first.at,
        secret: first.secret,
        settings: { callGrant: 'enforce' },
      });
      const callGrants = {
        issue: async ({ aor: { username, realm }, ...grant }: CallGrant) =>
          left.push({ ...grant, aor: { username, realm } }) > 0,
        redeem: async (grant: CallGrant) => {
          expect(left).toEqual([grant]);
          return 'granted' as const;
        },
      };
      await registerAuth(first.request, { ...context, callGrants });
      const { body } = await callHook(capture(call).request, { ...context, callGrants });
      expect(body).toHaveLength(3);
    }
  });

  test('a copy of an INVITE from another address is another use of its digest', () => {
    const uses = ['invite-auth-heard', 'invite-auth-heard-copy-from-elsewhere'].map((name) => {
      const attempt = parseAuthHook(JSON.parse(capture(name).rawBody));
      return attempt && answerUse(attempt.digest, attempt);
    });
    expect(uses[0]?.response).toBe(uses[1]?.response);
    expect(uses[0]?.request).not.toBe(uses[1]?.request);
  });

  test('an answered call keeps its lease, an ended one releases it: our own tag comes back whole', async () => {
    const { decisions: outcomes } = await replay('call-status-own-tag-completed', callStatus);
    expect(outcomes).toMatchObject([
      { record: { status: 'completed', tag: { number: '966501234567', trunk: 'default' } } },
    ]);
    expect(await replay('call-status-own-tag-in-progress', callStatus)).toMatchObject({
      status: 200,
      decisions: [],
    });
  });

  test.each(CAPTURES)('%s bears the signature of its bytes', (name) => {
    const { request, at, secret } = capture(name);
    const { verdict } = verifySignature(request.signature, request.body, [{ secret }], at);
    expect(verdict).toBe('right');
  });

  test('five minutes and a second later the same bytes are refused', async () => {
    const { request, at, secret } = capture('register-post-sipp');
    const context = contextWith(RECORDS, { now: at + 301_000, secret });
    expect(await registerAuth(request, context)).toMatchObject({ status: 401 });
  });
});
