import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectionTo } from '../../../lib/aws/client/aws-json';
import { type DynamoDB, dynamodbAt } from '../../../lib/aws/client/dynamodb';
import { secretsManager } from '../../../lib/aws/client/secrets-manager';
import { connectDocumentClient } from '../../../lib/aws/tools/document-client';
import { dynamodbOverSdk } from '../../../lib/bench/sdk';
import { createTables, startEmbeddedDynamoDB } from '../../../lib/local/embedded-dynamodb';

// The hooks' own client of DynamoDB answers as the SDK does.

const stops: (() => unknown)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

const embedded = startEmbeddedDynamoDB(0, undefined);

beforeAll(async () => {
  const { endpoint, stop } = await embedded;
  stops.push(stop);
  const client = connectDocumentClient(endpoint);
  await createTables(client);
  client.destroy();
});

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const KINDS: Record<string, (endpoint: string) => DynamoDB> = {
  'the SDK': (endpoint) => dynamodbOverSdk({ endpoint, region: 'local', credentials: CREDENTIALS }),
  'our own client': dynamodbAt,
};

/** A server of the test's own. */
async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each(Object.entries(KINDS))('%s', (kind, at) => {
  const client = async () => at((await embedded).endpoint);
  const answering = async (listener: RequestListener) => at(await listening(listener));
  const get = (dynamodb: DynamoDB) => dynamodb('GetItem', { TableName: 'Memory', Key: { key: 'nothing' } });
  const key = `of ${kind}`;

  test('what was put is got: texts of any letters, numbers, booleans, null, lists and maps', async () => {
    const dynamodb = await client();
    const item = {
      key,
      text: 'Grüße ☎ "quoted" \\',
      n: 1795423886.5,
      yes: true,
      no: null,
      l: [1, { a: 'b' }],
    };
    await dynamodb('PutItem', { TableName: 'Memory', Item: item });
    expect((await dynamodb('GetItem', { TableName: 'Memory', Key: { key } })).Item).toEqual(item);
  });

  test('an item that does not exist is undefined', async () => {
    expect((await get(await client())).Item).toBeUndefined();
  });

  test('an update counts, and a condition that does not hold has its name', async () => {
    const dynamodb = await client();
    const update = (most: number) =>
      dynamodb('UpdateItem', {
        TableName: 'Memory',
        Key: { key: `${key} counted` },
        UpdateExpression: 'SET #n = if_not_exists(#n, :none) + :one',
        ConditionExpression: 'attribute_not_exists(#n) OR #n < :most',
        ExpressionAttributeNames: { '#n': 'n' },
        ExpressionAttributeValues: { ':none': 0, ':one': 1, ':most': most },
      });
    await update(2);
    await update(2);
    const { Item } = await dynamodb('GetItem', { TableName: 'Memory', Key: { key: `${key} counted` } });
    expect(Item).toEqual({ key: `${key} counted`, n: 2 });
    await expect(update(2)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('many keys in one request', async () => {
    const dynamodb = await client();
    await dynamodb('PutItem', { TableName: 'Memory', Item: { key: `${key} 1`, n: 1 } });
    const keys = [{ key: `${key} 1` }, { key: `${key} 2` }];
    const { Responses } = await dynamodb('BatchGetItem', { RequestItems: { Memory: { Keys: keys } } });
    expect(Responses).toEqual({ Memory: [{ key: `${key} 1`, n: 1 }] });
  });

  test('a table that is not there has its name', async () => {
    const dynamodb = await client();
    await expect(dynamodb('GetItem', { TableName: 'Nowhere', Key: { key } })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test.each([
    [
      400,
      'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
      'ProvisionedThroughputExceededException',
    ],
    [400, 'com.amazon.coral.service#UnrecognizedClientException', 'UnrecognizedClientException'],
    [500, 'com.amazonaws.dynamodb.v20120810#InternalServerError', 'InternalServerError'],
  ])('%i %s is thrown with its name and status', async (status, type, name) => {
    const dynamodb = await answering((_, response) =>
      response.writeHead(status).end(JSON.stringify({ __type: type })),
    );
    await expect(get(dynamodb)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
  });

  test('a body that is cut off, or is not JSON, is an error', async () => {
    for (const body of ['{"Item":{"key"', '<html>'])
      await expect(get(await answering((_, response) => response.end(body)))).rejects.toThrow();
  });

  test('a connection that breaks is an error', async () => {
    const dynamodb = await answering((request) => request.socket.destroy());
    await expect(get(dynamodb)).rejects.toThrow('socket hang up');
  });

  test('the request is a signed POST of AWS JSON', async () => {
    let seen: Record<string, unknown> = {};
    const dynamodb = await answering((request, response) => {
      seen = { method: request.method, url: request.url, ...request.headers };
      response.end('{}');
    });
    await get(dynamodb);
    expect(seen).toMatchObject({
      method: 'POST',
      url: '/',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.GetItem',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/local\/dynamodb\/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$/,
      ),
    });
  });
});

test('a body that stalls is given up with the signal, by our own client', async () => {
  const dynamodb = dynamodbAt(await listening((_, response) => response.write('{"It')));
  const stalled = dynamodb('GetItem', {}, AbortSignal.timeout(50));
  await expect(stalled).rejects.toMatchObject({ name: 'AbortError' });
});

describe('in a Lambda', () => {
  test('AWS is asked as the role in the environment', async () => {
    let seen: Record<string, unknown> = {};
    const endpoint = await listening((request, response) => {
      seen = request.headers;
      response.end('{"SecretString":"wh_secret_text"}');
    });
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token-of-the-role',
    });
    expect(connectionTo('DYNAMODB').endpoint.href).toBe('https://dynamodb.eu-west-1.amazonaws.com/');
    process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = endpoint;
    const answer = await secretsManager()({ SecretId: 'arn', VersionStage: 'AWSCURRENT' });
    expect(answer).toEqual({ SecretString: 'wh_secret_text' });
    expect(seen).toMatchObject({
      'x-amz-target': 'secretsmanager.GetSecretValue',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-security-token': 'token-of-the-role',
      authorization: expect.stringContaining('/eu-west-1/secretsmanager/aws4_request'),
    });
  });
});
