import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { connectDocumentClient } from '../../lib/aws/tools/document-client';
import {
  announceCall,
  askRegisterAuth,
  callStatusPayload,
  dialActionPayload,
  postHook,
} from '../../lib/local/jambonz-simulator';
import { DEVELOPMENT_SECRET } from '../../lib/local/sample-customers';
import { invite, register } from '../../lib/local/sip-phone';
import { type LocalStack, startLocalStack } from '../../lib/local/stack';
import { virtualTimers } from '../aws/virtual-timers';

const FREE = { PORT: '0', DYNAMODB_PORT: '0' };
const CUSTOMERS = {
  'pbx.example.com': {
    '1001': {
      password: 'one',
      techPrefix: '11#',
      outboundAuth: { username: 't1', password: 'carrier-secret-1' },
      callerId: '+12125550101',
    },
    '1002': {
      password: 'two',
      techPrefix: '22#',
      outboundAuth: { username: 't2', password: 'carrier-secret-2' },
      callerId: { default: '+12125550102', patterns: [{ match: '^44', callerId: '+442079460000' }] },
    },
  },
  'Shop.Example.com': {
    till: {
      password: 'three',
      techPrefix: '33#',
      outboundAuth: { username: 't3', password: 'carrier-secret-3' },
      callerId: '+12125550103',
    },
  },
};

let folder: string;
const running: LocalStack[] = [];
const lines: object[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edge-registrar-'));
});

afterEach(async () => {
  for (const stack of running.splice(0)) await stack.stop();
  lines.length = 0;
});

afterAll(() => rm(folder, { recursive: true }));

async function start(env: Record<string, string> = {}): Promise<LocalStack> {
  const stack = await startLocalStack({ ...FREE, ...env }, (line) => lines.push(line), virtualTimers());
  running.push(stack);
  return stack;
}

async function fileWith(text: string): Promise<string> {
  const file = join(folder, 'customers.json');
  await writeFile(file, text);
  return file;
}

