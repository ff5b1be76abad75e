import * as v from 'valibot';
import { realmKey } from '../../registrar/record/aor';
import { Refused, type Shell, WrongUsage } from '../shell';

/** jambonz's own REST API (jambonz-api-server lib/routes/api), as far as this product is set up through it. */
export interface JambonzApi {
  account(): Promise<Account>;
  webhookSecret(): Promise<string | undefined>;
  applications(): Promise<readonly Application[]>;
  clients(): Promise<readonly Client[]>;
  carriers(): Promise<readonly Carrier[]>;
  gateways(carrier: Carrier): Promise<readonly Gateway[]>;
  phoneNumbers(): Promise<readonly PhoneNumber[]>;
  /** The phones that are registered now, at the account's own realm. */
  phones(): Promise<readonly RegisteredPhone[]>;
  /** Their user parts, at that realm and at names below it. */
  registeredUsers(): Promise<readonly string[]>;
  updateAccount(change: object): Promise<void>;
  /** @returns its sid */
  createApplication(application: object): Promise<string>;
  updateApplication(sid: string, change: object): Promise<void>;
}

const orNull = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema), null);
const text = v.string();
/** MySQL's booleans. */
const flag = v.pipe(
  orNull(v.union([v.boolean(), v.number()])),
  v.transform((it) => it !== null && Number(it) !== 0),
);

const webhook = v.object({ webhook_sid: v.optional(text), url: text, method: v.optional(text, 'POST') });
const account = v.object({
  name: v.optional(text, ''),
  sip_realm: orNull(text),
  is_active: v.optional(v.union([v.boolean(), v.number()]), 1),
  registration_hook: orNull(webhook),
  device_calling_application_sid: orNull(text),
});
const application = v.object({
  application_sid: text,
  name: text,
  call_hook: orNull(webhook),
  call_status_hook: orNull(webhook),
  app_json: orNull(v.unknown()),
});
const client = v.object({
  account_sid: text,
  username: text,
  is_active: v.optional(v.union([v.boolean(), v.number()]), 1),
});
const carrier = v.object({
  voip_carrier_sid: text,
  name: text,
  account_sid: orNull(text),
  trunk_type: orNull(text),
  application_sid: orNull(text),
});
const phoneNumber = v.object({ number: text, account_sid: orNull(text), application_sid: orNull(text) });
const gateway = v.object({
  ipv4: text,
  netmask: v.optional(v.number(), 32),
  inbound: flag,
  is_active: v.optional(flag, 1),
});

/** Of mw-registrar, as `POST /Accounts/:sid/RegisteredSipUsers` hands it on (lib/routes/api/accounts.js). */
const phone = v.object({
  name: text,
  contact: orNull(text),
  /** Unix ms. */
  expiryTime: orNull(v.number()),
  protocol: orNull(text),
});

export type Webhook = v.InferOutput<typeof webhook>;
export type Account = v.InferOutput<typeof account>;
export type Application = v.InferOutput<typeof application>;
export type Client = v.InferOutput<typeof client>;
export type Carrier = v.InferOutput<typeof carrier>;
export type PhoneNumber = v.InferOutput<typeof phoneNumber>;
export type Gateway = v.InferOutput<typeof gateway>;
export type RegisteredPhone = v.InferOutput<typeof phone>;

