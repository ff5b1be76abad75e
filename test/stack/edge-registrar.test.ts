import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Template } from 'aws-cdk-lib/assertions';
import { OUTPUTS } from '../../lib/aws/names';
import { edgeRegistrarApp } from '../../lib/stack/app';
import { readSettings } from '../../lib/stack/settings';

// The one test file that loads aws-cdk-lib.

type Properties = ReturnType<Template['findResources']>[string];
type Reference = string | { Ref: string } | { 'Fn::GetAtt': [string, string] };

const folders: string[] = [];
const CONTEXT = { name: 'edge-registrar', outboundSipHost: 'sip.example.net' };

function synth(context: Readonly<Record<string, unknown>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'edge-registrar-'));
  folders.push(folder);
  const config = JSON.parse(readFileSync(join(__dirname, '../../cdk.json'), 'utf8'));
  const app = edgeRegistrarApp({ outdir: folder, context: { ...config.context, ...CONTEXT, ...context } });
  const template = Template.fromJSON(app.synth().getStackByName('edge-registrar').template);
  const report = JSON.parse(readFileSync(join(folder, 'validation-report.json'), 'utf8'));
  return { template, findings: report.pluginReports, folder };
}

const stack = synth();

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Logical id and properties of each resource of a type. */
function ofType(type: string, { template } = stack): [string, Properties][] {
  return Object.entries(template.findResources(type)).map(([id, it]) => [id, it.Properties]);
}

/** A logical id of a template is the path of its construct and eight hex digits. */
function nounOf(reference: Reference): string {
  const id =
    typeof reference === 'string'
      ? reference
      : 'Ref' in reference
        ? reference.Ref
        : reference['Fn::GetAtt'][0];
  return id.replace(/[0-9A-F]{8}$/, '');
}

function isReference(part: unknown): boolean {
  return typeof part === 'object' && part !== null && 'Fn::GetAtt' in part;
}

function permissionsOf(role: string): string[] {
  const policies = ofType('AWS::IAM::Policy').filter(([, it]) =>
    it.Roles.some((it: Reference) => nounOf(it) === role),
  );
  return policies
    .flatMap(([, it]) => it.PolicyDocument.Statement)
    .flatMap(({ Effect, Action, Resource }) =>
      [Action]
        .flat()
        .map((action: string) => `${Effect} ${action} on ${[Resource].flat().map(nounOf).join()}`),
    );
}

describe('the hooks', () => {
  const lambdas = ofType('AWS::Lambda::Function');

  test('there are two: Node 24 on arm64, 512 MB, 5 s', () => {
    expect(lambdas.map(([id]) => nounOf(id))).toEqual(['registerauthLambda', 'callhookLambda']);
    for (const [, lambda] of lambdas)
      expect(lambda).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        MemorySize: 512,
        Timeout: 5,
      });
  });

  test('they log JSON to a group of their own that forgets, and Lambda itself speaks from WARN up', () => {
    expect(lambdas.map(([, it]) => nounOf(it.LoggingConfig.LogGroup))).toEqual([
      'registerauthLog',
      'callhookLog',
    ]);
    for (const [, { LoggingConfig }] of lambdas)
      expect(LoggingConfig).toMatchObject({
        LogFormat: 'JSON',
        SystemLogLevel: 'WARN',
        ApplicationLogLevel: 'INFO',
      });
    for (const [, group] of ofType('AWS::Logs::LogGroup')) expect(group.RetentionInDays).toBe(30);
    expect(ofType('AWS::Logs::LogGroup')).toHaveLength(3);
  });

  test.each(['registerauthRole', 'callhookRole'])('%s may do this and no more', (role) => {
    expect(permissionsOf(role)).toEqual([
      `Allow logs:CreateLogStream on ${role.replace('Role', 'Log')}`,
      `Allow logs:PutLogEvents on ${role.replace('Role', 'Log')}`,
      'Allow dynamodb:GetItem on CustomersTable',
      'Allow dynamodb:BatchGetItem on MemoryTable',
      'Allow dynamodb:DeleteItem on MemoryTable',
      'Allow dynamodb:GetItem on MemoryTable',
      'Allow dynamodb:PutItem on MemoryTable',
      'Allow dynamodb:UpdateItem on MemoryTable',
      'Allow secretsmanager:GetSecretValue on WebhookSecret',
    ]);
  });

  test('no role of theirs has a policy that AWS wrote', () => {
    const roles = ofType('AWS::IAM::Role').filter(([id]) => /^(registerauth|callhook)/.test(id));
    expect(roles.map(([, { ManagedPolicyArns }]) => ManagedPolicyArns)).toEqual([undefined, undefined]);
  });

  test('they are told what they read, under the names they read it by', () => {
    for (const [, { Environment }] of lambdas)
      expect(
        Object.fromEntries(
          Object.entries<Reference>(Environment.Variables).map(([name, value]) => [name, nounOf(value)]),
        ),
      ).toEqual({
        CUSTOMERS_TABLE: 'CustomersTable',
        MEMORY_TABLE: 'MemoryTable',
        WEBHOOK_SECRET_ARN: 'WebhookSecret',
        OUTBOUND_SIP_HOST: 'sip.example.net',
      });
  });

  test('each is one CommonJS file with the SDK in it, below 110 kB of gzip, without a source map', () => {
    const assets = readdirSync(stack.folder).filter((name) => name.startsWith('asset.'));
    expect(assets).toHaveLength(2);
    for (const asset of assets) {
      expect(readdirSync(join(stack.folder, asset))).toEqual(['index.js']);
      const code = readFileSync(join(stack.folder, asset, 'index.js'));
      const required = [...code.toString().matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = '']) => name);
      expect(required).toContain('node:https');
      expect(required.filter((name) => !isBuiltin(name))).toEqual([]);
      expect(code.includes('sourceMappingURL')).toBe(false);
      expect(gzipSync(code).length).toBeLessThan(110 * 1024);
    }
  });
});

