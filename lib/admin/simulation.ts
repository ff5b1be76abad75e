import type { HookReply } from '../local/jambonz-simulator';
import { DEVELOPMENT_SECRET, SAMPLE_CUSTOMERS } from '../local/sample-customers';
import type { Phone } from '../local/sip-phone';
import { type Aor, formatAor } from '../registrar/record/aor';
import { isObject } from '../registrar/record/json';
import { readAor, readSecret } from './input';
import { mask } from './records/mask';
import { type Outcome, type Shell, WrongUsage } from './shell';

/** Where the local stack listens by default. */
export const LOCAL_URL = `http://127.0.0.1:${process.env.PORT ?? 3000}`;

/** Where the hooks are, and what to sign with. */
interface Target {
  readonly url: string;
  readonly secret: string;
}

export interface Meaning {
  readonly good: boolean;
  readonly text: string;
}

/** One request to a hook, and what came back. */
export interface Exchange {
  readonly what: string;
  readonly reply: HookReply;
  readonly meaning: Meaning;
}

/** Prints what it all means, then each exchange. */
export function report(shell: Shell, exchanges: readonly [...Exchange[], Exchange]): Outcome {
  const last = exchanges.at(-1) ?? exchanges[0];
  const { reply, meaning } = last;
  shell.print(
    [
      shell.paint(meaning.good ? 'green' : 'red', meaning.text),
      ...exchanges.map(
        ({ what, reply: { status, milliseconds, body } }) =>
          `  ${what}: HTTP ${status} in ${milliseconds.toFixed(0)} ms: ${JSON.stringify(mask(body))}`,
      ),
    ].join('\n'),
  );
  return { code: meaning.good ? 0 : 1, json: { ...reply, body: mask(reply.body), meaning: meaning.text } };
}

export function meaningOfAuth({ status, body }: HookReply): Meaning {
  if (status !== 200 || !isObject(body)) return { good: false, text: meaningOfStatus(status) };
  if (body.status !== 'ok')
    return { good: false, text: 'Refused: the phone gets SIP 403. Its log line says why.' };
  const { expires } = body;
  const what =
    typeof expires === 'number'
      ? expires === 0
        ? 'The phone is unregistered.'
        : `The phone is registered for ${expires} s.`
      : 'jambonz lets the call through.';
  return { good: true, text: what };
}

export function meaningOfVerbs({ status, body }: HookReply): Meaning {
  if (status !== 200 || !Array.isArray(body)) return { good: false, text: meaningOfStatus(status) };
  const dial = body.find((verb) => isObject(verb) && verb.verb === 'dial');
  if (!isObject(dial)) {
    const decline = body.find(isObject);
    return { good: false, text: `Refused: the caller gets SIP ${decline?.status}. Its log line says why.` };
  }
  const targets = Array.isArray(dial.target) ? dial.target.filter(isObject) : [];
  const [target = {}] = targets;
  if (target.type === 'user') {
    const phones = targets.map(({ name }) => name).join(', ');
    return {
      good: true,
      text: `jambonz rings ${phones} for ${dial.timeout} s with caller id ${dial.callerId}.`,
    };
  }
  const auth = isObject(target.auth) ? `, trunk user ${target.auth.username}` : '';
  return { good: true, text: `jambonz dials ${target.sipUri} with caller id ${dial.callerId}${auth}.` };
}

export function meaningOfStatus(status: number): string {
  const known: Readonly<Record<number, string>> = {
    400: 'The hook did not understand the body.',
    401: 'The webhook secret is not the one that the hook expects: set WEBHOOK_SECRET.',
    413: 'The body is too large.',
    504: 'The hook could not decide in time, or there is no such path: the phone tries again within a minute.',
  };
  return known[status] ?? `The phone gets SIP ${status}.`;
}

export async function prepareSimulation(
  shell: Shell,
  aorText: string,
  url: string,
): Promise<{ phone: Phone; target: Target }> {
  const aor = parsePhone(aorText);
  const sample = isLoopback(url) ? SAMPLE_CUSTOMERS[aor.realm.toLowerCase()]?.[aor.username] : undefined;
  const password =
    (shell.env.SIP_PASSWORD || undefined) ??
    sample?.password ??
    (await readSecret(shell, `password of ${formatAor(aor)}`, '-'));
  return { phone: { aor, password }, target: await targetAt(shell, url) };
}

/** @throws WrongUsage without a webhook secret */
export async function targetAt(shell: Shell, url: string): Promise<Target> {
  const secret =
    shell.env.WEBHOOK_SECRET?.split(',')[0]?.trim() ??
    (isLoopback(url) ? DEVELOPMENT_SECRET : await shell.askSecret('webhook secret: '));
  if (!secret) throw new WrongUsage('no webhook secret for that URL: set WEBHOOK_SECRET');
  return { url, secret };
}

/** As the phone would write it: the realm in its own letters. */
function parsePhone(text: string): Aor {
  const { username } = readAor(text);
  return { username, realm: text.slice(username.length + 1) };
}

function isLoopback(url: string): boolean {
  if (!URL.canParse(url))
    throw new WrongUsage(`"${url}" is not a URL: write one such as http://127.0.0.1:3000`);
  return /^(127\.[\d.]+|localhost|\[::1\])$/.test(new URL(url).hostname);
}
