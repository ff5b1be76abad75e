import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Handler } from '../aws/lambda/handler';
import { NO_SUCH_ROUTE } from '../jambonz/routes';
import { type KeptLine, LOG_PATH } from './kept-log';
import { TAIL_PATH } from './log-stream';

/** What API Gateway itself takes at most (10 MB). */
const MAX_REQUEST_BYTES = 10 * 1024 * 1024;

export interface LocalGateway {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * Plays API Gateway's REST API on loopback: the same routes, and for each POST the same event to the same handlers.
 * @param routes which handler answers which path
 * @param port 0: any free one
 * @param about the answer to `GET /`, for tools on this machine; API Gateway does not have this path
 * @param log of the hooks
 */
export async function startGateway(
  routes: Readonly<Record<string, Handler>>,
  port: number,
  about: object,
  log: LocalLog = { follow: () => () => {}, kept: () => [] },
): Promise<LocalGateway> {
  const server = createServer((request, response) => {
    if (request.method === 'GET' && request.url === '/') return send(response, 200, JSON.stringify(about));
    if (request.method === 'GET' && request.url === TAIL_PATH) return stream(response, log.follow);
    if (request.method === 'GET' && request.url === LOG_PATH)
      return send(response, 200, jsonLines(log.kept()), JSON_LINES);
    answer(routes, request, response).catch(() => response.destroy());
  });
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => close(server) };
}

export type Follow = (send: (line: object) => void) => () => void;

/** The log of the hooks, as tools on this machine read it. */
export interface LocalLog {
  /** Calls its argument with each line, until what it returns is called: for `GET /tail`. */
  readonly follow: Follow;
  /** The lines of calls so far: for `GET /log`. */
  readonly kept: () => readonly KeptLine[];
}

const JSON_LINES = { 'content-type': 'application/x-ndjson' };

function jsonLines(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

/** fetch() gives up a body of which nothing comes for 300 s. */
const IDLE_MS = 60_000;

/** The log as JSON lines, as long as the client wants them. */
function stream(response: ServerResponse, follow: Follow): void {
  response.writeHead(200, JSON_LINES).flushHeaders();
  const stop = follow((line) => response.write(`${JSON.stringify(line)}\n`));
  const idle = setInterval(() => response.write('\n'), IDLE_MS);
  response.once('close', () => {
    clearInterval(idle);
    stop();
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function answer(
  routes: Readonly<Record<string, Handler>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [pathname = '/'] = (request.url ?? '/').split('?', 1);
  const resource = pathname.replace(/(?<=.)\/$/, '');
  const handler = Object.hasOwn(routes, resource) ? routes[resource] : undefined;
  // Errors of the API itself are always 504, because phones treat anything else as a refusal.
  if (!handler || request.method !== 'POST')
    return send(
      response,
      504,
      JSON.stringify({ error: NO_SUCH_ROUTE, gateway: 'MISSING_AUTHENTICATION_TOKEN' }),
    );
  const body = await readBody(request);
  if (!body) return send(response, 504, '{"error":"Request Entity Too Large","gateway":"REQUEST_TOO_LARGE"}');
  const result = await handler(toEvent(request, resource, pathname, body));
  send(response, result.statusCode, result.body, result.headers as Record<string, string>);
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  const length = { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { 'content-type': 'application/json', ...headers, ...length }).end(body);
}

/** @returns undefined when it is too large */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_REQUEST_BYTES) resolve(undefined);
      else chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
  });
}

/** The proxy event of a REST API (payload format 1.0), in the fields that a handler may rely on. */
function toEvent(
  request: IncomingMessage,
  resource: string,
  path: string,
  body: Buffer,
): APIGatewayProxyEvent {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : value,
    ]),
  );
  const isText = isUtf8(body);
  return {
    resource,
    path,
    httpMethod: request.method ?? 'POST',
    headers,
    multiValueHeaders: {},
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      extendedRequestId: randomUUID().slice(0, 16),
      resourcePath: resource,
      path,
      domainName: `127.0.0.1:${request.socket.localPort}`,
      httpMethod: request.method,
      stage: 'local',
    } as APIGatewayProxyEvent['requestContext'],
    body: body.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  };
}
