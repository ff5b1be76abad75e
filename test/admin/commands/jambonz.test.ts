import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from '../../../lib/admin/commands/jambonz-connect';
import { doctor } from '../../../lib/admin/commands/jambonz-doctor';
import { listPhones } from '../../../lib/admin/commands/jambonz-phones';
import { connectJambonz, type JambonzApi } from '../../../lib/admin/jambonz/jambonz-api';
import { hookUrls } from '../../../lib/admin/jambonz/jambonz-command';
import { withSecret } from '../../../lib/admin/jambonz/secret-store';
import { readLocalSecret } from '../../../lib/local/local-secret';
import { startLocalStack } from '../../../lib/local/stack';
import { virtualTimers } from '../../aws/virtual-timers';
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
        'application             none        edge-registrar, POST https://hooks.example.com/prod/call-hook#rc=2&rp=5xx',
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
      call_hook: { url: `${HOOKS}/call-hook#rc=2&rp=5xx`, method: 'POST' },
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

  test('corrects changed webhooks of the application in place, so that no unused webhook remains', async () => {
    await connectNow();
    const before = jambonz.webhooks.size;
    for (const hook of jambonz.webhooks.values())
      if (String(hook.url).includes('/call-hook')) hook.method = 'GET';
    desk.printed();
    await connectNow();
    expect(desk.printed()).toContain(
      'application edge-registrar  GET https://hooks.example.com/prod/call-hook#rc=2&rp=5xx  POST https://hooks.example.com/prod/call-hook#rc=2&rp=5xx',
    );
    expect(jambonz.webhooks.size).toBe(before);
  });

  const callHookOf = async () => (await api.applications())[0]?.call_hook?.url;
  const setCallHook = (url: string) => {
    for (const hook of jambonz.webhooks.values()) if (String(hook.url).includes('/call-hook')) hook.url = url;
  };

  test.each([`${HOOKS}/call-hook`, `${HOOKS}/call-hook#rc=5&rp=all`, `${HOOKS}/call-hook#rc=2&rp=5xx`])(
    'leaves %s as an admin wrote it',
    async (url) => {
      await connectNow();
      setCallHook(url);
      desk.printed();
      await connectNow();
      expect(desk.printed()).toBe(
        'Account acme (sip.example.com) is connected already; nothing was changed.',
      );
      expect(await callHookOf()).toBe(url);
    },
  );

  test.each([
    ['https://old.example.com/call-hook', `${HOOKS}/call-hook#rc=2&rp=5xx`],
    ['https://old.example.com/call-hook#rc=1&rp=ct', `${HOOKS}/call-hook#rc=1&rp=ct`],
  ])('of another deployment, %s becomes %s', async (before, after) => {
    await connectNow();
    setCallHook(before);
    await connectNow();
    expect(await callHookOf()).toBe(after);
  });

  describe('of a second account', () => {
    const SECOND = { name: 'second', sip_realm: 'sip.other.com', webhook_secret: 'wh_secret_second' };
    const stored = () => readLocalSecret(desk.deployment.dynamodb);

    test('keeps the secret of the first one, and says so', async () => {
      await desk.put({ realm: 'sip.example.com', username: 'alice' });
      await connectNow();
      Object.assign(jambonz.account, SECOND);
      desk.printed();
      await connectNow();
      expect(await stored()).toBe(`${SECRET},wh_secret_second`);
      const printed = desk.printed();
      expect(printed).toContain('webhook secret  another one  stored beside it');
      expect(printed).toContain('The secret that was stored before stays valid');
    });

    test('keeps it before the first record exists, too', async () => {
      await connectNow();
      Object.assign(jambonz.account, SECOND);
      await connectNow();
      expect(await stored()).toBe(`${SECRET},wh_secret_second`);
    });

    test('changes nothing the second time', async () => {
      await connectNow();
      Object.assign(jambonz.account, SECOND);
      await connectNow();
      await connectNow();
      expect(await stored()).toBe(`${SECRET},wh_secret_second`);
    });
  });

  test('of an account that made a new secret replaces the old one, where the deployment is its own', async () => {
    await desk.put(
      { realm: 'sip.example.com', username: 'alice' },
      { realm: 'acme.sip.example.com', username: 'bob' },
      { realm: 'numbers', username: '966112223300' },
    );
    await connectNow();
    jambonz.account.webhook_secret = 'wh_secret_new';
    await connectNow();
    expect(await readLocalSecret(desk.deployment.dynamodb)).toBe('wh_secret_new');
    expect(desk.printed()).not.toContain('stays valid');
  });

  test('replaces the random text that a new stack was born with', () => {
    expect(withSecret('a1'.repeat(32), SECRET, 'sip.example.com', true)).toBe(SECRET);
  });

  test('replaces a value that is not a secret', () => {
    expect(withSecret('{"key":"wh_secret_old"}', SECRET, 'sip.example.com', true)).toBe(SECRET);
  });

  test.each([
    ['no webhook secret', { webhook_secret: null }, /^the account has no webhook secret: make one/],
    ['no realm', { sip_realm: null }, /^the account has no SIP realm: set one/],
  ])('of an account with %s is refused before anything is changed', async (_, row, message) => {
    Object.assign(jambonz.account, row);
    await expect(connectNow()).rejects.toThrow(message);
    expect(jambonz.writes).toEqual([]);
  });

  test('a value that jambonz stores differently is noticed', async () => {
    const deaf: JambonzApi = { ...api, updateAccount: async () => {} };
    await expect(connect(desk.shell, desk.deployment, deaf, { hooks: HOOKS })).rejects.toThrow(
      'read back, jambonz still has a different value: registration hook is none; application of devices is none',
    );
  });

  test('in a deployment that several accounts share, only the secret of this account is replaced, and its realms stay', () => {
    const stored = JSON.stringify([
      { secret: 'wh_secret_other', realms: ['sip.other.com'] },
      { secret: 'wh_secret_old', realms: ['SIP.example.com', 'acme.sip.example.com'] },
      { secret: SECRET, realms: ['new.example.com'] },
    ]);
    expect(JSON.parse(withSecret(stored, SECRET, 'sip.example.com', true))).toEqual([
      { secret: 'wh_secret_other', realms: ['sip.other.com'] },
      { secret: SECRET, realms: ['sip.example.com', 'acme.sip.example.com', 'new.example.com'] },
    ]);
    expect(withSecret('wh_secret_old', SECRET, 'sip.example.com', false)).toBe(SECRET);
  });
});