test('a bundle starts, and sends an unsigned hook away', async () => {
  const asset = readdirSync(stack.folder).find((name) => name.startsWith('asset.')) ?? '';
  Object.assign(process.env, {
    WEBHOOK_SECRET: 'wh_secret_test',
    CUSTOMERS_TABLE: 'c',
    MEMORY_TABLE: 'm',
    OUTBOUND_SIP_HOST: 'h',
  });
  jest.spyOn(console, 'info').mockReturnValue();
  const { handler } = require(join(stack.folder, asset, 'index.js'));
  const paths = ['/register-auth', '/call-hook'];
  const answers = await Promise.all(paths.map((resource) => handler({ resource, headers: {}, body: '{}' })));
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([401, 404]);
});

describe('the front door', () => {
  test('POST to four paths, each to its Lambda, which has 6 s', () => {
    const paths = new Map(ofType('AWS::ApiGateway::Resource').map(([id, it]) => [id, it.PathPart]));
    const methods = ofType('AWS::ApiGateway::Method').map(([, it]) => {
      const uri = it.Integration.Uri['Fn::Join'][1].find(isReference);
      return `${it.HttpMethod} /${paths.get(it.ResourceId.Ref)} ${it.Integration.Type} ${nounOf(uri)} ${it.Integration.TimeoutInMillis}`;
    });
    expect(methods).toEqual([
      'POST /register-auth AWS_PROXY registerauthLambda 6000',
      'POST /call-hook AWS_PROXY callhookLambda 6000',
      'POST /dial-action AWS_PROXY callhookLambda 6000',
      'POST /call-status AWS_PROXY callhookLambda 6000',
    ]);
  });

  test('all that API Gateway says by itself is 504 and JSON', () => {
    const responses = ofType('AWS::ApiGateway::GatewayResponse').map(([, it]) => it);
    // docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
    expect(responses.map(({ ResponseType }) => ResponseType).sort()).toEqual([
      'ACCESS_DENIED',
      'API_CONFIGURATION_ERROR',
      'AUTHORIZER_CONFIGURATION_ERROR',
      'AUTHORIZER_FAILURE',
      'BAD_REQUEST_BODY',
      'BAD_REQUEST_PARAMETERS',
      'DEFAULT_4XX',
      'DEFAULT_5XX',
      'EXPIRED_TOKEN',
      'INTEGRATION_FAILURE',
      'INTEGRATION_TIMEOUT',
      'INVALID_API_KEY',
      'INVALID_SIGNATURE',
      'MISSING_AUTHENTICATION_TOKEN',
      'QUOTA_EXCEEDED',
      'REQUEST_TOO_LARGE',
      'RESOURCE_NOT_FOUND',
      'THROTTLED',
      'UNAUTHORIZED',
      'UNSUPPORTED_MEDIA_TYPE',
      'WAF_FILTERED',
    ]);
    for (const { StatusCode, ResponseTemplates } of responses) {
      expect(StatusCode).toBe('504');
      expect(Object.keys(ResponseTemplates)).toEqual(['application/json']);
    }
  });

  test('the access log holds no header and no body', () => {
    const [[, stage] = ['', {}]] = ofType('AWS::ApiGateway::Stage');
    expect(Object.values(JSON.parse(stage.AccessLogSetting.Format))).toEqual([
      '$context.requestTimeEpoch',
      '$context.requestId',
      '$context.identity.sourceIp',
      '$context.resourcePath',
      '$context.status',
      '$context.error.responseType',
      '$context.responseLatency',
      '$context.integrationStatus',
    ]);
    expect(stage.MethodSettings).toEqual([expect.objectContaining({ DataTraceEnabled: false })]);
    expect(stage.MethodSettings[0].LoggingLevel).toBeUndefined();
  });
});

