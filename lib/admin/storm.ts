import { setTimeout as sleep } from 'node:timers/promises';
import { type CustomerRecords, customerRecords, type Item } from '../aws/customer-records';
import { connectDocumentClient } from '../aws/document-client';
import { askLocalStack } from '../local/about';
import { LOCAL_TABLES } from '../local/dynamodb';
import { announceCall, askRegisterAuth, type HookReply } from '../local/jambonz';
import { invite, type Phone, register } from '../local/phone';
import { DEVELOPMENT_SECRET } from '../local/sample-customers';
import { hashCredentials } from '../registrar/digest';
import { isObject } from '../registrar/json';
import { columns } from './columns';
import { type Outcome, type Progress, type Shell, WrongUsage } from './shell';

export interface StormOptions {
  readonly url: string;
  /** Phones that take turns. */
  readonly users: number;
  /** Phones that begin something, a second. */
  readonly rate: number;
  readonly seconds: number;
}

/** What became of one request to a hook. */
export interface Sample {
  readonly hook: 'register' | 'invite' | 'call';
  /** `ok`, `fail`, `dial`, `decline 403`, `HTTP 504`, `no answer` … */
  readonly answer: string;
  readonly milliseconds: number;
}

const REALM = 'storm.example';
const PASSWORD = 'only-for-the-storm';
const GOOD: readonly string[] = ['ok', 'dial'];

/**
 * `simulate storm`: phones register and call in turns, at a fixed rate whatever the answers take, against the local
 * stack only. Its accounts are made before and removed after.
 */
export async function storm(shell: Shell, options: StormOptions): Promise<Outcome> {
  const { url, users, rate, seconds } = options;
  const about = await askLocalStack(url);
  if (!about)
    throw new WrongUsage(
      `no local stack answers at ${url}, and a storm is for one: npx edge-registrar start`,
    );
  const secret = shell.env.WEBHOOK_SECRET?.split(',')[0]?.trim() ?? DEVELOPMENT_SECRET;
  const dynamodb = connectDocumentClient(about.dynamodbEndpoint);
  const records = customerRecords(dynamodb, LOCAL_TABLES.customers);
  const names = Array.from({ length: users }, (_, at) => `storm-${at}`);
  try {
    await makeAccounts(records, names);
    shell.print(`storm: ${users} users, ${rate} a second for ${seconds} s, against ${url}`);
    const progress = shell.progress('phones', rate * seconds);
    const samples = await blow(shell, options, names, secret, progress);
    const result = summarise(samples);
    shell.print(describe(result));
    return { code: Object.keys(result.answers).every((it) => GOOD.includes(it)) ? 0 : 1, json: result };
  } finally {
    await removeAccounts(records, names);
    dynamodb.destroy();
  }
}

/** Every even phone registers, every odd one calls: its INVITE is checked, then its call announced. */
async function blow(
  shell: Shell,
  { url, rate, seconds }: StormOptions,
  names: readonly string[],
  secret: string,
  progress: Progress,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const under: Promise<void>[] = [];
  let stopped = false;
  void shell.interrupted().then(() => {
    stopped = true;
  });
  const started = performance.now();
  for (let at = 0; at < rate * seconds && !stopped; at++) {
    const due = started + (at * 1000) / rate;
    await sleep(Math.max(0, due - performance.now()));
    const username = names[at % names.length] ?? '';
    const phone: Phone = { aor: { username, realm: REALM }, password: PASSWORD };
    const acting = at % 2 === 0 ? registerOnce(url, phone, secret, due) : callOnce(url, phone, secret, due);
    under.push(
      acting.then((made) => {
        samples.push(...made);
        progress.advance(1);
      }),
    );
  }
  await Promise.all(under);
  progress.stop();
  return samples;
}

async function registerOnce(url: string, phone: Phone, secret: string, due: number): Promise<Sample[]> {
  return [await measure('register', due, () => askRegisterAuth(url, register(phone, Date.now()), secret))];
}

async function callOnce(url: string, phone: Phone, secret: string, due: number): Promise<Sample[]> {
  const request = invite(phone, '0012125550123', Date.now());
  const admitted = await measure('invite', due, () => askRegisterAuth(url, request, secret));
  if (admitted.answer !== 'ok') return [admitted];
  const call = { invite: request, dialled: '0012125550123' };
  return [admitted, await measure('call', performance.now(), () => announceCall(url, call, secret))];
}

