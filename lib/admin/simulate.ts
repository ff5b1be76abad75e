import { announceCall, askRegisterAuth, type HookReply } from '../local/jambonz-simulator';
import { DEVELOPMENT_SECRET, SAMPLE_CUSTOMERS } from '../local/sample-customers';
import { invite, type Phone, register } from '../local/sip-phone';
import { formatAor, parseAor } from '../registrar/record/aor';
import { isObject } from '../registrar/record/json';
import { mask } from './mask';
import { type Outcome, type Shell, WrongUsage } from './shell';

/** Where the hooks are, and what to sign with. */
interface Target {
  readonly url: string;
  readonly secret: string;
}

/** `simulate register`: what a phone and jambonz send when the phone registers, and what the answer means. */
export async function simulateRegister(
  shell: Shell,
  aorText: string,
  options: { url: string; expires: number },
): Promise<Outcome> {
  const { phone, target } = await prepare(shell, aorText, options.url);
  const reply = await askRegisterAuth(
    target.url,
    register(phone, Date.now(), options.expires),
    target.secret,
  );
  return tell(shell, `REGISTER ${formatAor(phone.aor)}`, reply, meaningOfAuth(reply));
}

/** `simulate call`: the INVITE's digest is checked first, then the call is announced, as jambonz does it. */
export async function simulateCall(
  shell: Shell,
  aorText: string,
  dialled: string,
  options: { url: string; from?: string },
): Promise<Outcome> {
  const { phone, target } = await prepare(shell, aorText, options.url);
  const request = invite(phone, dialled, Date.now());
  const auth = await askRegisterAuth(target.url, request, target.secret);
  const admitted = tell(shell, `INVITE ${dialled} by ${formatAor(phone.aor)}`, auth, meaningOfAuth(auth));
  if (admitted.code !== 0) return admitted;
  const call = { invite: request, dialled, ...(options.from !== undefined && { from: options.from }) };
  const reply = await announceCall(target.url, call, target.secret);
  return tell(shell, `call to ${dialled}`, reply, meaningOfVerbs(reply));
}

interface Meaning {
  readonly good: boolean;
  readonly text: string;
}

function tell(shell: Shell, what: string, reply: HookReply, meaning: Meaning): Outcome {
  shell.print(
    `${what}\n  HTTP ${reply.status} in ${reply.milliseconds.toFixed(0)} ms: ${JSON.stringify(mask(reply.body))}\n  ${meaning.text}`,
  );
  return { code: meaning.good ? 0 : 1, json: { ...reply, body: mask(reply.body), meaning: meaning.text } };
}

function meaningOfAuth({ status, body }: HookReply): Meaning {
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

function meaningOfVerbs({ status, body }: HookReply): Meaning {
  if (status !== 200 || !Array.isArray(body)) return { good: false, text: meaningOfStatus(status) };
  const dial = body.find((verb) => isObject(verb) && verb.verb === 'dial');
  if (!isObject(dial)) {
    const decline = body.find(isObject);
    return { good: false, text: `Refused: the phone gets SIP ${decline?.status}. Its log line says why.` };
  }
  const target = Array.isArray(dial.target) && isObject(dial.target[0]) ? dial.target[0] : {};
  const auth = isObject(target.auth) ? `, trunk user ${target.auth.username}` : '';
  return { good: true, text: `jambonz dials ${target.sipUri} with caller id ${dial.callerId}${auth}.` };
}

function meaningOfStatus(status: number): string {
  const known: Readonly<Record<number, string>> = {
    400: 'The hook did not understand the body.',
    401: 'The webhook secret is not the one that the hook expects: set WEBHOOK_SECRET.',
    413: 'The body is too large.',
    504: 'The hook could not decide in time, or there is no such path: the phone tries again within a minute.',
  };
  return known[status] ?? `The phone gets SIP ${status}.`;
}

async function prepare(
  shell: Shell,
  aorText: string,
  url: string,
): Promise<{ phone: Phone; target: Target }> {
  const aor = parseAor(aorText);
  if (!aor) throw new WrongUsage(`"${aorText}" is no address of record: write username@realm`);
  const local = isLoopback(url);
  const sample = local ? SAMPLE_CUSTOMERS[aor.realm.toLowerCase()]?.[aor.username] : undefined;
  const password = shell.env.SIP_PASSWORD ?? sample?.password ?? (await shell.readLine());
  if (!password) throw new WrongUsage(`no password for ${formatAor(aor)}: set SIP_PASSWORD, or pipe it in`);
  const secret = shell.env.WEBHOOK_SECRET?.split(',')[0]?.trim() ?? (local ? DEVELOPMENT_SECRET : undefined);
  if (!secret) throw new WrongUsage('no webhook secret for that URL: set WEBHOOK_SECRET');
  return { phone: { aor, password }, target: { url, secret } };
}

function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) throw new WrongUsage(`"${url}" is no URL: write one such as http://127.0.0.1:3000`);
  return /^(127\.[\d.]+|localhost|\[::1\])$/.test(new URL(url).hostname);
}
