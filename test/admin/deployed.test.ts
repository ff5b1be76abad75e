import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findPlace } from '../../lib/admin/place';
import { secretStore } from '../../lib/admin/secret-store';
import { type Desk, openDesk } from './desk';

/** What CloudFormation and Secrets Manager say, as far as the desk asks them. */
const OUTPUTS: Readonly<Record<string, string>> = {
  CustomersTable: 'Customers',
  MemoryTable: 'Memory',
  WebhookSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:edge',
  OutboundSipHost: 'sip.carrier.com:5080',
  CallGrant: 'observe',
  EmergencyForDisabled: 'false',
  RegistrationHook: 'https://api.example.com/hooks/register-auth',
  CallHook: 'https://api.example.com/hooks/call-hook',
  CallStatusHook: 'https://api.example.com/hooks/call-status',
};

function describeStacks(outputs: Readonly<Record<string, string>>): string {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
    <StackName>edge</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-11-01T00:00:00Z</CreationTime>
    <Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

let outputs = OUTPUTS;
const versions: string[] = [];
const aws = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const target = request.headers['x-amz-target'];
  if (target === undefined) return response.end(describeStacks(outputs));
  const { SecretString } = JSON.parse(Buffer.concat(chunks).toString());
  if (target === 'secretsmanager.PutSecretValue') versions.push(SecretString);
  const current = versions.at(-1);
  if (current === undefined) response.writeHead(400, { 'x-amzn-errortype': 'ResourceNotFoundException' });
  response.end(current === undefined ? '{}' : JSON.stringify({ SecretString: current }));
});

describe('a deployed stack', () => {
  const before = { ...process.env };
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
    await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_CLOUDFORMATION: url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    });
  });
  afterAll(async () => {
    process.env = before;
    aws.close();
    aws.closeAllConnections();
    await desk.stop();
  });
  const find = (options: { stack?: string; table?: string }, env: Record<string, string> = {}) =>
    findPlace({ ...desk.shell, env }, options);

  test('is found by its outputs: tables, secret, hooks and the host of its carrier', async () => {
    const place = await find({ stack: 'edge' });
    expect(place).toMatchObject({
      name: 'table Customers of stack edge',
      memoryTable: 'Memory',
      settings: {
        outboundSipHost: 'sip.carrier.com:5080',
        callGrant: 'observe',
        emergencyForDisabled: false,
      },
      webhookSecret: { arn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:edge' },
      hooks: {
        registration: 'https://api.example.com/hooks/register-auth',
        call: 'https://api.example.com/hooks/call-hook',
        callStatus: 'https://api.example.com/hooks/call-status',
      },
    });
  });

  test('has the settings of its outputs, whatever the environment says', async () => {
    const env = { OUTBOUND_SIP_HOST: 'of.another.example', EMERGENCY_FOR_DISABLED: 'true' };
    expect((await find({ stack: 'edge' }, env)).settings).toEqual({
      outboundSipHost: 'sip.carrier.com:5080',
      callGrant: 'observe',
      emergencyForDisabled: false,
    });
  });

  test('keeps the webhook secret in Secrets Manager', async () => {
    const store = secretStore(await find({ stack: 'edge' }));
    expect(await store.read()).toBeUndefined();
    await store.write('wh_secret_new');
    expect(await store.read()).toBe('wh_secret_new');
  });

  test('of a version without these outputs has the defaults', async () => {
    const { CallGrant, EmergencyForDisabled, ...earlier } = OUTPUTS;
    outputs = earlier;
    expect((await find({ stack: 'edge' })).settings).toMatchObject({
      callGrant: 'enforce',
      emergencyForDisabled: true,
    });
  });

  test('of another kind is told so', async () => {
    outputs = { Bucket: 'x' };
    await expect(find({ stack: 'other' })).rejects.toThrow(
      'stack other has no output CustomersTable: is it a stack of edge-registrar, of this version?',
    );
  });

  test('by its table alone has neither memory nor secret', async () => {
    const place = await find({ table: 'Mine' });
    expect(place).toMatchObject({ name: 'table Mine', memoryTable: undefined, webhookSecret: undefined });
    expect(() => secretStore(place)).toThrow(
      'with --table alone nobody knows where the webhook secret is kept: say --stack NAME',
    );
  });
});