/** From when it was due, not from when it was sent: a stack that makes others wait does not look fast. */
async function measure(hook: Sample['hook'], due: number, ask: () => Promise<HookReply>): Promise<Sample> {
  const answer = await ask().then(kindOf, () => 'no answer');
  return { hook, answer, milliseconds: performance.now() - due };
}

function kindOf({ status, body }: HookReply): string {
  if (status !== 200) return `HTTP ${status}`;
  if (isObject(body)) return String(body.status);
  const verbs = Array.isArray(body) ? body.filter(isObject) : [];
  if (verbs.some(({ verb }) => verb === 'dial')) return 'dial';
  return `decline ${verbs.find(({ verb }) => verb === 'sip:decline')?.status ?? ''}`.trim();
}

async function makeAccounts(records: CustomerRecords, names: readonly string[]): Promise<void> {
  const known = await records.findMany(names.map((username) => ({ realm: REALM, username })));
  for (const username of names) await records.write(account(username), known.get(`${username}@${REALM}`));
}

function account(username: string): Item {
  const ha1 = hashCredentials(username, REALM, PASSWORD);
  return { realm: REALM, username, ha1, techPrefix: '999#', callerId: '+12125550100' };
}

async function removeAccounts(records: CustomerRecords, names: readonly string[]): Promise<void> {
  const known = await records.findMany(names.map((username) => ({ realm: REALM, username })));
  for (const item of known.values()) await records.remove(item);
}

interface Latencies {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** What a storm showed, in ms. */
export interface StormResult {
  readonly hooks: Readonly<Partial<Record<Sample['hook'], Latencies>>>;
  readonly answers: Readonly<Record<string, number>>;
  /** How many took less than `below` ms, and not less than the bucket before. */
  readonly histogram: readonly { readonly below: number; readonly count: number }[];
}

export function summarise(samples: readonly Sample[]): StormResult {
  const of = (hook: Sample['hook']) => samples.filter((it) => it.hook === hook).map((it) => it.milliseconds);
  const hooks = (['register', 'invite', 'call'] as const).flatMap((hook) => {
    const times = of(hook);
    return times.length > 0 ? [[hook, latenciesOf(times)] as const] : [];
  });
  const answers: Record<string, number> = {};
  for (const { answer } of samples) answers[answer] = (answers[answer] ?? 0) + 1;
  return {
    hooks: Object.fromEntries(hooks),
    answers,
    histogram: histogramOf(samples.map((it) => it.milliseconds)),
  };
}

function latenciesOf(times: readonly number[]): Latencies {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { count: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

/** Buckets that double, from the first that holds something to the last. */
function histogramOf(times: readonly number[]): { below: number; count: number }[] {
  const buckets: { below: number; count: number }[] = [];
  for (let below = 1, from = 0; from <= Math.max(...times, 0); from = below, below *= 2)
    buckets.push({ below, count: times.filter((it) => it >= from && it < below).length });
  return buckets.slice(buckets.findIndex(({ count }) => count > 0));
}

const LONGEST_BAR = 40;

/** For people. */
export function describe({ hooks, answers, histogram }: StormResult): string {
  const ms = (value: number) => value.toFixed(1);
  const most = Math.max(...histogram.map(({ count }) => count), 1);
  return [
    columns(
      ['HOOK', 'ANSWERS', 'P50 ms', 'P90 ms', 'P99 ms', 'MAX ms'],
      Object.entries(hooks).map(([hook, { count, p50, p90, p99, max }]) => [
        hook,
        String(count),
        ms(p50),
        ms(p90),
        ms(p99),
        ms(max),
      ]),
    ),
    `answers: ${Object.entries(answers)
      .map(([answer, count]) => `${answer} ${count}`)
      .join(', ')}`,
    ...histogram.map(
      ({ below, count }) =>
        `  < ${String(below).padStart(5)} ms  ${'#'.repeat(Math.ceil((count / most) * LONGEST_BAR)).padEnd(LONGEST_BAR)}  ${count}`,
    ),
  ].join('\n');
}
