import { request as requestPlain } from 'node:http';
import { request } from 'node:https';
import { type ConnectionPool, connectionPool } from './connection-pool';
import { regionalEndpoint } from './endpoints';
import { type Credentials, signedHeaders } from './signature-v4';

/** The endpoint of a service, and the credentials for it. */
export interface Connection {
  readonly endpoint: URL;
  readonly region: string;
  readonly credentials: () => Credentials;
  /** That of the process when absent. */
  readonly pool?: ConnectionPool;
}

/**
 * As the SDK finds them in a Lambda: the Region and the credentials in the environment, and the endpoint too when
 * `AWS_ENDPOINT_URL_<SERVICE>` names one.
 * @param service as in that variable: `DYNAMODB`, `SECRETS_MANAGER`
 */
export function connectionTo(service: string): Connection {
  const { env } = process;
  const region = env.AWS_REGION ?? '';
  const own = env[`AWS_ENDPOINT_URL_${service}`];
  const endpoint = own ? new URL(own) : regionalEndpoint(service.toLowerCase().replace('_', ''), region);
  return { endpoint, region, credentials: lambdaCredentials };
}

/** Lambda puts them into the environment of a function. */
function lambdaCredentials(): Credentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
    throw named('CredentialsProviderError', 'no AWS credentials in the environment');
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
}

/** What differs between the services that speak AWS JSON. */
export interface Protocol {
  /** In the signature's scope. */
  readonly service: string;
  readonly targetPrefix: string;
  readonly contentType: string;
}

const POOL = connectionPool();

/**
 * One operation by the AWS JSON protocol (smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html), tried once.
 * @param signal gives up on the answer's body too
 * @throws Error named as AWS names it, with its status in `$metadata`, or as node:http names it; with
 * `connectionWasIdle` when a kept connection turned out to be dead
 */
export async function callAws(
  { endpoint, region, credentials, pool = POOL }: Connection,
  { service, targetPrefix, contentType }: Protocol,
  operation: string,
  input: object,
  signal: AbortSignal | undefined,
): Promise<Record<string, unknown>> {
  const body = JSON.stringify(input);
  const headers = signedHeaders(
    { service, region, host: endpoint.host, contentType, target: `${targetPrefix}.${operation}`, body },
    credentials(),
    Date.now(),
  );
  const { status, text } = await post(endpoint, pool, headers, body, signal);
  const json = parse(text);
  if (status === 200) return json;
  throw Object.assign(named(nameOfAnswer(json, status), `${service} answered ${status}`), {
    $metadata: { httpStatusCode: status },
  });
}

function post(
  endpoint: URL,
  pool: ConnectionPool,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal | undefined,
): Promise<{ status: number; text: string }> {
  const send = endpoint.protocol === 'https:' ? request : requestPlain;
  const options = { method: 'POST', headers, agent: pool.agentFor(endpoint), ...(signal && { signal }) };
  return new Promise((resolve, reject) => {
    const outgoing = send(endpoint, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.once('error', reject);
    });
    outgoing.once('error', (cause) => {
      if (!outgoing.reusedSocket || signal?.aborted) return reject(cause);
      pool.dropIdle(endpoint);
      reject(Object.assign(cause, { connectionWasIdle: true }));
    });
    outgoing.end(body);
  });
}

function parse(text: string): Record<string, unknown> {
  const json: unknown = JSON.parse(text);
  if (typeof json !== 'object' || json === null) throw new SyntaxError('the answer is not a JSON object');
  return { ...json };
}

/** `com.amazonaws.dynamodb.v20120810#ThrottlingException` is a ThrottlingException. */
function nameOfAnswer({ __type: type }: Record<string, unknown>, status: number): string {
  return typeof type === 'string' ? type.slice(type.indexOf('#') + 1) : `HTTP ${status}`;
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
