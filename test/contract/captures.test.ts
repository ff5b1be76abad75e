import { callHook, callStatus } from '../../lambdas/call-hook';
import { registerAuth } from '../../lambdas/register-auth';
import type { Hook } from '../../lib/jambonz/signed-hook';
import { capture } from '../captures';
import { worldWith } from '../world';

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

async function replay(name: string, hook: Hook) {
  const { request, at, secret } = capture(name);
  const world = worldWith(RECORDS, { now: at, secret });
  return { ...(await hook(request, world)), decisions: world.decisions };
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
    const { decisions } = await replay('register-post-alice-registers-bob', registerAuth);
    expect(decisions).toMatchObject([{ admission: { admitted: false, because: 'wrong-aor' } }]);
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

  test('a device that says it is somebody else as well is declined', async () => {
    expect(await replay('callhook-post-spoofed-x-authenticated-user', callHook)).toMatchObject({
      status: 200,
      body: [{ verb: 'sip:decline', status: 403 }],
    });
  });

  test('an encoded # in front of the number is no way into a prefix', async () => {
    expect(await replay('callhook-post-percent23-dest', callHook)).toMatchObject({
      status: 200,
      body: [{ verb: 'sip:decline', status: 404 }],
    });
  });

  test.each(['call-status-1', 'call-status-3', 'call-status-5', 'call-status-7'])('%s: {}', async (name) => {
    expect(await replay(name, callStatus)).toMatchObject({ status: 200, body: {} });
  });

  test('five minutes and a second later the same bytes are refused', async () => {
    const { request, at, secret } = capture('register-post-sipp');
    const world = worldWith(RECORDS, { now: at + 301_000, secret });
    expect(await registerAuth(request, world)).toMatchObject({ status: 401 });
  });
});