describe('the tables', () => {
  const tables = new Map(ofType('AWS::DynamoDB::GlobalTable').map(([id, it]) => [nounOf(id), it]));

  test('Customers: by realm and username, on demand, with its past, and not to be deleted', () => {
    expect(tables.get('CustomersTable')).toMatchObject({
      KeySchema: [
        { AttributeName: 'realm', KeyType: 'HASH' },
        { AttributeName: 'username', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      Replicas: [
        {
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      ],
    });
    stack.template.hasResource('AWS::DynamoDB::GlobalTable', {
      Properties: { KeySchema: [{ AttributeName: 'realm' }, { AttributeName: 'username' }] },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('Memory: by key, on demand, each item until its endsAt', () => {
    expect(tables.get('MemoryTable')).toMatchObject({
      KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'endsAt', Enabled: true },
    });
  });

  test('there is no third', () => {
    expect([...tables.keys()]).toEqual(['CustomersTable', 'MemoryTable']);
  });
});

describe('the webhook secret', () => {
  test('is born as 64 random characters that nobody knows, and stands nowhere in the template', () => {
    expect(ofType('AWS::SecretsManager::Secret').map(([, it]) => it.GenerateSecretString)).toEqual([
      { PasswordLength: 64, ExcludePunctuation: true },
    ]);
    expect(JSON.stringify(stack.template.toJSON().Resources)).not.toContain('{{resolve:');
  });
});

test('the outputs are what an admin pastes into jambonz and types into the AWS CLI', () => {
  const outputs = stack.template.findOutputs('*');
  const ends = (name: string) => JSON.stringify(outputs[name]?.Value);
  expect(ends('RegistrationHook')).toContain('/register-auth"');
  expect(ends('CallHook')).toContain('/call-hook"');
  expect(ends('CallStatusHook')).toContain('/call-status"');
  expect(nounOf(outputs.CustomersTable?.Value)).toBe('CustomersTable');
  expect(nounOf(outputs.WebhookSecretArn?.Value)).toBe('WebhookSecret');
});

test('cdk-nag AwsSolutions finds nothing that is not acknowledged', () => {
  expect(stack.findings).toEqual([]);
});

test('nothing in the template belongs to one account or Region', () => {
  expect(JSON.stringify(stack.template.toJSON().Resources)).not.toMatch(
    /\b\d{12}\b|(us|eu|ap|sa|ca|me|af)-[a-z]+-\d/,
  );
});

describe('the settings', () => {
  const read = (context: Record<string, unknown>) => () => readSettings((name) => context[name]);

  test('a host, with or without a port, is taken', () => {
    for (const outboundSipHost of ['sip.example.net', '192.0.2.1:5061', '[2001:db8::1]:5060'])
      expect(read({ name: 'a', outboundSipHost })()).toEqual({ name: 'a', outboundSipHost });
  });

  test('a missing one is named, with the way to set it', () => {
    expect(read({ name: 'a' })).toThrow(
      'the setting outboundSipHost is not set; set it in the context of cdk.json, or with -c outboundSipHost=…',
    );
  });

  test('all wrong ones are named at once, each with what to write', () => {
    expect(read({ name: 'My Registrar', outboundSipHost: 'sip:carrier.example' })).toThrow(
      'the setting name is "My Registrar": use at most 40 of a-z 0-9 -, and begin with a letter; set it in the context of cdk.json, or with -c name=…\n' +
        'the setting outboundSipHost is "sip:carrier.example": write a host or host:port, without sip:, such as sip.carrier.example:5060; set it in the context of cdk.json, or with -c outboundSipHost=…',
    );
  });

  test('cdk.json carries the example host, and nothing of an account', () => {
    const { context } = JSON.parse(readFileSync(join(__dirname, '../../cdk.json'), 'utf8'));
    expect(context.outboundSipHost).toBe('sip.carrier.example');
    expect(JSON.stringify(context)).not.toMatch(/\d{12}|arn:/);
  });
});

test('the outputs have every name by which the command line tool looks for them', () => {
  expect(Object.keys(stack.template.findOutputs('*'))).toEqual(
    expect.arrayContaining([...Object.values(OUTPUTS)]),
  );
});