describe('the jambonz API', () => {
  const shell = () => ({ ...desk.shell, env: { JAMBONZ_API_KEY: 'wrong' } });

  test('a refused key is reported without the key', async () => {
    const other = await connectJambonz(shell(), { api: jambonz.url, account: ACCOUNT_SID });
    await expect(other.account()).rejects.toThrow(
      `jambonz answered 401 to GET /Accounts/${ACCOUNT_SID}: it does not take this API key`,
    );
  });

  test('its errors are reported in its words', async () => {
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
  ])('wrong usage is reported before anything is sent: %j', async (options, message) => {
    await expect(connectJambonz(shell(), options)).rejects.toThrow(message);
  });

  test('a wrong base URL is reported as such', async () => {
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
    const stack = await startLocalStack(
      { PORT: '0', DYNAMODB_ENDPOINT: endpoint },
      () => {},
      virtualTimers(),
    );
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
      'wrong: the registration hook is not a complete URL: /register-auth',
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

  test('finds numbers whose calls do not reach the application, and those that do by their carrier', async () => {
    await connectNow();
    const sid = jambonz.applications[0]?.application_sid;
    await desk.put(
      { realm: 'sip.example.com', username: 'alice' },
      { realm: 'numbers', username: '966112223300', ring: ['alice@sip.example.com'] },
      { realm: 'numbers', username: '442079460001', ring: ['alice@sip.example.com'] },
    );
    jambonz.phoneNumbers.push({ number: '+442079460001', account_sid: ACCOUNT_SID, application_sid: sid });
    const lost = async () => (await findings()).found.filter((it) => it.includes('do not reach'));
    expect(await lost()).toEqual([
      'wrong: calls to 966112223300 do not reach the application for calls of devices',
    ]);
    jambonz.carriers.push({ voip_carrier_sid: 'd', name: 'BigTel', account_sid: null, application_sid: sid });
    expect(await lost()).toEqual([]);
    jambonz.phoneNumbers.push({ number: '966112223300', account_sid: null, application_sid: 'another' });
    expect(await lost()).toHaveLength(1);
  });

  const GATEWAY = (gateway: string) => ({ error: 'Forbidden', gateway, requestId: 'r1' });
  test.each<[object, string]>([
    [GATEWAY('ACCESS_DENIED'), 'look: URL may not be called from here (504, ACCESS_DENIED)'],
    [
      GATEWAY('MISSING_AUTHENTICATION_TOKEN'),
      'wrong: URL is not a path of this deployment (504, MISSING_AUTHENTICATION_TOKEN)',
    ],
    [GATEWAY('THROTTLED'), 'look: URL gets more requests than the deployment lets through (504, THROTTLED)'],
    [
      GATEWAY('INTEGRATION_FAILURE'),
      'wrong: URL is answered by the gateway alone (504, INTEGRATION_FAILURE)',
    ],
    [{ error: 'could not decide in time' }, 'wrong: URL cannot decide (504)'],
  ])('understands a 504 that says %j', async (body, expected) => {
    const server = createServer((_, response) => response.writeHead(504).end(JSON.stringify(body)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await desk.put({ realm: 'sip.example.com', username: 'alice' });
    await connect(desk.shell, desk.deployment, api, { hooks: url });
    const { json } = await doctor(desk.shell, desk.deployment, api, hookUrls(desk.deployment, url));
    server.closeAllConnections();
    server.close();
    const found = (json as { findings: { kind: string; what: string }[] }).findings
      .filter(({ what }) => what.includes('504'))
      .map(({ kind, what }) => `${kind}: ${what}`);
    const paths = ['register-auth', 'call-hook', 'call-status'];
    expect(found).toEqual(paths.map((path) => expected.replace('URL', `${url}/${path}`)));
  });

  test('takes a call hook that jambonz tries again for the one of this deployment', async () => {
    await connectNow();
    const { found } = await findings();
    expect(found.filter((it) => it.includes('this deployment is'))).toEqual([]);
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
