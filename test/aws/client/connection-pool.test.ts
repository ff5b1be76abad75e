import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { type Connection, callAws } from '../../../lib/aws/client/aws-json';
import { connectionPool } from '../../../lib/aws/client/connection-pool';
import { withRetry } from '../../../lib/aws/stores/retry';
import { virtualTimers } from '../virtual-timers';

const PROTOCOL = { service: 'dynamodb', targetPrefix: 'X', contentType: 'application/x-amz-json-1.0' };
const BUDGET = { totalMs: 900, attemptMs: 400 };

const stops: (() => unknown)[] = [];
afterEach(() => Promise.all(stops.splice(0).map((stop) => stop())));

/** A client whose clock the test turns. */
function clientOf(endpoint: string) {
  const clock = { now: 1_000_000 };
  const pool = connectionPool(() => clock.now);
  const credentials = () => ({ accessKeyId: 'a', secretAccessKey: 'b' });
  const connection: Connection = { endpoint: new URL(endpoint), region: 'local', credentials, pool };
  stops.push(() => pool.dropIdle(connection.endpoint));
  const one = (signal?: AbortSignal) => callAws(connection, PROTOCOL, 'GetItem', {}, signal);
  return { clock, one };
}

describe('connections that idle in a process that runs', () => {
  let sockets: Socket[];
  let endpoint: string;
  beforeEach(async () => {
    sockets = [];
    const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
    server.on('connection', (socket) => sockets.push(socket));
    await once(server, 'listening');
    stops.push(() => {
      server.closeAllConnections();
      server.close();
    });
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  test.each([
    [0, 1],
    [4000, 1],
    [4001, 2],
  ])('after %d ms: %d connections were made for two requests', async (idle, connections) => {
    const { clock, one } = clientOf(endpoint);
    await one();
    clock.now += idle;
    await one();
    expect(sockets).toHaveLength(connections);
  });

  test('of 25 that idled too long none is used again, and none stays open', async () => {
    const { clock, one } = clientOf(endpoint);
    await Promise.all(Array.from({ length: 25 }, () => one()));
    expect(sockets).toHaveLength(25);
    clock.now += 60_000;
    await Promise.all(Array.from({ length: 3 }, () => one()));
    expect(sockets).toHaveLength(28);
    expect(sockets.filter(({ destroyed, readableEnded }) => !destroyed && !readableEnded)).toHaveLength(3);
  });
});

/** A server in a thread of its own: it can kill connections while this thread, frozen, hears nothing of it. */
async function startKillingServer() {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { parentPort, workerData: gate } = require('node:worker_threads');
     const sockets = new Set();
     const server = require('node:http').createServer((_, response) => response.end('{}'));
     server.on('connection', (socket) => sockets.add(socket));
     parentPort.on('message', () => {
       for (const socket of sockets) socket.resetAndDestroy();
       sockets.clear();
       // The resets are on the wire once the event loop has turned.
       setTimeout(() => { Atomics.store(gate, 0, 1); Atomics.notify(gate, 0); }, 20);
     });
     server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
    { eval: true, workerData: gate },
  );
  stops.push(() => worker.terminate());
  const [port] = await once(worker, 'message');
  return {
    endpoint: `http://127.0.0.1:${port}`,
    killWhileFrozen: () => {
      Atomics.store(gate, 0, 0);
      worker.postMessage('kill');
      Atomics.wait(gate, 0, 0);
    },
  };
}

describe('connections that died while the process was frozen', () => {
  test('are not asked when they idled for long', async () => {
    const { endpoint, killWhileFrozen } = await startKillingServer();
    const { clock, one } = clientOf(endpoint);
    await Promise.all(Array.from({ length: 25 }, () => one()));
    killWhileFrozen();
    clock.now += 10_000;
    expect(await one()).toEqual({});
  });

  test('cost neither a try nor a pause when they idled for a moment, however many there are', async () => {
    const { endpoint, killWhileFrozen } = await startKillingServer();
    const { one } = clientOf(endpoint);
    await Promise.all(Array.from({ length: 25 }, () => one()));
    killWhileFrozen();
    const timers = virtualTimers();
    let calls = 0;
    const call = (signal: AbortSignal) => {
      calls++;
      return one(signal);
    };
    expect(await withRetry('the test', BUDGET, call, [], timers)).toEqual({});
    expect({ calls, paused: timers.now() }).toEqual({ calls: 2, paused: 0 });
  });
});

test('a connection that dies again and again is an ordinary failure: three tries besides the one for the kept one', async () => {
  const timers = virtualTimers();
  let calls = 0;
  const dead = async () => {
    calls++;
    throw Object.assign(new Error('reset'), { code: 'ECONNRESET', connectionWasIdle: true });
  };
  await expect(withRetry('the test', BUDGET, dead, [], timers)).rejects.toThrow('the test: ECONNRESET');
  expect(calls).toBe(4);
});

test('an aborted request does not count as a dead connection', async () => {
  const server = createServer((_, response) => {
    if (asked++ === 0) response.end('{}');
  }).listen(0, '127.0.0.1');
  let asked = 0;
  await once(server, 'listening');
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { one } = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await one();
  const controller = new AbortController();
  const hanging = one(controller.signal);
  setImmediate(() => controller.abort());
  const cause = await hanging.catch((it: unknown) => it);
  expect(cause).toMatchObject({ name: 'AbortError' });
  expect(cause).not.toHaveProperty('connectionWasIdle');
});
