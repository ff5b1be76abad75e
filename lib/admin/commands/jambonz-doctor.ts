import { signatureHeader } from '../../jambonz/signature';
import { realmKey } from '../../registrar/record/aor';
import { isObject } from '../../registrar/record/json';
import { NUMBERS } from '../../registrar/record/number-key';
import { counted } from '../columns';
import { onDeployment } from '../command-line';
import type { Deployment, HookUrls } from '../deployment';
import {
  type Account,
  type Application,
  connectJambonz,
  type JambonzApi,
  servesRealm,
  type Webhook,
  withoutFragment,
} from '../jambonz/jambonz-api';
import { hookUrls, type JambonzCommandOptions, jambonzCommand, wordsOf } from '../jambonz/jambonz-command';
import { accepts, secretStore } from '../jambonz/secret-store';
import type { Outcome, Shell } from '../shell';
import { suggestion } from '../suggestion';

/** Something in jambonz that keeps phones or calls from working, or lets them past this product. */
export interface Finding {
  /** `wrong`: it cannot work so. `look`: it may be meant so. */
  readonly kind: 'wrong' | 'look';
  readonly what: string;
  readonly fix: string;
}

/** Stands for the command, which the options of this one complete. */
const CONNECT = 'run: jambonz connect';
const ANSWER_WITHIN_MS = 10_000;
const MOST_NAMED = 5;

export const doctorCommand = () =>
  jambonzCommand('doctor', 'look for the usual mistakes; changes nothing', [
    'jambonz doctor --api https://jambonz.example.com/api/v1 --account 9351f46a-678c-43f5-b8a6-d4eb58d131af --stack edge-registrar',
  ]).action((options: JambonzCommandOptions) =>
    onDeployment(options, async (shell, deployment) => {
      const hooks = options.hooks === undefined ? deployment.hooks : hookUrls(deployment, options.hooks);
      const connect = `run: ${suggestion(shell, ['jambonz', 'connect', ...wordsOf(options)], deployment)}`;
      return doctor(shell, deployment, await connectJambonz(shell, options), hooks, connect);
    }),
  );

/** `jambonz doctor`: looks for the usual mistakes, and changes nothing. */
export async function doctor(
  shell: Shell,
  deployment: Deployment,
  api: JambonzApi,
  hooks: HookUrls | undefined,
  connect = CONNECT,
): Promise<Outcome> {
  const account = await api.account();
  const application = await deviceApplication(api, account);
  const secret = await api.webhookSecret();
  const { [NUMBERS]: numbers = new Set<string>(), ...accounts } = Object.fromEntries(
    await usernamesByRealm(deployment),
  );
  const usernames = new Map(Object.entries(accounts));
  const findings = [
    ...lookAtAccount(account),
    ...lookAtHook('registration hook', account.registration_hook, hooks?.registration),
    ...lookAtApplication(account, application, hooks),
    ...(await lookAtSecret(deployment, account, secret)),
    ...lookAtRealms(account, [...usernames.keys()]),
    ...(await lookAtClients(api, usernames)),
    ...(await lookAtCarriers(api)),
    ...(await lookAtNumbers(api, account, numbers)),
    ...(await lookAtAnswers(account, application, secret, shell.now())),
  ];
  const wrong = findings.filter(({ kind }) => kind === 'wrong').length;
  shell.print(
    findings.length === 0
      ? `Account ${account.name} (${account.sip_realm}): nothing found.`
      : [
          `Account ${account.name} (${account.sip_realm ?? 'no realm'}): ${counted(wrong, 'mistake')}, ${counted(findings.length - wrong, 'thing')} to look at`,
          ...findings.map(({ kind, what, fix }) => {
            const mark = kind === 'wrong' ? shell.paint('red', 'WRONG') : shell.paint('yellow', 'LOOK ');
            return `  ${mark}  ${what}\n         ${fix.replace(CONNECT, connect)}`;
          }),
        ].join('\n'),
  );
  return { code: wrong > 0 ? 1 : 0, json: { findings } };
}

async function deviceApplication(api: JambonzApi, account: Account): Promise<Application | undefined> {
  const sid = account.device_calling_application_sid;
  return sid === null ? undefined : (await api.applications()).find((it) => it.application_sid === sid);
}

async function usernamesByRealm({ records }: Deployment): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const realms = new Map<string, Set<string>>();
  for await (const page of records.pages())
    for (const { realm, username } of page) {
      const names = realms.get(String(realm)) ?? new Set();
      realms.set(String(realm), names.add(String(username)));
    }
  return realms;
}

