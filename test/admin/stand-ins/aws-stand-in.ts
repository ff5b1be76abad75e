import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventStreamCodec } from '@smithy/core/event-streams';

/** Plays CloudFormation, Secrets Manager and CloudWatch Logs, as far as the tool asks them. */
export interface AwsStandIn {
  /** The environment in which the SDK finds it. */
  readonly env: Readonly<Record<string, string>>;
  /** Of every stack. */
  outputs: Readonly<Record<string, string>>;
  /** Versions of the one secret, oldest first. */
  readonly secrets: string[];
  /** The bodies of StartLiveTail. */
  readonly tails: { logGroupIdentifiers: string[]; logEventFilterPattern?: string }[];
  /** Sends lines to all that tail. */
  readonly log: (...lines: object[]) => void;
  /** Ends all sessions as CloudWatch does after three hours. */
  readonly endSessions: () => void;
  readonly stop: () => Promise<void>;
}

export async function startAws(): Promise<AwsStandIn> {
  const secrets: string[] = [];
  const tails: AwsStandIn['tails'] = [];
  const sessions = new Set<ServerResponse>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const target = request.headers['x-amz-target'];
    if (target === undefined) return response.end(describeStacks(aws.outputs));
    const body = JSON.parse(Buffer.concat(chunks).toString());
    if (target === 'Logs_20140328.StartLiveTail') {
      tails.push(body);
      sessions.add(response);
      response.once('close', () => sessions.delete(response));
      response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
      return response.write(frame('sessionStart', { logGroupIdentifiers: body.logGroupIdentifiers }));
    }
    if (target === 'secretsmanager.PutSecretValue') secrets.push(body.SecretString);
    const current = secrets.at(-1);
    if (current === undefined) response.writeHead(400, { 'x-amzn-errortype': 'ResourceNotFoundException' });
    response.end(current === undefined ? '{}' : JSON.stringify({ SecretString: current }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const aws: AwsStandIn = {
    env: {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_CLOUDFORMATION: url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: url,
    },
    outputs: {},
    secrets,
    tails,
    log: (...lines) => {
      const sessionResults = lines.map((line) => ({
        message: JSON.stringify(line),
        timestamp: 1795423886623,
      }));
      for (const session of sessions) session.write(frame('sessionUpdate', { sessionResults }));
    },
    endSessions: () => {
      for (const session of sessions) session.end(frame('SessionTimeoutException', {}, 'exception'));
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return aws;
}

function describeStacks(outputs: Readonly<Record<string, string>>): string {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
    <StackName>edge</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-11-01T00:00:00Z</CreationTime>
    <Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

const CODEC = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString(),
  (text) => Buffer.from(text),
);

/** One message of an event stream (application/vnd.amazon.eventstream). */
function frame(type: string, body: object, kind: 'event' | 'exception' = 'event'): Uint8Array {
  const text = (value: string) => ({ type: 'string' as const, value });
  return CODEC.encode({
    headers: {
      ':message-type': text(kind),
      [`:${kind}-type`]: text(type),
      ':content-type': text('application/json'),
    },
    body: Buffer.from(JSON.stringify(body)),
  });
}