describe('the local stack', () => {
  test('serves the two sample customers', async () => {
    const { url } = await start();
    const phone = {
      aor: { username: 'JaneDoe', realm: 'register.telecomsxchange.com' },
      password: 'sip-password',
    };
    expect(await askRegisterAuth(url, register(phone, Date.now()), DEVELOPMENT_SECRET)).toMatchObject({
      status: 200,
      body: { status: 'ok', expires: 3600 },
    });
  });

  test('registers and calls every account of another customers file, and tells customers apart at the carrier', async () => {
    const { url } = await start({
      CUSTOMERS_FILE: await fileWith(JSON.stringify(CUSTOMERS)),
      OUTBOUND_SIP_HOST: 'trunk.example.net:5080',
    });
    const seen = [];
    for (const [realm, accounts] of Object.entries(CUSTOMERS)) {
      for (const [username, { password }] of Object.entries(accounts)) {
        const phone = { aor: { username, realm }, password };
        const registered = await askRegisterAuth(url, register(phone, Date.now()), DEVELOPMENT_SECRET);
        const request = invite(phone, '00442079461234', Date.now());
        const admitted = await askRegisterAuth(url, request, DEVELOPMENT_SECRET);
        const { body } = await announceCall(
          url,
          { invite: request, dialled: '00442079461234' },
          DEVELOPMENT_SECRET,
        );
        const [, { callerId, target }] = body as [
          object,
          { callerId: string; target: [{ sipUri: string; auth: { username: string } }] },
        ];
        seen.push([registered.body, admitted.body, target[0].sipUri, target[0].auth.username, callerId]);
      }
    }
    expect(seen).toEqual([
      [
        { status: 'ok', expires: 3600 },
        { status: 'ok' },
        'sip:11#442079461234@trunk.example.net:5080',
        't1',
        '+12125550101',
      ],
      [
        { status: 'ok', expires: 3600 },
        { status: 'ok' },
        'sip:22#442079461234@trunk.example.net:5080',
        't2',
        '+442079460000',
      ],
      [
        { status: 'ok', expires: 3600 },
        { status: 'ok' },
        'sip:33#442079461234@trunk.example.net:5080',
        't3',
        '+12125550103',
      ],
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/carrier-secret|"one"|"two"|"three"/);
  });

  test('answers as API Gateway does: POST only, and these paths only', async () => {
    const { url } = await start();
    const get = await fetch(`${url}/register-auth`);
    const elsewhere = await fetch(`${url}/toString`, { method: 'POST', body: '{}' });
    expect([get.status, elsewhere.status]).toEqual([504, 504]);
  });

  test('takes any secret of a list, and no other', async () => {
    const { url } = await start({ WEBHOOK_SECRET: 'wh_secret_new,wh_secret_old' });
    const phone = {
      aor: { username: 'AcmeInc', realm: 'register.telecomsxchange.com' },
      password: 'sip-pass',
    };
    const statuses = [];
    for (const secret of ['wh_secret_new', 'wh_secret_old', DEVELOPMENT_SECRET]) {
      statuses.push((await askRegisterAuth(url, register(phone, Date.now()), secret)).status);
    }
    expect(statuses).toEqual([200, 200, 401]);
  });

  test('serves a whole call: the second trunk after the first failed, a lease, and one record', async () => {
    const { url } = await start({
      CUSTOMERS_FILE: await fileWith(
        JSON.stringify({
          'a.example': {
            bob: {
              password: 'x',
              callerId: '+18005550100',
              limits: { maxConcurrentCalls: 1 },
              trunks: [
                { name: 'first', host: 'a.carrier.example' },
                { name: 'second', host: 'b.carrier.example' },
              ],
            },
          },
        }),
      ),
    });
    const call = async (callId: string) => {
      const bob = { aor: { username: 'bob', realm: 'a.example' }, password: 'x' };
      const request = invite(bob, '442079461234', Date.now());
      await askRegisterAuth(url, request, DEVELOPMENT_SECRET);
      return announceCall(url, { invite: request, dialled: '442079461234', callId }, DEVELOPMENT_SECRET);
    };
    type Dialling = [{ data: object }, { actionHook: string; target: [{ sipUri: string }] }, object];
    const [tag, dial] = (await call('leg-1')).body as Dialling;
    expect(dial.actionHook).toBe(`${url}/dial-action`);
    expect((await call('leg-2')).body).toEqual([{ verb: 'sip:decline', status: 480 }]);

    const failed = dialActionPayload({
      callId: 'leg-1',
      customerData: tag.data,
      dialStatus: 'failed',
      dialSipStatus: 503,
    });
    const next = (await postHook(url, '/dial-action', failed, DEVELOPMENT_SECRET)).body as Dialling;
    expect(next[1].target[0].sipUri).toBe('sip:442079461234@b.carrier.example');

    const completed = callStatusPayload({
      callId: 'leg-1',
      customerData: next[0].data,
      status: 'completed',
      sipStatus: 200,
      duration: 7,
    });
    await postHook(url, '/call-status', completed, DEVELOPMENT_SECRET);
    await postHook(url, '/call-status', completed, DEVELOPMENT_SECRET);
    expect((await call('leg-3')).body).toHaveLength(3);
    expect(lines.filter((line) => 'answer' in line && line.answer === 'ended')).toMatchObject([
      { aor: 'bob@a.example', trunk: 'second', attempt: 2, duration: 7, because: 'completed' },
    ]);
  });

  test('serves dial-action and call-status', async () => {
    const { url } = await start();
    const ended = { call_sid: 'c', dial_call_status: 'failed', dial_sip_status: 503 };
    expect(await postHook(url, '/dial-action', ended, DEVELOPMENT_SECRET)).toMatchObject({
      status: 200,
      body: [],
    });
    expect(
      await postHook(url, '/call-status', { call_sid: 'c', call_status: 'trying' }, DEVELOPMENT_SECRET),
    ).toMatchObject({ status: 200, body: {} });
  });

  test('says 504 when its DynamoDB is out of reach, and never fail', async () => {
    const { url, dynamodbEndpoint } = await start();
    const other = await startLocalStack({ ...FREE, DYNAMODB_ENDPOINT: dynamodbEndpoint }, (line) =>
      lines.push(line),
    );
    await running.pop()?.stop();
    const phone = {
      aor: { username: 'AcmeInc', realm: 'register.telecomsxchange.com' },
      password: 'sip-pass',
    };
    const { status } = await askRegisterAuth(other.url, register(phone, Date.now()), DEVELOPMENT_SECRET);
    await other.stop();
    expect(url).not.toBe(other.url);
    expect(status).toBe(504);
  });

  test('keeps its tables in DATA_DIR, and an admin’s change of a sample with them', async () => {
    const DATA_DIR = join(folder, 'data');
    const first = await start({ DATA_DIR });
    const dynamodb = connectDocumentClient(first.dynamodbEndpoint);
    const key = { realm: 'register.telecomsxchange.com', username: 'AcmeInc' };
    await dynamodb.send(new PutCommand({ TableName: 'Customers', Item: { ...key, password: 'changed' } }));
    await running.pop()?.stop();
    const second = await start({ DATA_DIR });
    const { Item } = await connectDocumentClient(second.dynamodbEndpoint).send(
      new GetCommand({ TableName: 'Customers', Key: key }),
    );
    expect(Item).toEqual({ ...key, password: 'changed' });
  });

  test('loads a record with a bad field, and reports it', async () => {
    const { loaded } = await start({
      CUSTOMERS_FILE: await fileWith('{"a.example":{"bob":{"password":5}}}'),
    });
    expect(loaded).toMatchObject([
      { at: 'a.example / bob', problems: [{ path: 'password', fix: 'write it as text, in quotes' }] },
    ]);
  });
});

describe('the local stack does not start, and says why in one line,', () => {
  test.each([
    ['{"oops', /^CUSTOMERS_FILE .*customers\.json: .*JSON/],
    ['5', /the file must hold an object, \{ "realm": \{ "username": \{ … \} \} \}, or a list of records$/],
    ['[5]', /customers\.json: \[0\] must hold an object/],
    ['{"a.example": 5}', /customers\.json: a\.example must hold an object/],
    ['{"a.example": {"bob": "x"}}', /customers\.json: a\.example \/ bob must hold an object/],
    [
      '{"a b": {"bob": {}}}',
      /a b \/ bob: realm write a DNS name with a dot in it, such as sip\.example\.com$/,
    ],
  ])('with the customers file %s', async (text, message) => {
    await expect(start({ CUSTOMERS_FILE: await fileWith(text) })).rejects.toThrow(message);
  });

  test('with a customers file that is not there', async () => {
    await expect(start({ CUSTOMERS_FILE: join(folder, 'nowhere.json') })).rejects.toThrow(
      /nowhere\.json: ENOENT/,
    );
  });

  test.each([
    ['PORT', 'PORT'],
    ['DYNAMODB_PORT', 'DYNAMODB_PORT'],
  ])('when %s is taken', async (name) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(start({ [name]: String(port) })).rejects.toThrow(
      `port ${port} is taken: stop what listens there, or set ${name} to another (0: any free one)`,
    );
    other.close();
  });

  test.each(['http', '-1', '65536', '3000x'])('with PORT=%s', async (PORT) => {
    await expect(start({ PORT })).rejects.toThrow(`PORT is "${PORT}": write a port, 0 to 65535`);
  });

  test('with settings of the hooks that are wrong, and names them all', async () => {
    await expect(start({ CALL_GRANT: 'on', LOG_LEVEL: 'all' })).rejects.toThrow(
      'CALL_GRANT is "on": write off, observe or enforce\nLOG_LEVEL is "all": write INFO, WARN or ERROR',
    );
  });

  test('with a webhook secret that is empty', async () => {
    await expect(start({ WEBHOOK_SECRET: ' ' })).rejects.toThrow('no webhook secret is set');
  });
});
