import { connect } from '../../../lib/admin/commands/jambonz-connect';
import { doctor } from '../../../lib/admin/commands/jambonz-doctor';
import { listPhones } from '../../../lib/admin/commands/jambonz-phones';
import { connectJambonz, type JambonzApi } from '../../../lib/admin/jambonz/jambonz-api';
import { hookUrls } from '../../../lib/admin/jambonz/jambonz-command';
import { withSecret } from '../../../lib/admin/jambonz/secret-store';
import { startLocalStack } from '../../../lib/local/stack';
import { readLocalSecret } from '../../../lib/local/webhook-secret';
import { runTool } from '../../tool';
import { type Desk, openDesk } from '../desk';
import { ACCOUNT_SID, API_KEY, type JambonzStandIn, startJambonz } from '../stand-ins/jambonz-stand-in';

const HOOKS = 'https://hooks.example.com/prod';
const SECRET = 'wh_secret_vmH4yQWg4fMrRqZDUZR3pS';

let desk: Desk;
let jambonz: JambonzStandIn;
let api: JambonzApi;
beforeEach(async () => {
  desk = await openDesk();
  jambonz = await startJambonz();
  api = await connectJambonz(
    { ...desk.shell, env: { JAMBONZ_API_KEY: API_KEY } },
    { api: jambonz.url, account: ACCOUNT_SID },
  );
});
afterEach(async () => {
  await jambonz.stop();
  await desk.stop();
});

const connectNow = (options: { dryRun?: boolean } = {}) =>
  connect(desk.shell, desk.deployment, api, { hooks: HOOKS, ...options });

describe('jambonz connect', () => {
  test('says what it changes, changes it, and reads it back', async () => {
    const { code, json } = await connectNow();
    expect(desk.printed()).toBe(
      [
        'Account acme (sip.example.com):',
        '                        IS          BECOMES',
        'webhook secret          not stored  stored',
        'registration hook       none        POST https://hooks.example.com/prod/register-auth',
        'application             none        edge-registrar, POST https://hooks.example.com/prod/call-hook',
        'application of devices  none        edge-registrar',
        'Changed, and read back: all of it is so. The hooks take the new secret within five minutes.',
      ].join('\n'),
    );
    expect(code).toBe(0);
    expect(JSON.stringify(json)).not.toContain(SECRET);
    const account = await api.account();
    const [application] = await api.applications();
    expect(account.registration_hook).toEqual({ url: `${HOOKS}/register-auth`, method: 'POST' });
    expect(account.device_calling_application_sid).toBe(application?.application_sid);
    expect(application).toMatchObject({
      name: 'edge-registrar',
      call_hook: { url: `${HOOKS}/call-hook`, method: 'POST' },
      call_status_hook: { url: `${HOOKS}/call-status`, method: 'POST' },
    });
    expect(await readLocalSecret(desk.deployment.dynamodb)).toBe(SECRET);
  });

  test('a second time there is nothing to change, and nothing is written', async () => {
    await connectNow();
    desk.printed();
    jambonz.writes.splice(0);
    const { code, json } = await connectNow();
    expect(desk.printed()).toBe('Account acme (sip.example.com) is connected already; nothing was changed.');
    expect({ code, json }).toEqual({ code: 0, json: { changes: [], connected: true } });
    expect(jambonz.writes).toEqual([]);
  });

  test('--dry-run changes nothing', async () => {
    await connectNow({ dryRun: true });
    expect(desk.printed().split('\n').at(-1)).toBe('Nothing was changed (--dry-run).');
    expect(jambonz.writes).toEqual([]);
    expect(await readLocalSecret(desk.deployment.dynamodb)).toBeUndefined();
  });

  test("mends what somebody changed, in the application's own webhooks, so that none stays behind", async () => {
    await connectNow();
    const before = jambonz.webhooks.size;
    for (const hook of jambonz.webhooks.values())
      if (String(hook.url).endsWith('/call-hook')) hook.method = 'GET';
    desk.printed();
    await connectNow();
    expect(desk.printed()).toContain(
      'application edge-registrar  GET https://hooks.example.com/prod/call-hook  POST https://hooks.example.com/prod/call-hook',
    );
    expect(jambonz.webhooks.size).toBe(before);
  });

  test.each([
    ['no webhook secret', { webhook_secret: null }, /^the account has no webhook secret: make one/],
    ['no realm', { sip_realm: null }, /^the account has no SIP realm: set one/],
  ])('of an account with %s is refused before anything is changed', async (_, row, message) => {
    Object.assign(jambonz.account, row);
    await expect(connectNow()).rejects.toThrow(message);
    expect(jambonz.writes).toEqual([]);
  });

  test('whatever jambonz keeps otherwise than it was told is noticed', async () => {
    const deaf: JambonzApi = { ...api, updateAccount: async () => {} };
    await expect(connect(desk.shell, desk.deployment, deaf, { hooks: HOOKS })).rejects.toThrow(
      'read back, jambonz still has it otherwise: registration hook is none; application of devices is none',
    );
  });

  test('in a deployment that several accounts share, only the secret of this account is replaced, and its realms stay', () => {
    const stored = JSON.stringify([
      { secret: 'wh_secret_other', realms: ['sip.other.com'] },
      { secret: 'wh_secret_old', realms: ['SIP.example.com', 'acme.sip.example.com'] },
      { secret: SECRET, realms: ['new.example.com'] },
    ]);
    expect(JSON.parse(withSecret(stored, SECRET, 'sip.example.com'))).toEqual([
      { secret: 'wh_secret_other', realms: ['sip.other.com'] },
      { secret: SECRET, realms: ['sip.example.com', 'acme.sip.example.com', 'new.example.com'] },
    ]);
    expect(withSecret('wh_secret_old', SECRET, 'sip.example.com')).toBe(SECRET);
  });
});

