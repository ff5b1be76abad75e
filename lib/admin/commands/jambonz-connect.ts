import { columns } from '../columns';
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
import { hookUrls, type JambonzCommandOptions, jambonzCommand } from '../jambonz/jambonz-command';
import { accepts, type SecretStore, secretStore, withSecret } from '../jambonz/secret-store';
import { type Outcome, Refused, type Shell } from '../shell';

/** How the application is called that this product makes in an account. */
const APPLICATION = 'edge-registrar';

const KEPT = 'stored beside it';

/** jambonz from 0.9.4 on asks the call hook twice more when it could not decide (docs/connect-jambonz.md). */
const TRY_AGAIN = '#rc=2&rp=5xx';

export const connectCommand = () =>
  jambonzCommand('connect', 'make the account call these hooks, and the deployment know its secret', [
    'jambonz connect --api https://jambonz.example.com/api/v1 --account 9351f46a-678c-43f5-b8a6-d4eb58d131af --stack edge-registrar',
  ])
    .option('--dry-run', 'only say what would change')
    .action((options: JambonzCommandOptions & { dryRun?: boolean }) =>
      onDeployment(options, async (shell, deployment) =>
        connect(shell, deployment, await connectJambonz(shell, options), options),
      ),
    );

/** A value in jambonz, or in the deployment, that must change. */
interface Difference {
  readonly what: string;
  readonly from: string;
  readonly to: string;
  readonly apply: (found: Found) => Promise<Found>;
}

/** What the account has, with the application that is ours, when there is one. */
interface Found {
  readonly account: Account;
  readonly application: Application | undefined;
  readonly secret: string | undefined;
  readonly stored: string | undefined;
  /** Realms of the records that this account does not serve, or no record at all: whose secret is stored? */
  readonly mayServeOthers: boolean;
}

/**
 * `jambonz connect`: makes an account call these hooks, and the deployment know the account's secret. Says first
 * what it changes, and reads all of it back; a second time there is nothing to change.
 */
export async function connect(
  shell: Shell,
  deployment: Deployment,
  api: JambonzApi,
  options: { hooks?: string; dryRun?: boolean },
): Promise<Outcome> {
  const urls = hookUrls(deployment, options.hooks);
  const store = secretStore(deployment);
  const found = await look(api, deployment, store, urls);
  const secret = found.secret;
  if (!secret)
    throw new Refused(
      'the account has no webhook secret: make one in the jambonz portal (Account, Webhook secret), then connect again',
    );
  if (!found.account.sip_realm)
    throw new Refused(
      'the account has no SIP realm: set one in the jambonz portal (Account), then connect again',
    );
  const differences = differencesOf(api, store, urls, found);
  const changes = differences.map(({ what, from, to }) => ({ what, from, to }));
  if (differences.length === 0) {
    shell.print(
      `Account ${found.account.name} (${found.account.sip_realm}) is connected already; nothing was changed.`,
    );
    return { code: 0, json: { changes: [], connected: true } };
  }
  shell.print(
    [
      `Account ${found.account.name} (${found.account.sip_realm}):`,
      columns(
        ['', 'IS', 'BECOMES'],
        changes.map(({ what, from, to }) => [what, from, to]),
        shell.width,
      ),
    ].join('\n'),
  );
  if (options.dryRun) {
    shell.print('Nothing was changed (--dry-run).');
    return { code: 0, json: { changes, connected: false } };
  }
  let state = found;
  for (const { apply } of differences) state = await apply(state);
  const left = differencesOf(api, store, urls, await look(api, deployment, store, urls));
  if (left.length > 0)
    throw new Refused(
      `read back, jambonz still has a different value: ${left.map(({ what, from }) => `${what} is ${from}`).join('; ')}`,
    );
  shell.print('Changed, and read back: all of it is so. The hooks take the new secret within five minutes.');
  if (changes.some(({ to }) => to === KEPT))
    shell.print(
      'The secret that was stored before stays valid, because it may be the one of another jambonz account. If it is not, store the new one alone: docs/deploy.md#rotate-the-webhook-secret',
    );
  return { code: 0, json: { changes, connected: true } };
}

