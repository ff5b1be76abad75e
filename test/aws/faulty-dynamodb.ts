import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong between us and a table. */
export const FAULTS = {
  throttled: error(400, 'ProvisionedThroughputExceededException'),
  'throttled by request limit': error(400, 'ThrottlingException'),
  'internal error': error(500, 'InternalServerError'),
  unavailable: (_, response) => response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>503</h1>'),
  reset: (_, response) => response.destroy(),
  hangs: () => {},
  'stalls in the body': (_, response) => {
    response.writeHead(200, { 'content-type': JSON_1_0, 'content-length': '500' }).write('{"Item":{"realm"');
  },
  drips: (_, response) => {
    response.writeHead(200, { 'content-type': JSON_1_0, 'content-length': '5000' });
    const timer = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(timer));
  },
  'truncated JSON': (_, response) =>
    response.writeHead(200, { 'content-type': JSON_1_0 }).end('{"Item":{"realm":{"S":"sip.exa'),
  'not JSON': (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
  'an error of no known class': error(400, 'SomethingNewException'),
  'access denied': error(400, 'AccessDeniedException'),
  'no table': error(400, 'ResourceNotFoundException'),
  'a bad token': error(400, 'UnrecognizedClientException'),
  'expired credentials': error(400, 'ExpiredTokenException'),
  'a bad signature': error(400, 'InvalidSignatureException'),
  'our request is wrong': error(400, 'ValidationException'),
  'no such item': (_, response) => response.writeHead(200, { 'content-type': JSON_1_0 }).end('{}'),
} satisfies Record<string, Answer>;
export type Fault = keyof typeof FAULTS;

/** Faults that only giving up ends. */
const ENDLESS: readonly string[] = ['hangs', 'stalls in the body', 'drips'];

/** DynamoDB did it, and its answer never came. */
const LOST = 'written, then lost';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface FaultyDynamoDB {
  readonly endpoint: string;
  /** What goes wrong from now on, and with which requests; undefined: nothing. */
  fault:
    | {
        readonly kind: Fault | typeof LOST;
        /** Both when absent. */
        readonly table?: 'Customers' | 'Memory';
        readonly operation?: string;
        times?: number;
      }
    | undefined;
  /** Requests that came, by their tables: `Customers+Memory` is one request to both. */
  readonly requests: { readonly table: string; readonly operation: string }[];
  readonly stop: () => Promise<void>;
}

/** By then a request that was sent has come, over a connection of its own if need be. */
const IDLE_TURNS = 100;

const JSON_1_0 = 'application/x-amz-json-1.0';

/**
 * Stands before a DynamoDB and hands everything on, unless told to go wrong.
 * @param onEndless hears of each request that will never be answered, until it is given up
 */
export async function startFaultyDynamoDB(
  target: string,
  onEndless: () => void = () => {},
): Promise<FaultyDynamoDB> {
  /** Requests that will be answered. */
  let healthy = 0;
  const endless = new Set<ServerResponse>();
  /** Requests beside it are answered first: time passes only while nothing else can happen. */
  const untilGivenUp = (response: ServerResponse) => {
    endless.add(response);
    healthy--;
    // In turns of the event loop, not in milliseconds: a busy machine takes longer for each.
    let idleTurns = 0;
    const turn = () => {
      if (response.destroyed) return;
      idleTurns = healthy === 0 ? idleTurns + 1 : 0;
      if (idleTurns === IDLE_TURNS) {
        idleTurns = 0;
        onEndless();
      }
      setImmediate(turn);
    };
    turn();
  };
  const server = createServer(async (incoming, response) => {
    healthy++;
    response.once('close', () => {
      if (!endless.delete(response)) healthy--;
    });
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const tables = (['Customers', 'Memory'] as const).filter((it) => body.includes(`"${it}"`));
    const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? '';
    proxy.requests.push({ table: tables.join('+'), operation });
    const { fault } = proxy;
    const meant =
      fault &&
      (fault.table === undefined || tables.includes(fault.table)) &&
      (fault.operation ?? operation) === operation &&
      (fault.times === undefined || fault.times-- > 0);
    if (meant && fault.kind !== LOST) {
      FAULTS[fault.kind](incoming, response);
      if (ENDLESS.includes(fault.kind)) untilGivenUp(response);
      return;
    }
    const onward = request(target, { method: 'POST', path: '/', headers: incoming.headers }, (answer) => {
      if (meant) return response.destroy();
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultyDynamoDB = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: undefined,
    requests: [],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

function error(status: number, name: string): Answer {
  return (_, response) => {
    const body = JSON.stringify({
      __type: `com.amazonaws.dynamodb.v20120810#${name}`,
      message: 'of the test',
    });
    response.writeHead(status, { 'content-type': JSON_1_0 }).end(body);
  };
}
