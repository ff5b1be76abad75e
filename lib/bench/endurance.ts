import { register } from '../local/phone';
import type { Gate } from './gate';
import { bytesOf, load } from './load';
import { authPost, phoneOf, SECRET } from './phones';
import { type BenchProcess, withProcesses } from './process';
import { exact } from './statistics';
import { customersFile, OK } from './throughput';

/** What 200 phones make of the local gateway in a minute, and what strangers make of its memory. */
export interface Endurance {
  readonly phones: number;
  readonly seconds: number;
  readonly answers: number;
  readonly errors: number;
  /** Milliseconds by percentile. */
  readonly latency: Readonly<Record<string, number>>;
  /** How many answers took up to so many ms: a histogram with growing steps. */
  readonly histogram: readonly { readonly upTo: number; readonly answers: number }[];
  /** MB, one sample a second. */
  readonly rss: readonly number[];
  readonly strangers: { readonly users: number; readonly rss: readonly number[] };
  readonly gates: readonly Gate[];
}

const PHONES = 200;
/** Between an answer and the phone's next REGISTER. */
const PAUSE_MS = 1000;
/** The phones come one after the other: all at once they would measure how fast the embedded DynamoDB starts. */
const RAMP_MS = 8_000;
const STRANGERS = 100_000;

/** @param seconds how long the 200 phones go on */
export async function measureEndurance(seconds: number): Promise<Endurance> {
  return withProcesses(async (start, folder) => {
    const dynamodb = await start('dynamodb-server');
    const gateway = await start('gateway-server', {
      PORT: '0',
      DYNAMODB_ENDPOINT: `http://127.0.0.1:${dynamodb.port}`,
      CUSTOMERS_FILE: customersFile(folder, 'observe', PHONES),
      WEBHOOK_SECRET: SECRET,
    });
    const [phones, rss] = await Promise.all([registerFor(seconds, gateway), rssOf(gateway, seconds)]);
    const strangers = await askForStrangers(await start('strangers'));
    return {
      phones: PHONES,
      seconds,
      ...phones,
      rss,
      strangers: { users: STRANGERS, rss: strangers },
      gates: [
        {
          name: `errors of ${PHONES} phones in ${seconds} s`,
          unit: '',
          limit: { atMost: 0 },
          ...exact(phones.errors),
        },
        {
          name: 'growth of memory over the last half, known phones',
          unit: '%',
          limit: { atMost: 10 },
          ...exact(growth(rss)),
        },
        {
          name: `growth of memory over the last half of ${STRANGERS / 1000}k unknown users`,
          unit: '%',
          limit: { atMost: 10 },
          ...exact(growth(strangers)),
        },
      ],
    };
  });
}

/** Each phone keeps its nonce and counts, as phones do. */
async function registerFor(
  seconds: number,
  { port }: BenchProcess,
): Promise<Pick<Endurance, 'answers' | 'errors' | 'latency' | 'histogram'>> {
  const nonce = String(Date.now() * 100);
  const counts = new Map<number, number>();
  const { answers, errors, latency } = await load({
    port,
    connections: PHONES,
    seconds,
    pauseMs: PAUSE_MS,
    rampMs: RAMP_MS,
    expected: OK,
    next: (phone) => {
      const nonceCount = (counts.get(phone) ?? 0) + 1;
      counts.set(phone, nonceCount);
      return bytesOf(authPost(register(phoneOf(phone), Date.now(), 3600, { nonce, nonceCount })));
    },
  });
  const milliseconds = (percentile: number) => latency.percentile(percentile) / 1000;
  return {
    answers,
    errors,
    latency: {
      p50: milliseconds(50),
      p90: milliseconds(90),
      p99: milliseconds(99),
      'p99.9': milliseconds(99.9),
    },
    histogram: histogramOf(latency.percentiles, answers),
  };
}

/** Steps of a quarter more each, from 0.5 ms on. */
function histogramOf(percentiles: Map<number, number>, answers: number): Endurance['histogram'] {
  const shares = [...percentiles].map(([percent, microseconds]) => ({
    share: percent / 100,
    ms: microseconds / 1000,
  }));
  const most = Math.max(...shares.map(({ ms }) => ms));
  const below = (limit: number) =>
    Math.max(0, ...shares.filter(({ ms }) => ms <= limit).map(({ share }) => share));
  const steps: { upTo: number; answers: number }[] = [];
  for (let upTo = 0.5, before = 0; before < most; upTo *= 1.25) {
    steps.push({ upTo, answers: Math.round((below(upTo) - below(before)) * answers) });
    before = upTo;
  }
  return steps;
}

async function rssOf(server: BenchProcess, seconds: number): Promise<number[]> {
  const samples: number[] = [];
  for (let second = 0; second < seconds; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    samples.push(megabytes((await server.usage()).rss));
  }
  return samples;
}

/** The process `strangers` works off its users by itself, and answers each question when a tenth is done. */
async function askForStrangers(strangers: BenchProcess): Promise<number[]> {
  const samples: number[] = [];
  for (let tenth = 0; tenth < 20; tenth++) samples.push(megabytes((await strangers.usage()).rss));
  return samples;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}

/** Percent from the middle of the run to its end: the means of the third and of the last quarter. */
export function growth(samples: readonly number[]): number {
  const quarter = Math.floor(samples.length / 4);
  const mean = (values: readonly number[]) => values.reduce((sum, it) => sum + it, 0) / values.length;
  const [third, last] = [mean(samples.slice(-2 * quarter, -quarter)), mean(samples.slice(-quarter))];
  return Math.round((last / third - 1) * 1000) / 10;
}