function lookAtAccount(account: Account): Finding[] {
  const findings: Finding[] = [];
  if (!account.sip_realm)
    findings.push(
      wrong('the account has no SIP realm', 'set one in the portal (Account): phones register at it'),
    );
  if (Number(account.is_active) === 0)
    findings.push(
      wrong('the account is not active', 'activate it: jambonz answers its phones 403, its calls 503'),
    );
  return findings;
}

function lookAtHook(name: string, hook: Webhook | null, expected: string | undefined): Finding[] {
  if (!hook) return [wrong(`there is no ${name}`, CONNECT)];
  const whole = /^https?:\/\//i.test(hook.url);
  const findings: Finding[] = [];
  if (hook.method.toUpperCase() !== 'POST')
    findings.push(
      wrong(
        `the ${name} is ${hook.method}`,
        'make it POST: with GET nothing of the request is signed, or sent',
      ),
    );
  if (!whole)
    findings.push(
      wrong(
        `the ${name} is not a complete URL: ${hook.url}`,
        'write it with https:// and the stage: jambonz drops the path of a base',
      ),
    );
  if (hook.url.startsWith('http:'))
    findings.push({
      kind: 'look',
      what: `the ${name} has no TLS: ${withoutFragment(hook.url)}`,
      fix: 'use https: digests and trunk passwords travel in it',
    });
  if (whole && expected !== undefined && withoutFragment(hook.url) !== expected)
    findings.push(wrong(`the ${name} is ${hook.url}, and this deployment is ${expected}`, CONNECT));
  return findings;
}

function lookAtApplication(
  { device_calling_application_sid: sid }: Account,
  application: Application | undefined,
  hooks: HookUrls | undefined,
): Finding[] {
  if (sid === null) return [wrong('the account has no application for calls of devices', CONNECT)];
  if (!application) return [wrong(`the application for calls of devices is not there: ${sid}`, CONNECT)];
  const { name, call_hook, call_status_hook, app_json } = application;
  return [
    ...(app_json === null || app_json === ''
      ? []
      : [
          wrong(
            `application ${name} holds verbs of its own (app_json)`,
            'remove them: jambonz runs them and never asks the call hook',
          ),
        ]),
    ...lookAtHook(`call hook of ${name}`, call_hook, hooks?.call),
    ...lookAtHook(`call status hook of ${name}`, call_status_hook, hooks?.callStatus),
  ];
}

async function lookAtSecret(
  deployment: Deployment,
  account: Account,
  secret: string | undefined,
): Promise<Finding[]> {
  if (!secret)
    return [
      wrong(
        'the account has no webhook secret',
        'make one in the portal: without it no call reaches the call hook',
      ),
    ];
  if (deployment.webhookSecret === undefined) return [];
  const stored = await secretStore(deployment).read();
  return accepts(stored, secret, account.sip_realm ?? '')
    ? []
    : [wrong("the deployment does not have the account's webhook secret", CONNECT)];
}

function lookAtRealms(account: Account, realms: readonly string[]): Finding[] {
  if (!account.sip_realm) return [];
  return realms.some((it) => servesRealm(account, it))
    ? []
    : [
        wrong(
          `no record is of realm ${realmKey(account.sip_realm)}`,
          realms.length === 0
            ? 'add some with: customers import FILE'
            : `the records are of ${realms.slice(0, MOST_NAMED).join(', ')}: is it the right account?`,
        ),
      ];
}

async function lookAtClients(
  api: JambonzApi,
  usernames: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<Finding[]> {
  const names = new Set([...usernames.values()].flatMap((it) => [...it]));
  return (await api.clients())
    .filter(({ username }) => names.has(username))
    .map(({ username }) =>
      wrong(
        `${username} is a client inside jambonz too`,
        'remove it there (Clients): jambonz checks that password and never asks the registration hook',
      ),
    );
}

async function lookAtCarriers(api: JambonzApi): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const carrier of await api.carriers()) {
    if (carrier.trunk_type === 'auth')
      findings.push({
        kind: 'look',
        what: `carrier ${carrier.name} authenticates by password`,
        fix: 'a device that uses its credentials is taken for the carrier and never reaches the hooks',
      });
    for (const { ipv4, netmask, inbound, is_active } of await api.gateways(carrier))
      if (inbound && is_active)
        findings.push({
          kind: 'look',
          what: `calls from ${ipv4}/${netmask} are of carrier ${carrier.name}, without a password`,
          fix: 'right for a carrier that brings calls to your numbers, and wrong for a customer, whose calls it would keep from the rules. Strip X-Forwarded-For at the edge: docs/reached.md says why',
        });
  }
  return findings;
}