async function look(
  api: JambonzApi,
  deployment: Deployment,
  store: SecretStore,
  urls: HookUrls,
): Promise<Found> {
  const account = await api.account();
  const applications = await api.applications();
  const ours = (it: Application) =>
    withoutFragment(it.call_hook?.url ?? '') === urls.call || it.name === APPLICATION;
  const application =
    applications.find((it) => it.application_sid === account.device_calling_application_sid && ours(it)) ??
    applications.find(ours);
  const [secret, stored] = [await api.webhookSecret(), await store.read()];
  return { account, application, secret, stored, mayServeOthers: await mayServeOthers(deployment, account) };
}

async function mayServeOthers({ records }: Deployment, account: Account): Promise<boolean> {
  let own = 0;
  for await (const page of records.pages())
    for (const { realm } of page) {
      // Only a DNS name can be the realm of an account.
      if (!String(realm).includes('.')) continue;
      if (!servesRealm(account, String(realm))) return true;
      own++;
    }
  return own === 0;
}

/** In the order in which they are changed: devices use the application only when it is complete. */
function differencesOf(api: JambonzApi, store: SecretStore, urls: HookUrls, found: Found): Difference[] {
  const { account, application, secret = '', stored } = found;
  const realm = account.sip_realm ?? '';
  const differences: Difference[] = [];
  const callHook = urls.call + (fragmentOf(application?.call_hook) ?? TRY_AGAIN);
  if (!accepts(stored, secret, realm)) {
    const text = withSecret(stored, secret, realm, found.mayServeOthers);
    differences.push({
      what: 'webhook secret',
      from: stored === undefined ? 'not stored' : 'another one',
      to: text.includes(',') && !text.startsWith('[') ? KEPT : 'stored',
      apply: async (now) => {
        await store.write(text);
        return now;
      },
    });
  }
  if (!isSet(account.registration_hook, urls.registration))
    differences.push({
      what: 'registration hook',
      from: describe(account.registration_hook),
      to: `POST ${urls.registration}`,
      apply: async (now) => {
        await api.updateAccount({ registration_hook: post(urls.registration) });
        return now;
      },
    });
  if (!application)
    differences.push({
      what: 'application',
      from: 'none',
      to: `${APPLICATION}, POST ${callHook}`,
      apply: async (now) => ({ ...now, application: await makeApplication(api, callHook, urls) }),
    });
  else if (!isSet(application.call_hook, urls.call) || !isSet(application.call_status_hook, urls.callStatus))
    differences.push({
      what: `application ${application.name}`,
      from: describe(application.call_hook),
      to: `POST ${callHook}`,
      apply: async (now) => {
        await api.updateApplication(application.application_sid, {
          call_hook: inPlaceOf(application.call_hook, callHook),
          call_status_hook: inPlaceOf(application.call_status_hook, urls.callStatus),
        });
        return now;
      },
    });
  if (!application || account.device_calling_application_sid !== application.application_sid)
    differences.push({
      what: 'application of devices',
      from: account.device_calling_application_sid ?? 'none',
      to: application?.name ?? APPLICATION,
      apply: async (now) => {
        await api.updateAccount({ device_calling_application_sid: now.application?.application_sid });
        return now;
      },
    });
  return differences;
}

async function makeApplication(api: JambonzApi, callHook: string, urls: HookUrls): Promise<Application> {
  const hooks = { call_hook: post(callHook), call_status_hook: post(urls.callStatus) };
  const sid = await api.createApplication({ name: APPLICATION, ...hooks });
  return { application_sid: sid, name: APPLICATION, ...hooks, app_json: null };
}

function isSet(hook: Webhook | null, url: string): boolean {
  return hook !== null && withoutFragment(hook.url) === url && hook.method.toUpperCase() === 'POST';
}

/** What an admin chose stays; undefined: nothing was chosen. */
function fragmentOf(hook: Webhook | null | undefined): string | undefined {
  return /#.*$/s.exec(hook?.url ?? '')?.[0];
}

function describe(hook: Webhook | null): string {
  return hook ? `${hook.method} ${hook.url}` : 'none';
}

function post(url: string): { url: string; method: string } {
  return { url, method: 'POST' };
}

/** With its sid an application's hook is changed; without, another one is made and the old one stays behind. */
function inPlaceOf(hook: Webhook | null, url: string): object {
  return hook?.webhook_sid === undefined ? post(url) : { webhook_sid: hook.webhook_sid, ...post(url) };
}
