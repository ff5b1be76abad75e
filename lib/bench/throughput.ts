import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Gate } from './gate';
import { bytesOf, type LoadPlan, load } from './load';
import { phoneOf, recordOf, registerPost, SECRET } from './phones';
import { type BenchProcess, withProcesses } from './process';
import { type Measured, measured } from './statistics';

/** Requests that one core answers per second: answers by the server's CPU seconds. */
export interface Throughput {
  readonly rounds: number;
  readonly bare: Measured;
  readonly express: Measured;
  readonly ours: Measured;
  /** The local stack with its DynamoDB in the same process, each REGISTER with a read and a write there. */
  readonly oursWithDynamoDB: Measured;
  readonly gates: readonly Gate[];
}

const PHONES = 100;
/** A load that none of them is busy with: what each then spends on an answer holds the same share of the kernel's work. */
const LOAD = { seconds: 2, connections: 64, pauseMs: 20 };
/** Some ten thousand answers, so that V8 has compiled what it wants to. */
const WARM_UP = { seconds: 6, connections: 16, pauseMs: 0 };

/**
 * The same load on a bare node:http, on Express and on the local gateway, by turns. What counts is the server's own
 * CPU time: on shared cores the clock would measure the neighbours and the client.
 */
export async function measureThroughput(rounds: number): Promise<Throughput> {
  return withProcesses(async (start, folder) => {
    const bare = await start('bare-server');
    const express = await start('express-server', { CUSTOMERS_FILE: customersFile(folder, 'naive') });
    const ours = await start('gateway-server', gatewayEnv(customersFile(folder, 'off')));
    const cached = repeated();
    for (const server of [bare, express, ours]) await answersPerCpuSecond(server, cached, WARM_UP);
    const all = [];
    for (let round = 0; round < rounds; round++)
      all.push({
        bare: await answersPerCpuSecond(bare, cached, LOAD),
        express: await answersPerCpuSecond(express, cached, LOAD),
        ours: await answersPerCpuSecond(ours, cached, LOAD),
      });
    const withDynamoDB = await start('gateway-server', gatewayEnv(customersFile(folder, 'observe')));
    const fresh = () => bytesOf(registerPost(Math.floor(Math.random() * PHONES)));
    const uncached = [];
    for (let round = 0; round < 3; round++)
      uncached.push(await answersPerCpuSecond(withDynamoDB, fresh, { ...LOAD, connections: 4 }));
    return {
      rounds,
      bare: measured(all.map((it) => it.bare)),
      express: measured(all.map((it) => it.express)),
      ours: measured(all.map((it) => it.ours)),
      oursWithDynamoDB: measured(uncached),
      gates: [
        {
          name: 'throughput of the gateway with cached records, against naive Express',
          unit: 'x',
          limit: { atLeast: 2.3 },
          ...measured(all.map((it) => it.ours / it.express)),
        },
        {
          name: 'throughput of the gateway with cached records, against bare node:http',
          unit: 'x',
          limit: { atLeast: 0.6 },
          ...measured(all.map((it) => it.ours / it.bare)),
        },
      ],
    };
  });
}

async function answersPerCpuSecond(
  server: BenchProcess,
  next: () => Buffer,
  plan: Pick<LoadPlan, 'seconds' | 'connections' | 'pauseMs'>,
): Promise<number> {
  const before = await server.usage();
  const { answers, errors } = await load({ ...plan, port: server.port, next, expected: OK });
  if (errors > 0) throw new Error(`${errors} of ${answers} answers were not ok`);
  return answers / (((await server.usage()).cpu - before.cpu) / 1e6);
}

export const OK = /^HTTP\/1.1 200 .*"status":"ok"/s;

/** The same few requests again and again. */
function repeated(): () => Buffer {
  const posts = Array.from({ length: PHONES }, (_, number) => bytesOf(registerPost(number)));
  let at = 0;
  return () => posts[at++ % PHONES] ?? Buffer.alloc(0);
}

function gatewayEnv(customersFile: string): Record<string, string> {
  return { PORT: '0', DYNAMODB_PORT: '0', CUSTOMERS_FILE: customersFile, WEBHOOK_SECRET: SECRET };
}

/** The phones as a customers file: with or without a look at replays, or as the naive app wants them. */
export function customersFile(folder: string, kind: 'observe' | 'off' | 'naive', phones = PHONES): string {
  const users = Array.from({ length: phones }, (_, number) => {
    const { aor, password } = phoneOf(number);
    const {
      realm: _realm,
      username: _username,
      ...record
    } = recordOf(number, kind === 'naive' ? 'off' : kind);
    return [aor.username, kind === 'naive' ? { password } : record] as const;
  });
  const file = join(folder, `${kind}.json`);
  writeFileSync(file, JSON.stringify({ [phoneOf(0).aor.realm]: Object.fromEntries(users) }));
  return file;
}