/** A number's own application counts, else that of its carrier (sbc-inbound lib/db-utils.js). */
async function lookAtNumbers(
  api: JambonzApi,
  { device_calling_application_sid: sid }: Account,
  numbers: ReadonlySet<string>,
): Promise<Finding[]> {
  if (numbers.size === 0 || sid === null) return [];
  const byCarrier = (await api.carriers()).some(({ application_sid }) => application_sid === sid);
  const inJambonz = new Map(
    (await api.phoneNumbers()).map((it) => [it.number.replace(/^\+/, ''), it.application_sid]),
  );
  const lost = [...numbers].filter((it) => (inJambonz.get(it) ?? (byCarrier ? sid : null)) !== sid).sort();
  if (lost.length === 0) return [];
  const more = lost.length > MOST_NAMED ? ` and ${lost.length - MOST_NAMED} more` : '';
  return [
    wrong(
      `calls to ${lost.slice(0, MOST_NAMED).join(', ')}${more} do not reach the application for calls of devices`,
      'in the portal (Phone numbers) add the number and give it that application, or give it to the carrier',
    ),
  ];
}

/** Asks each hook as jambonz would, with nothing in it: 400 says that it is there and took the signature. */
async function lookAtAnswers(
  { registration_hook }: Account,
  application: Application | undefined,
  secret: string | undefined,
  now: number,
): Promise<Finding[]> {
  const urls = [registration_hook, application?.call_hook, application?.call_status_hook].flatMap((hook) =>
    hook && URL.canParse(hook.url) ? [withoutFragment(hook.url)] : [],
  );
  const found = await Promise.all(urls.map((url) => askHook(url, secret ?? '', now)));
  return found.flatMap((finding) => (finding ? [finding] : []));
}

async function askHook(url: string, secret: string, now: number): Promise<Finding | undefined> {
  const body = '{}';
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'jambonz-signature': signatureHeader(Buffer.from(body), secret, Math.floor(now / 1000)),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return meaningOf(url, response.status, await response.text());
  } catch (cause) {
    const why =
      cause instanceof Error && cause.name === 'TimeoutError'
        ? 'does not answer within 10 s'
        : 'cannot be reached from here';
    return { kind: 'look', what: `${url} ${why}`, fix: 'if jambonz reaches it, all is well' };
  }
}

function meaningOf(url: string, status: number, body: string): Finding | undefined {
  if (status === 400 && isError(body)) return undefined;
  if (status === 401) return wrong(`${url} does not take the signature of this account`, CONNECT);
  if (status === 403)
    return {
      kind: 'look',
      what: `${url} refuses requests from here (403)`,
      fix: 'is the path right, with its stage? If only addresses of jambonz are let in, all is well',
    };
  if (status === 504) return meaningOf504(url, body);
  return wrong(`${url} answers ${status}`, 'that is none of these hooks: is the path right, with its stage?');
}

/** Whatever our API Gateway refuses by itself is 504 too, with its reason in `gateway` (lib/stack/webhook-api.ts). */
function meaningOf504(url: string, body: string): Finding {
  const { gateway } = parseJson(body);
  switch (gateway) {
    case undefined:
      return wrong(`${url} cannot decide (504)`, 'its log says why: docs/runbook.md#undecided');
    case 'ACCESS_DENIED':
      return {
        kind: 'look',
        what: `${url} may not be called from here (504, ACCESS_DENIED)`,
        fix: 'if only addresses of jambonz are in the setting sbcAddresses, all is well',
      };
    case 'MISSING_AUTHENTICATION_TOKEN':
    case 'RESOURCE_NOT_FOUND':
      return wrong(
        `${url} is not a path of this deployment (504, ${gateway})`,
        `is the path right, with its stage? ${CONNECT}`,
      );
    case 'THROTTLED':
      return {
        kind: 'look',
        what: `${url} gets more requests than the deployment lets through (504, THROTTLED)`,
        fix: 'try again; if it fails again: docs/runbook.md#front-door-5xx',
      };
    default:
      return wrong(
        `${url} is answered by the gateway alone (504, ${gateway})`,
        'the function behind it did not answer: its log says why, docs/runbook.md#front-door-5xx',
      );
  }
}

function isError(body: string): boolean {
  return typeof parseJson(body).error === 'string';
}

function parseJson(body: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(body);
    return isObject(json) ? json : {};
  } catch {
    return {};
  }
}

function wrong(what: string, fix: string): Finding {
  return { kind: 'wrong', what, fix };
}
