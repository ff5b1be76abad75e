import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as sdkClient from '@aws-sdk/client-dynamodb';
import * as sdkDocuments from '@aws-sdk/lib-dynamodb';
import { connectDynamoDB } from '../../lib/aws/dynamodb';
import * as ours from '../../lib/aws/lambda-sdk/dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '../../lib/aws/lambda-sdk/secrets-manager';
import { createTables, startEmbeddedDynamoDB } from '../../lib/local/dynamodb';

// What stands for the SDK in the Lambdas' bundles answers as the SDK does.

const stops: (() => unknown)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const embedded = startEmbeddedDynamoDB(0, undefined);

beforeAll(async () => {
  const { endpoint, stop } = await embedded;
  stops.push(stop);
  const client = connectDynamoDB(endpoint);
  await createTables(client);
  client.destroy();
});

const KINDS = {
  'the SDK': { ...sdkClient, ...sdkDocuments },
  'what stands for it': ours as unknown as typeof sdkClient & typeof sdkDocuments,
};

describe.each(Object.entries(KINDS))('%s', (kind, sdk) => {
  const client = async (endpoint?: string) => {
    const config = {
      endpoint: endpoint ?? (await embedded).endpoint,
      region: 'local',
      credentials: CREDENTIALS,
    };
    const it = sdk.DynamoDBDocumentClient.from(new sdk.DynamoDBClient({ ...config, maxAttempts: 1 }));
    stops.push(() => it.destroy?.());
    return it;
  };
  const answering = async (listener: RequestListener) => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    stops.push(() => {
      server.close();
      server.closeAllConnections();
    });
    return client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  };
  const get = new sdk.GetCommand({ TableName: 'Memory', Key: { key: 'nothing' } });
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
    await dynamodb.send(new sdk.PutCommand({ TableName: 'Memory', Item: item }));
    expect((await dynamodb.send(new sdk.GetCommand({ TableName: 'Memory', Key: { key } }))).Item).toEqual(
      item,
    );
  });

  test('what is not there is no item', async () => {
    expect((await (await client()).send(get)).Item).toBeUndefined();
  });

  test('an update counts, and a condition that does not hold has its name', async () => {
    const dynamodb = await client();
    const update = (most: number) =>
      dynamodb.send(
        new sdk.UpdateCommand({
          TableName: 'Memory',
          Key: { key: `${key} counted` },
          UpdateExpression: 'SET #n = if_not_exists(#n, :none) + :one',
          ConditionExpression: 'attribute_not_exists(#n) OR #n < :most',
          ExpressionAttributeNames: { '#n': 'n' },
          ExpressionAttributeValues: { ':none': 0, ':one': 1, ':most': most },
          ReturnValues: 'ALL_NEW',
        }),
      );
    await update(2);
    expect((await update(2)).Attributes).toEqual({ key: `${key} counted`, n: 2 });
    await expect(update(2)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('many keys in one request', async () => {
    const dynamodb = await client();
    await dynamodb.send(new sdk.PutCommand({ TableName: 'Memory', Item: { key: `${key} 1`, n: 1 } }));
    const keys = [{ key: `${key} 1` }, { key: `${key} 2` }];
    const { Responses } = await dynamodb.send(
      new sdk.BatchGetCommand({ RequestItems: { Memory: { Keys: keys } } }),
    );
    expect(Responses).toEqual({ Memory: [{ key: `${key} 1`, n: 1 }] });
  });

  test('a table that is not there has its name', async () => {
    const dynamodb = await client();
    await expect(
      dynamodb.send(new sdk.GetCommand({ TableName: 'Nowhere', Key: { key } })),
    ).rejects.toMatchObject({
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
  ])('%i %s is told by its name and status', async (status, type, name) => {
    const dynamodb = await answering((_, response) =>
      response.writeHead(status).end(JSON.stringify({ __type: type })),
    );
    await expect(dynamodb.send(get)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
  });

  test('a body that is cut off, or is no JSON, is an error', async () => {
    for (const body of ['{"Item":{"key"', '<html>'])
      await expect((await answering((_, response) => response.end(body))).send(get)).rejects.toThrow();
  });

  test('a connection that breaks is an error', async () => {
    const dynamodb = await answering((request) => request.socket.destroy());
    await expect(dynamodb.send(get)).rejects.toThrow('socket hang up');
  });

  test('the request is a signed POST of AWS JSON', async () => {
    let seen: Record<string, unknown> = {};
    const dynamodb = await answering((request, response) => {
      seen = { method: request.method, url: request.url, ...request.headers };
      response.end('{}');
    });
    await dynamodb.send(get);
    expect(seen).toMatchObject({
      method: 'POST',
      url: '/',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.GetItem',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/local\/dynamodb\/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$/,
      ),
    });
  });
});

describe('what stands for the SDK', () => {
  test('a body that stalls is given up with the signal', async () => {
    const server = createServer((_, response) => response.write('{"It')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    stops.push(() => {
      server.close();
      server.closeAllConnections();
    });
    const dynamodb = ours.DynamoDBDocumentClient.from(
      new ours.DynamoDBClient({
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        region: 'local',
        credentials: CREDENTIALS,
      }),
    );
    const stalled = dynamodb.send(new ours.GetCommand({}), { abortSignal: AbortSignal.timeout(50) });
    await expect(stalled).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('in a Lambda it goes to the Region of the environment, as the role in the environment', async () => {
    let seen: Record<string, unknown> = {};
    const server = createServer((request, response) => {
      seen = request.headers;
      response.end('{"SecretString":"wh_secret_text"}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    stops.push(() => server.close());
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token-of-the-role',
    });
    expect(new ours.DynamoDBClient().connection.endpoint.href).toBe(
      'https://dynamodb.eu-west-1.amazonaws.com/',
    );
    const { port } = server.address() as AddressInfo;
    process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = `http://127.0.0.1:${port}`;
    const secrets = new SecretsManagerClient();
    const answer = await secrets.send(
      new GetSecretValueCommand({ SecretId: 'arn', VersionStage: 'AWSCURRENT' }),
    );
    expect(answer).toEqual({ SecretString: 'wh_secret_text' });
    expect(seen).toMatchObject({
      'x-amz-target': 'secretsmanager.GetSecretValue',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-security-token': 'token-of-the-role',
      authorization: expect.stringContaining('/eu-west-1/secretsmanager/aws4_request'),
    });
    server.closeAllConnections();
  });
});