describe('the jambonz API', () => {
  const shell = () => ({ ...desk.shell, env: { JAMBONZ_API_KEY: 'wrong' } });

  test('a key that it does not take is told without the key', async () => {
    const other = await connectJambonz(shell(), { api: jambonz.url, account: ACCOUNT_SID });
    await expect(other.account()).rejects.toThrow(
      `jambonz answered 401 to GET /Accounts/${ACCOUNT_SID}: it does not take this API key`,
    );
  });

  test('its errors are told in its words', async () => {
    await expect(api.createApplication({ name: 'x', call_hook: { url: HOOKS } })).rejects.toThrow(
      "jambonz answered 500 to POST /Applications: Cannot read properties of undefined (reading 'url')",
    );
    await expect(api.updateAccount({ nonsense: 1 })).rejects.toThrow(
      "Unknown column 'nonsense' in 'field list'",
    );
  });

  test.each([
    [{ api: 'jambonz', account: ACCOUNT_SID }, '"jambonz" is not a URL'],
    [
      { api: 'http://jambonz.example.com/v1', account: ACCOUNT_SID },
      'over http the API key travels in plain',
    ],
    [{ api: 'https://jambonz.example.com/v1', account: 'acme' }, '"acme" is not an account SID'],
  ])('wrong usage is told before anything is sent: %j', async (options, message) => {
    await expect(connectJambonz(shell(), options)).rejects.toThrow(message);
  });

  test('a wrong base URL is told as such', async () => {
    const other = await connectJambonz(
      { ...desk.shell, env: { JAMBONZ_API_KEY: API_KEY } },
      { api: jambonz.url.replace('/v1', '/api'), account: ACCOUNT_SID },
    );
    await expect(other.account()).rejects.toThrow('is --api right (it ends in /v1), and the account SID?');
  });
});

