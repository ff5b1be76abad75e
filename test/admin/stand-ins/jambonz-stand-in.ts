import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A row of jambonz's database; whoever tests may change it. */
type Row = Record<string, unknown>;

export interface JambonzStandIn {
  readonly url: string;
  readonly account: Row;
  readonly applications: Row[];
  readonly clients: Row[];
  readonly carriers: Row[];
  readonly gateways: Row[];
  readonly phoneNumbers: Row[];
  /** Registrations: `aor`, and what mw-registrar keeps of each. */
  readonly phones: Row[];
  /** All that was written, as `PUT /Accounts/…`. */
  readonly writes: string[];
  /** Webhook rows that were made; each one that nobody refers to any more stays behind. */
  readonly webhooks: Map<string, Row>;
  readonly stop: () => Promise<void>;
}

export const ACCOUNT_SID = '9351f46a-678c-43f5-b8a6-d4eb58d131af';
export const API_KEY = '38700987-c7a4-4685-a5bb-af378f9734de';

const ACCOUNT_COLUMNS = [
  'name',
  'sip_realm',
  'is_active',
  'webhook_secret',
  'device_calling_application_sid',
  'registration_hook',
];
const APPLICATION_COLUMNS = ['name', 'account_sid', 'call_hook', 'call_status_hook', 'app_json'];

class Answer extends Error {
  constructor(
    readonly status: number,
    message = '',
  ) {
    super(message);
  }
}

/** Plays jambonz-api-server (lib/routes/api/accounts.js, applications.js, clients.js, voip-carriers.js, sip-gateways.js). */
export async function startJambonz(): Promise<JambonzStandIn> {
  const account: Row = {
    account_sid: ACCOUNT_SID,
    name: 'acme',
    sip_realm: 'sip.example.com',
    is_active: 1,
    webhook_secret: 'wh_secret_vmH4yQWg4fMrRqZDUZR3pS',
    registration_hook_sid: null,
    device_calling_application_sid: null,
  };
  const applications: Row[] = [];
  const clients: Row[] = [];
  const carriers: Row[] = [];
  const gateways: Row[] = [];
  const phoneNumbers: Row[] = [];
  const phones: Row[] = [];
  const writes: string[] = [];
  const webhooks = new Map<string, Row>();
  const makeWebhook = (hook: Row): string => {
    const sid = randomUUID();
    webhooks.set(sid, { webhook_sid: sid, method: 'POST', username: null, password: null, ...hook });
    return sid;
  };
  const hookOf = (sid: unknown): Row | null => webhooks.get(String(sid)) ?? null;
  const known = (body: Row, columns: string[]) => {
    const unknown = Object.keys(body).find((key) => !columns.includes(key));
    if (unknown) throw new Answer(500, `Unknown column '${unknown}' in 'field list'`);
  };
  const shownApplication = ({ call_hook_sid, call_status_hook_sid, ...row }: Row): Row => ({
    app_json: null,
    ...row,
    call_hook: hookOf(call_hook_sid),
    call_status_hook: hookOf(call_status_hook_sid),
    messaging_hook: null,
  });

  const routes: Record<string, (body: Row, sid: string, query: URLSearchParams) => unknown> = {
    'GET /Accounts/:sid': (_, sid) => {
      if (sid !== ACCOUNT_SID) throw new Answer(403, 'insufficient privileges');
      const { registration_hook_sid, ...row } = account;
      const hook = hookOf(registration_hook_sid);
      if (!hook) return { ...row, registration_hook: null };
      const { webhook_sid, ...shown } = hook;
      return { ...row, registration_hook: shown };
    },
    'PUT /Accounts/:sid': (body) => {
      const { registration_hook: hook, ...rest } = body;
      known(body, ACCOUNT_COLUMNS);
      if (isRow(hook)) {
        if ('webhook_sid' in hook) throw new Answer(400, 'primary key webhook_sid is immutable');
        account.registration_hook_sid = makeWebhook(hook);
      } else if (hook === null) account.registration_hook_sid = null;
      Object.assign(account, rest);
      return undefined;
    },
    'GET /Accounts/:sid/WebhookSecret': () => ({ webhook_secret: account.webhook_secret }),
    'GET /Accounts/:sid/Applications': () => applications.map(shownApplication),
    'POST /Applications': ({ call_hook, call_status_hook, ...body }) => {
      known(body, APPLICATION_COLUMNS);
      if (!isRow(call_status_hook))
        throw new Answer(500, "Cannot read properties of undefined (reading 'url')");
      if (!isRow(call_hook) || !URL.canParse(String(call_hook.url)))
        throw new Answer(400, 'call_hook invalid URL');
      const sid = randomUUID();
      applications.push({
        ...body,
        application_sid: sid,
        call_hook_sid: makeWebhook(call_hook),
        call_status_hook_sid: makeWebhook(call_status_hook),
      });
      return { sid };
    },
    'PUT /Applications/:sid': (body, sid) => {
      const row = applications.find(({ application_sid }) => application_sid === sid);
      if (!row) throw new Answer(404);
      for (const name of ['call_hook', 'call_status_hook']) {
        const hook = body[name];
        if (!isRow(hook)) continue;
        if (typeof hook.webhook_sid === 'string')
          webhooks.set(hook.webhook_sid, { ...webhooks.get(hook.webhook_sid), ...hook });
        else row[`${name}_sid`] = makeWebhook(hook);
      }
      return undefined;
    },
    'GET /Accounts/:sid/RegisteredSipUsers': () =>
      [...new Set(phones.map(({ aor }) => String(aor).split('@')[0]))].map(
        (user) => `${user}@${account.sip_realm}`,
      ),
    'POST /Accounts/:sid/RegisteredSipUsers': () =>
      phones
        .filter(({ aor }) => String(aor).endsWith(`@${account.sip_realm}`))
        .map(({ aor, ...row }) => ({ name: String(aor).split('@')[0], ...row })),
    'GET /Clients': () => clients.map((row) => ({ ...row, password: 'x****' })),
    'GET /VoipCarriers': () => carriers,
    'GET /PhoneNumbers': () => phoneNumbers,
    'GET /SipGateways': (_, __, query) =>
      gateways.filter(({ voip_carrier_sid }) => voip_carrier_sid === query.get('voip_carrier_sid')),
  };

  const server = createServer(async (request, response) => {
    try {
      if (request.headers.authorization !== `Bearer ${API_KEY}`) throw new Answer(401, 'unauthorized');
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const path = pathname.replace(/^\/v1/, '');
      const sid = /[0-9a-f-]{36}/.exec(path)?.[0] ?? '';
      const route =
        routes[`${request.method} ${path.replace(sid, ':sid').replace(/^:sid/, '')}`] ??
        (sid === '' ? routes[`${request.method} ${path}`] : undefined);
      if (!route || !pathname.startsWith('/v1/')) throw new Answer(404);
      if (request.method !== 'GET' && !path.endsWith('/RegisteredSipUsers'))
        writes.push(`${request.method} ${path}`);
      const reply = route(await readBody(request), sid, searchParams);
      const status =
        request.method === 'POST' && !path.endsWith('/RegisteredSipUsers')
          ? 201
          : reply === undefined
            ? 204
            : 200;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(reply === undefined ? '' : JSON.stringify(reply));
    } catch (cause) {
      const { status, message } = cause instanceof Answer ? cause : new Answer(500, String(cause));
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(message ? JSON.stringify({ msg: message }) : '');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    account,
    applications,
    clients,
    carriers,
    gateways,
    phoneNumbers,
    phones,
    writes,
    webhooks,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<Row> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const json: unknown = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {};
  return isRow(json) ? json : {};
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
