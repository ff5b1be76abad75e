import { findDeployment } from '../../lib/admin/deployment';
import { secretStore } from '../../lib/admin/jambonz/secret-store';
import { type Desk, openDesk } from './desk';
import { type AwsStandIn, startAws } from './stand-ins/aws-stand-in';

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
  HookLogs: 'arn:aws:logs:eu-west-1:123456789012:log-group:a,arn:aws:logs:eu-west-1:123456789012:log-group:b',
};

describe('a deployed stack', () => {
  const before = { ...process.env };
  let desk: Desk;
  let aws: AwsStandIn;
  beforeAll(async () => {
    desk = await openDesk();
    aws = await startAws();
    aws.outputs = OUTPUTS;
    Object.assign(process.env, aws.env);
  });
  afterAll(async () => {
    process.env = before;
    await aws.stop();
    await desk.stop();
  });
  const find = (options: { stack?: string; table?: string }, env: Record<string, string> = {}) =>
    findDeployment({ ...desk.shell, env }, options);

  test('is found by its outputs: tables, secret, hooks and the host of its carrier', async () => {
    const deployment = await find({ stack: 'edge' });
    expect(deployment).toMatchObject({
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
      log: {
        groups: [
          'arn:aws:logs:eu-west-1:123456789012:log-group:a',
          'arn:aws:logs:eu-west-1:123456789012:log-group:b',
        ],
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
    aws.outputs = earlier;
    expect((await find({ stack: 'edge' })).settings).toMatchObject({
      callGrant: 'enforce',
      emergencyForDisabled: true,
    });
  });

  test('of another kind is named as such', async () => {
    aws.outputs = { Bucket: 'x' };
    await expect(find({ stack: 'other' })).rejects.toThrow(
      'stack other has no output CustomersTable: is it a stack of edge-registrar, of this version?',
    );
  });

  test('by its table alone has neither memory nor secret', async () => {
    const deployment = await find({ table: 'Mine' });
    expect(deployment).toMatchObject({
      name: 'table Mine',
      memoryTable: undefined,
      webhookSecret: undefined,
    });
    expect(() => secretStore(deployment)).toThrow(
      'with --table alone it is not known where the webhook secret is stored: pass --stack NAME',
    );
  });
});