describe('jambonz doctor', () => {
  const findings = async () => {
    const { code, json } = await doctor(desk.shell, desk.deployment, api, hookUrls(desk.deployment, HOOKS));
    return {
      code,
      found: (json as { findings: { kind: string; what: string }[] }).findings.map(
        ({ kind, what }) => `${kind}: ${what}`,
      ),
    };
  };

  test('finds no mistake in an account that is connected to hooks that answer', async () => {
    const endpoint = desk.shell.env.DYNAMODB_ENDPOINT;
    const stack = await startLocalStack({ PORT: '0', DYNAMODB_ENDPOINT: endpoint }, () => {});
    try {
      await desk.put({
        realm: 'sip.example.com',
        username: 'alice',
        ha1: 'c2259bf057179dae2de80a2dfa26dac2',
      });
      await connect(desk.shell, desk.deployment, api, { hooks: stack.url });
      desk.printed();
      const shell = { ...desk.shell, now: Date.now };
      const { code } = await doctor(shell, desk.deployment, api, hookUrls(desk.deployment, stack.url));
      const printed = desk.printed().replaceAll(stack.url, 'URL');
      expect(printed).toBe(
        [
          'Account acme (sip.example.com): 0 mistakes, 3 things to look at',
          ...['register-auth', 'call-hook', 'call-status'].flatMap((path) => [
            `  LOOK   the ${path === 'register-auth' ? 'registration hook' : path === 'call-hook' ? 'call hook of edge-registrar' : 'call status hook of edge-registrar'} has no TLS: URL/${path}`,
            '         use https: digests and trunk passwords travel in it',
          ]),
        ].join('\n'),
      );
      expect(code).toBe(0);
    } finally {
      await stack.stop();
    }
  });

  test('finds the usual mistakes, each with its fix', async () => {
    Object.assign(jambonz.account, {
      sip_realm: null,
      is_active: 0,
      webhook_secret: null,
      registration_hook_sid: 'a',
      device_calling_application_sid: 'b',
    });
    jambonz.webhooks.set('a', { url: '/register-auth', method: 'GET' });
    jambonz.webhooks.set('c', { url: 'https://127.0.0.1:1/call-hook', method: 'POST' });
    jambonz.applications.push({
      application_sid: 'b',
      name: 'menu',
      call_hook_sid: 'c',
      app_json: '[{"verb":"say"}]',
    });
    jambonz.clients.push({ account_sid: ACCOUNT_SID, username: 'alice', is_active: 1 });
    jambonz.clients.push({ account_sid: 'another', username: 'bob', is_active: 1 });
    jambonz.carriers.push({ voip_carrier_sid: 'd', name: 'BigTel', account_sid: null, trunk_type: 'auth' });
    jambonz.gateways.push({
      voip_carrier_sid: 'd',
      ipv4: '192.0.2.0',
      netmask: 24,
      inbound: 1,
      is_active: 1,
    });
    jambonz.gateways.push({
      voip_carrier_sid: 'd',
      ipv4: '192.0.2.9',
      netmask: 32,
      inbound: 0,
      is_active: 1,
    });
    await desk.put(
      { realm: 'sip.example.com', username: 'alice' },
      { realm: 'sip.example.com', username: 'bob' },
    );
    const { code, found } = await findings();
    expect(code).toBe(1);
    expect(found).toEqual([
      'wrong: the account has no SIP realm',
      'wrong: the account is not active',
      'wrong: the registration hook is GET',
      'wrong: the registration hook is no whole URL: /register-auth',
      'wrong: application menu holds verbs of its own (app_json)',
      'wrong: the call hook of menu is https://127.0.0.1:1/call-hook, and this deployment is https://hooks.example.com/prod/call-hook',
      'wrong: there is no call status hook of menu',
      'wrong: the account has no webhook secret',
      'wrong: alice is a client inside jambonz too',
      'look: carrier BigTel authenticates by password',
      'look: calls from 192.0.2.0/24 are of carrier BigTel, without a password',
      'look: https://127.0.0.1:1/call-hook cannot be reached from here',
    ]);
    expect(jambonz.writes).toEqual([]);
  });

  test('finds a deployment that has another secret, and an account of another realm', async () => {
    await desk.put({ realm: 'other.example.com', username: 'alice' });
    const { found } = await findings();
    expect(found).toEqual([
      'wrong: there is no registration hook',
      'wrong: the account has no application for calls of devices',
      "wrong: the deployment does not have the account's webhook secret",
      'wrong: no record is of realm sip.example.com',
    ]);
  });
});

describe('jambonz phones', () => {
  test('lists who is registered beside our records, names below the realm included', async () => {
    const until = Date.parse('2026-11-23T13:00:00Z');
    const contact = 'sip:1@192.0.2.7:5060';
    jambonz.phones.push(
      { aor: 'alice@sip.example.com', contact, expiryTime: until, protocol: 'udp' },
      { aor: 'stranger@sip.example.com', contact, expiryTime: until, protocol: 'tls' },
      { aor: 'carol@acme.sip.example.com', contact, expiryTime: until, protocol: 'udp' },
    );
    await desk.put(
      { realm: 'sip.example.com', username: 'alice' },
      { realm: 'sip.example.com', username: 'bob', enabled: false },
      { realm: 'acme.sip.example.com', username: 'carol' },
      { realm: 'other.example.com', username: 'dave' },
    );
    const { code, json } = await listPhones(desk.shell, desk.deployment, api);
    expect(desk.printed()).toBe(
      [
        'AOR                         REGISTERED UNTIL          OVER  RECORD    CONTACT',
        'alice@sip.example.com       2026-11-23T13:00:00.000Z  udp   enabled   sip:1@192.0.2.7:5060',
        'bob@sip.example.com         -                         -     disabled  -',
        'carol@acme.sip.example.com  yes                       -     enabled   -',
        'stranger@sip.example.com    2026-11-23T13:00:00.000Z  tls   none      sip:1@192.0.2.7:5060',
        '3 of 4 phones registered, 1 of them without a record',
      ].join('\n'),
    );
    expect(code).toBe(0);
    expect(json).toHaveLength(4);
    expect(jambonz.writes).toEqual([]);
  });

  test('is a command', async () => {
    const args = ['--api', jambonz.url, '--account', ACCOUNT_SID, '--json'];
    const { code, out } = await runTool(['jambonz', 'phones', ...args], {
      env: { JAMBONZ_API_KEY: API_KEY, DYNAMODB_ENDPOINT: String(desk.shell.env.DYNAMODB_ENDPOINT) },
    });
    expect({ code, json: JSON.parse(out) }).toEqual({ code: 0, json: [] });
  });
});