/** A hook's URL as it is requested: the part after # configures jambonz's retries (http-requestor.js). */
export function withoutFragment(url: string): string {
  return url.replace(/#.*$/s, '');
}

/** Does jambonz find this account for a realm? By its own name, or with one label more (lookup-account-by-sip-realm.js). */
export function servesRealm({ sip_realm }: Account, realm: string): boolean {
  const own = realmKey(sip_realm ?? '');
  return own !== '' && (realm === own || realm.slice(realm.indexOf('.') + 1) === own);
}

/** Where the API is, and of which account. */
export interface JambonzOptions {
  /** Such as https://jambonz.example.com/api/v1. */
  readonly api: string;
  readonly account: string;
  /** Lets the key travel without TLS. */
  readonly plainHttp?: boolean;
}

const ANSWER_WITHIN_MS = 10_000;

/**
 * Connects with the key from JAMBONZ_API_KEY, standard input, or typed unseen.
 * @throws WrongUsage when an option is none
 */
export async function connectJambonz(shell: Shell, options: JambonzOptions): Promise<JambonzApi> {
  const { api: base, account: accountSid, plainHttp = false } = options;
  const url = URL.canParse(base) ? new URL(base) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new WrongUsage(`"${base}" is not a URL: write one such as https://jambonz.example.com/api/v1`);
  const loopback = /^(127\.[\d.]+|localhost|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'http:' && !loopback && !plainHttp)
    throw new WrongUsage('over http the API key travels in plain: use https, or pass --plain-http');
  if (!/^[0-9a-f-]{36}$/i.test(accountSid))
    throw new WrongUsage(
      `"${accountSid}" is not an account SID: it looks like 9351f46a-678c-43f5-b8a6-d4eb58d131af`,
    );
  const key =
    shell.env.JAMBONZ_API_KEY ?? (await shell.askSecret('jambonz API key: ')) ?? (await shell.readLine());
  if (!key) throw new WrongUsage('no API key: set JAMBONZ_API_KEY, or pipe it in');
  return apiOf(base.replace(/\/+$/, ''), accountSid, key.trim());
}

function apiOf(base: string, accountSid: string, key: string): JambonzApi {
  const ask = <S extends v.GenericSchema>(path: string, schema: S) =>
    request(base, key, 'GET', path).then((reply) => understood(path, schema, reply));
  const ofAccount = `/Accounts/${accountSid}`;
  return {
    account: () => ask(ofAccount, account),
    webhookSecret: async () =>
      (await ask(`${ofAccount}/WebhookSecret`, v.object({ webhook_secret: orNull(text) }))).webhook_secret ??
      undefined,
    applications: () => ask(`${ofAccount}/Applications`, v.array(application)),
    clients: async () =>
      (await ask('/Clients', v.array(client))).filter(({ account_sid }) => account_sid === accountSid),
    carriers: async () =>
      (await ask(`/VoipCarriers?account_sid=${accountSid}`, v.array(carrier))).filter(
        ({ account_sid }) => account_sid === null || account_sid === accountSid,
      ),
    gateways: ({ voip_carrier_sid }) =>
      ask(`/SipGateways?voip_carrier_sid=${voip_carrier_sid}`, v.array(gateway)),
    phoneNumbers: async () =>
      (await ask('/PhoneNumbers', v.array(phoneNumber))).filter(
        ({ account_sid }) => account_sid === null || account_sid === accountSid,
      ),
    phones: async () => {
      const path = `${ofAccount}/RegisteredSipUsers`;
      return understood(path, v.array(phone), await request(base, key, 'POST', path, []));
    },
    registeredUsers: async () =>
      (await ask(`${ofAccount}/RegisteredSipUsers`, v.array(text))).map((aor) => aor.replace(/@[^@]*$/, '')),
    updateAccount: async (change) => {
      await request(base, key, 'PUT', ofAccount, change);
    },
    createApplication: async (made) => {
      const reply = await request(base, key, 'POST', '/Applications', { ...made, account_sid: accountSid });
      return understood('/Applications', v.object({ sid: text }), reply).sid;
    },
    updateApplication: async (sid, change) => {
      await request(base, key, 'PUT', `/Applications/${sid}`, change);
    },
  };
}

async function request(
  base: string,
  key: string,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const what = `${method} ${path}`;
  const response = await fetch(`${base}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const reply = parseJson(await response.text());
  if (response.ok) return reply;
  throw new Refused(`jambonz answered ${response.status} to ${what}: ${explain(response.status, reply)}`);
}

/** jambonz's errors are `{ msg }` (lib/routes/error.js). */
function explain(status: number, reply: unknown): string {
  if (status === 401) return 'it does not take this API key';
  if (status === 403)
    return 'this API key may not do that: use one of the account, or of its service provider';
  if (status === 404)
    return 'there is no such thing there: is --api right (it ends in /v1), and the account SID?';
  if (status >= 300 && status < 400) return 'it answers from somewhere else: is --api right?';
  const { success, output } = v.safeParse(v.object({ msg: text }), reply);
  return success ? output.msg.slice(0, 200) : 'it does not say why';
}

function understood<S extends v.GenericSchema>(path: string, schema: S, reply: unknown): v.InferOutput<S> {
  const { success, output } = v.safeParse(schema, reply);
  if (success) return output;
  throw new Refused(`the answer to GET ${path} is not what jambonz says: is --api right (it ends in /v1)?`);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
