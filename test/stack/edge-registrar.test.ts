import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { isBuiltin } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Template } from 'aws-cdk-lib/assertions';
import { callHook, callStatus, dialAction } from '../../lambdas/call-hook';
import { bundleLambda, LAMBDAS } from '../../lib/bench/bundles';
import { fixedCostOf } from '../../lib/bench/fixed-cost';
import { Undecided } from '../../lib/hooks/errors';
import { lineOfBroken, lineOfDegradation, linesOfProblems, reportOf } from '../../lib/hooks/telemetry';
import { signatureHeader } from '../../lib/jambonz/signature';
import { callHookPayload, callStatusPayload, dialActionPayload } from '../../lib/local/jambonz-simulator';
import { invite } from '../../lib/local/sip-phone';
import { parseCustomer } from '../../lib/registrar/record/customer';
import { edgeRegistrarApp } from '../../lib/stack/app';
import { OUTPUTS } from '../../lib/stack/output-names';
import { QUERIES } from '../../lib/stack/saved-queries';
import { capture } from '../captures';
import { contextWith, NOW, send } from '../hook-context';
import { type CloudFormationTemplate, schemaProblems } from './cloudformation-schema';

// The one test file that loads aws-cdk-lib.

type Properties = ReturnType<Template['findResources']>[string];
type Reference =
  | string
  | { Ref: string }
  | { 'Fn::GetAtt': [string, string] }
  | { 'Fn::Join': [string, [Reference, string]] };

const ROOT = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const CONTEXT = { ...JSON.parse(read('cdk.json')).context, outboundSipHost: 'sip.example.net' };

const folders: string[] = [];

function synth(context: Readonly<Record<string, unknown>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'edge-registrar-'));
  folders.push(folder);
  const assembly = edgeRegistrarApp({ outdir: folder, context: { ...CONTEXT, ...context } }).synth();
  const isProtected = assembly.stacks.map(({ terminationProtection }) => terminationProtection);
  const warnings = assembly.stacks.flatMap(({ messages }) =>
    messages.filter(({ level }) => level === 'warning').map(({ entry }) => String(entry.data)),
  );
  const report = JSON.parse(readFileSync(join(folder, 'validation-report.json'), 'utf8'));
  const templates = assembly.stacks.map(
    ({ stackName, template }) => [stackName, Template.fromJSON(template)] as const,
  );
  const template = only(templates, String(context.name ?? 'edge-registrar'));
  return { template, templates, isProtected, warnings, findings: report.pluginReports, folder };
}

/** Without the Lambdas' bundles, which are the same whatever the settings say. */
const synthUnbundled = (context: Readonly<Record<string, unknown>>) =>
  synth({ ...context, 'aws:cdk:bundling-stacks': [] });

function only<T>(pairs: readonly (readonly [string, T])[], name: string): T {
  const found = pairs.find(([it]) => it === name)?.[1];
  if (!found) throw new Error(`no ${name}`);
  return found;
}

/** As a fresh clone has it, but for the SIP host. */
const stack = synth();

/** Every setting that can be set together with the others. */
const ALL_SETTINGS = {
  name: 'second',
  sbcAddresses: '192.0.2.0/24,198.51.100.7',
  domainName: 'hooks.example.com',
  certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/home',
  requestsPerSecond: '70',
  burst: '90',
  reservedConcurrency: '50',
  logLevel: 'WARN',
  previousSecretHours: '2',
  logRetentionDays: '90',
  alarmEmail: 'noc@example.com',
  healthCheck: 'true',
  runbookUrl: 'https://git.example.com/edge-registrar/runbook.md',
  canaryDeployment: 'true',
  apiGatewayLogRole: 'true',
  region: 'eu-central-1',
  standbyRegion: 'eu-west-1',
  standbyCertificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/standby',
  tags: 'owner=voice',
};
const { standbyRegion, standbyCertificateArn, ...withoutStandby } = ALL_SETTINGS;

const full = synth(ALL_SETTINGS);
const standby = { template: only(full.templates, 'second-standby') };
const standbyRemoved = synthUnbundled(withoutStandby);

/** As after `cdk destroy`, for a look before cdk.json is edited. */
const adopted = synthUnbundled({
  existingCustomersTable: 'edge-registrar-customers',
  outboundSipHost: 'sip.carrier.example',
  silenceMinutes: 0,
});
const SYNTHS = [stack, full, standbyRemoved, adopted];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Logical id and properties of each resource of a type. */
function ofType(type: string, { template }: { template: Template } = stack): [string, Properties][] {
  return Object.entries(template.findResources(type)).map(([id, it]) => [id, it.Properties]);
}

/** A logical id of a template is the path of its construct and eight hex digits. */
function nounOf(reference: Reference): string {
  if (typeof reference !== 'string' && 'Fn::Join' in reference) {
    const [, [table, path]] = reference['Fn::Join'];
    return nounOf(table).replace(/Table$/, path.startsWith('/index/') ? 'Index' : path);
  }
  const id =
    typeof reference === 'string'
      ? reference
      : 'Ref' in reference
        ? reference.Ref
        : reference['Fn::GetAtt'][0];
  return id.replace(/[0-9A-F]{8}$/, '');
}

/** A text that CloudFormation joins, with the names of what it puts in. */
function textOf(value: string | { 'Fn::Join': [string, (string | object)[]] }): string {
  if (typeof value === 'string') return value;
  return value['Fn::Join'][1]
    .map((it) => (typeof it === 'string' ? it : Object.values(it).flat().join('.')))
    .join('');
}

/** A Lambda and its version: what changes with its code. */
function isCode(id: string): boolean {
  return /^(registerauth|callhook)Lambda(CurrentVersion|Alias|[0-9A-F]{8}$)/.test(id);
}

/** A chapter of a Markdown text, without its title. */
function section(text: string, title: string): string {
  return text.split(/^## /m).find((it) => it.startsWith(`${title}\n`)) ?? '';
}

function isReference(part: unknown): boolean {
  return typeof part === 'object' && part !== null && 'Fn::GetAtt' in part;
}

function permissionsOf(role: string, of: { template: Template } = stack): string[] {
  const policies = ofType('AWS::IAM::Policy', of).filter(([, it]) =>
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
        ApplicationLogLevel: 'TRACE',
      });
    for (const [, group] of ofType('AWS::Logs::LogGroup')) expect(group.RetentionInDays).toBe(30);
    expect(ofType('AWS::Logs::LogGroup')).toHaveLength(3);
  });

  test.each(['registerauthRole', 'callhookRole'])('%s may do this and no more', (role) => {
    expect(permissionsOf(role)).toEqual([
      `Allow logs:CreateLogStream on ${role.replace('Role', 'Log')}`,
      `Allow logs:PutLogEvents on ${role.replace('Role', 'Log')}`,
      'Allow dynamodb:BatchGetItem on CustomersTable',
      'Allow dynamodb:GetItem on CustomersTable',
      'Allow kms:Decrypt on DataKey',
      'Allow kms:DescribeKey on DataKey',
      'Allow kms:Encrypt on DataKey',
      'Allow kms:GenerateDataKey on DataKey',
      ...(role === 'callhookRole' ? ['Allow dynamodb:Query on CustomersIndex'] : []),
      'Allow dynamodb:BatchGetItem on MemoryTable',
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

  test('their environment has what they read, by its names', () => {
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
        METRICS_NAMESPACE: 'edge-registrar',
        CALL_GRANT: 'enforce',
        CALLS_WITHOUT_MEMORY: 'allow',
        STALE_IF_ERROR_SECONDS: '900',
        EMERGENCY_FOR_DISABLED: 'true',
        LOG_LEVEL: 'INFO',
        PREVIOUS_SECRET_HOURS: '24',
      });
  });

  test('each starts with one CommonJS file, within its limit of gzip, without a source map', () => {
    for (const asset of readdirSync(stack.folder).filter((name) => name.startsWith('asset.'))) {
      const code = readFileSync(join(stack.folder, asset, 'index.js'));
      const required = [...code.toString().matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = '']) => name);
      expect(required).toContain('node:https');
      const beside = readdirSync(join(stack.folder, asset)).filter((it) => /^(?!index).*\.js$/.test(it));
      const ours = [...new Set(required.filter((name) => !isBuiltin(name)))];
      expect(ours.map((it) => `${it.slice(2)}.js`).sort()).toEqual(beside.sort());
      expect(code.includes('sourceMappingURL')).toBe(false);
      const isCallHook = beside.includes('phone-number-library.js');
      expect(gzipSync(code).length).toBeLessThan((isCallHook ? 40 : 30) * 1000);
    }
  });

  test('both have the emergency numbers of the world and the reader of invalid records beside them, call-hook more about numbers', () => {
    const assets = readdirSync(stack.folder).filter((name) => name.startsWith('asset.'));
    const files = assets.map((asset) => readdirSync(join(stack.folder, asset)).sort().join(' '));
    expect(files.sort()).toEqual([
      expect.stringMatching(
        /^emergency-countries\.js high-risk-number-types\.js high-risk-ranges\.js index\.js metadata\.max-[0-9A-Z]+\.json phone-number-library\.js read-record\.js$/,
      ),
      'emergency-countries.js index.js read-record.js',
    ]);
    const [asset = ''] = assets.filter((it) =>
      readdirSync(join(stack.folder, it)).includes('phone-number-library.js'),
    );
    const library = require(join(stack.folder, asset, 'phone-number-library.js'));
    expect(library.parseNational('0501234567', 'SA')).toEqual({
      number: '966501234567',
      national: '0501234567',
      valid: true,
      converted: true,
    });
  });
});

test('the bench measures the very bytes that are deployed', () => {
  const assets = readdirSync(stack.folder).filter((name) => name.startsWith('asset.'));
  const deployed = assets.map((asset) => readFileSync(join(stack.folder, asset, 'index.js'), 'utf8'));
  const measured = LAMBDAS.map((name) => readFileSync(bundleLambda(name).file, 'utf8'));
  expect(measured.map((code) => deployed.includes(code))).toEqual([true, true]);
});

test('a bundle starts, and asks DynamoDB with the credentials that Lambda put into its environment', async () => {
  const asked: Record<string, unknown>[] = [];
  const dynamodb = createServer((request, response) => {
    asked.push(request.headers);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
  });
  await new Promise<void>((resolve) => dynamodb.listen(0, '127.0.0.1', resolve));
  const env = {
    WEBHOOK_SECRET: 'wh_secret_test',
    CUSTOMERS_TABLE: 'customers',
    MEMORY_TABLE: 'memory',
    OUTBOUND_SIP_HOST: 'sip.example.net',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    AWS_SESSION_TOKEN: 'token-of-the-role',
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(dynamodb.address() as AddressInfo).port}`,
  };
  const [, hook] = ofType('AWS::Lambda::Function').find(([id]) => nounOf(id) === 'registerauthLambda') ?? [];
  const bundle = join(stack.folder, `asset.${hook?.Code.S3Key.replace('.zip', '')}`, 'index.js');
  const { rawBody: body } = capture('register-post-sipp');
  const signature = signatureHeader(Buffer.from(body), 'wh_secret_test', Math.floor(Date.now() / 1000));
  const event = {
    resource: '/register-auth',
    headers: { 'Jambonz-Signature': signature },
    body,
    requestContext: { extendedRequestId: 'r1' },
  };
  // A process of its own, as in Lambda.
  const program = `require(${JSON.stringify(bundle)}).handler(${JSON.stringify(event)}).then((it) => { console.log(it.statusCode); process.exit(); })`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { env, timeout: 10_000 });
  dynamodb.closeAllConnections();
  await new Promise((resolve) => dynamodb.close(resolve));

  const look = asked.find((it) => it['x-amz-target'] === 'DynamoDB_20120810.BatchGetItem');
  expect(look).toMatchObject({
    'x-amz-security-token': 'token-of-the-role',
    authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\//),
  });
  const [line, metrics, status] = stdout.trim().split('\n').slice(-3);
  expect(line).toMatch(/^\{.*"because":"unknown-account".*"requestId":"r1"\}$/);
  expect(metrics).toMatch(/^\{"_aws":/);
  expect(status).toBe('200');
});

const NOTHING_HERE =
  'there is nothing here: send POST to /register-auth, /call-hook, /dial-action, /call-status, /refer';

describe('the API', () => {
  test('POST to five paths, each to its Lambda, which has 6 s', () => {
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
      'POST /refer AWS_PROXY callhookLambda 6000',
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
    for (const { StatusCode, ResponseTemplates, ResponseParameters } of responses) {
      expect(StatusCode).toBe('504');
      expect(Object.keys(ResponseTemplates)).toEqual(['application/json']);
      // It adds no header to those that AWS sends anyway.
      expect(ResponseParameters).toBeUndefined();
    }
  });

  test.each([
    ['MISSING_AUTHENTICATION_TOKEN', NOTHING_HERE],
    ['RESOURCE_NOT_FOUND', NOTHING_HERE],
    ['ACCESS_DENIED', 'this address may not call the hooks'],
    ['THROTTLED', 'Too Many Requests'],
  ])('%s says what it is: %s', (type, text) => {
    const response = ofType('AWS::ApiGateway::GatewayResponse').find(([, it]) => it.ResponseType === type);
    const answer = response?.[1].ResponseTemplates['application/json']
      .replace('$context.error.messageString', '"Too Many Requests"')
      .replace('$context.error.responseType', type)
      .replace('$context.extendedRequestId', 'JKJaXmPLvHcESHA=');
    expect(JSON.parse(answer)).toEqual({ error: text, gateway: type, requestId: 'JKJaXmPLvHcESHA=' });
  });

  test('takes no TLS below 1.2, under the amazonaws.com name as well', () => {
    for (const of of [stack, full, standby])
      expect(ofType('AWS::ApiGateway::RestApi', of).map(([, it]) => it)).toEqual([
        expect.objectContaining({
          SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PQ_2025_09',
          EndpointAccessMode: 'BASIC',
        }),
      ]);
  });

  test('leaves the role of the account alone, unless apiGatewayLogRole is set, and then for good', () => {
    const accounts = ({ template }: { template: Template }) =>
      template.findResources('AWS::ApiGateway::Account');
    expect(Object.values(accounts(stack))).toEqual([]);
    expect(Object.values(accounts(full))).toEqual([expect.objectContaining({ DeletionPolicy: 'Retain' })]);
    expect(ofType('AWS::IAM::Role').map(([id]) => nounOf(id))).toEqual(['registerauthRole', 'callhookRole']);
  });

  test('the access log holds no header and no body', () => {
    const [[, stage] = ['', {}]] = ofType('AWS::ApiGateway::Stage');
    expect(stage.AccessLogSetting.Format).toBe(
      '$context.identity.sourceIp $context.resourcePath $context.status $context.error.responseType $context.responseLatency $context.extendedRequestId',
    );
    expect(stage.MethodSettings).toEqual([expect.objectContaining({ DataTraceEnabled: false })]);
    expect(stage.MethodSettings[0].LoggingLevel).toBeUndefined();
  });
});

describe('the API, by its settings', () => {
  test('accepts only the SBCs', () => {
    const [[, api] = ['', {}]] = ofType('AWS::ApiGateway::RestApi', full);
    expect(api.Policy.Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 'execute-api:Invoke',
        Resource: 'execute-api:/*',
        Condition: { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '198.51.100.7'] } },
      },
    ]);
  });

  test('has the name and certificate of the admin, TLS 1.2 at least, and no other name', () => {
    expect(ofType('AWS::ApiGateway::DomainName', full).map(([, it]) => it)).toEqual([
      expect.objectContaining({
        DomainName: 'hooks.example.com',
        RegionalCertificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/home',
        SecurityPolicy: 'TLS_1_2',
      }),
    ]);
    const [[, api] = ['', {}]] = ofType('AWS::ApiGateway::RestApi', full);
    expect(api.DisableExecuteApiEndpoint).toBe(true);
    expect(JSON.stringify(full.template.findOutputs('RegistrationHook'))).toContain('/register-auth');
  });

  test('limits requests to what the Lambdas can handle', () => {
    const throttle = (of: typeof standby) =>
      ofType('AWS::ApiGateway::Stage', of).map(([, { MethodSettings }]) => [
        MethodSettings[0].ThrottlingRateLimit,
        MethodSettings[0].ThrottlingBurstLimit,
      ]);
    expect(throttle(stack)).toEqual([[500, 1000]]);
    expect(throttle(full)).toEqual([[70, 90]]);
  });

  test('the Lambdas keep their copies, their level and their retention', () => {
    for (const [, lambda] of ofType('AWS::Lambda::Function', full)) {
      expect(lambda.ReservedConcurrentExecutions).toBe(50);
      expect(lambda.Environment.Variables).toMatchObject({ LOG_LEVEL: 'WARN', PREVIOUS_SECRET_HOURS: '2' });
    }
    for (const [, group] of ofType('AWS::Logs::LogGroup', full)) expect(group.RetentionInDays).toBe(90);
  });

  // docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html: a line on stdout without a level
  // and an RFC 3339 timestamp counts as INFO. Metrics are such lines, and so are our warnings.
  test("at logLevel WARN Lambda's own filter drops nothing: alarms need the lines of metrics", () => {
    const levels = ofType('AWS::Lambda::Function', full).map(
      ([, it]) => it.LoggingConfig.ApplicationLogLevel,
    );
    expect(levels).toEqual(['TRACE', 'TRACE']);
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

  test('both lie under a key of ours that turns every year and outlives the stack', () => {
    for (const [, { SSESpecification, Replicas }] of tables) {
      expect(SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS' });
      expect(nounOf(Replicas[0].SSESpecification.KMSMasterKeyId)).toBe('DataKey');
    }
    stack.template.hasResource('AWS::KMS::Key', {
      Properties: { EnableKeyRotation: true },
      DeletionPolicy: 'Retain',
    });
  });

  test('the hooks use the key through DynamoDB only', () => {
    const uses = ofType('AWS::IAM::Policy')
      .flatMap(([, it]) => it.PolicyDocument.Statement)
      .filter(({ Action }) => [Action].flat().some((it: string) => it.startsWith('kms:')));
    expect(uses.length).toBeGreaterThan(0);
    for (const { Condition } of uses)
      expect(Condition.StringEquals['kms:ViaService'].map(textOf)).toEqual([
        'dynamodb.AWS::Region.amazonaws.com',
        'dynamodb.AWS::Region.AWS::URLSuffix',
      ]);
  });

  test('one of an earlier stack serves on: its items are read under its key, and nothing of it is in the stack', () => {
    expect(ofType('AWS::DynamoDB::GlobalTable', adopted).map(([id]) => nounOf(id))).toEqual(['MemoryTable']);
    for (const [, { Environment }] of ofType('AWS::Lambda::Function', adopted))
      expect(Environment.Variables.CUSTOMERS_TABLE).toBe('edge-registrar-customers');
    const statements = ofType('AWS::IAM::Policy', adopted).flatMap(([, it]) => it.PolicyDocument.Statement);
    const [read] = statements.filter(({ Action }) => [Action].flat().includes('dynamodb:GetItem'));
    expect(textOf(read.Resource)).toMatch(/:dynamodb:.*:table\/edge-registrar-customers$/);
    const [decrypt] = statements.filter(({ Action }) => Action === 'kms:Decrypt');
    expect(textOf(decrypt.Resource)).toMatch(/:kms:.*:key\/\*$/);
    expect(decrypt.Condition.StringEquals).toMatchObject({
      'kms:EncryptionContext:aws:dynamodb:tableName': 'edge-registrar-customers',
      'kms:EncryptionContext:aws:dynamodb:subscriberId': { Ref: 'AWS::AccountId' },
    });
    expect(adopted.template.findOutputs('CustomersTable').CustomersTable?.Value).toBe(
      'edge-registrar-customers',
    );
  });

  test('History: by account and version, as safe as the customers, and no hook may read it', () => {
    const history = tables.get('CustomersHistoryTable');
    expect(history).toMatchObject({
      TableName: 'edge-registrar-customers-history',
      KeySchema: [
        { AttributeName: 'aor', KeyType: 'HASH' },
        { AttributeName: 'version', KeyType: 'RANGE' },
      ],
      Replicas: tables.get('CustomersTable')?.Replicas,
    });
    const statements = ofType('AWS::IAM::Policy').flatMap(([, it]) => it.PolicyDocument.Statement);
    expect(statements.length).toBeGreaterThan(0);
    expect(JSON.stringify(statements)).not.toMatch(/history/i);
  });

  test('there are three', () => {
    expect([...tables.keys()]).toEqual(['CustomersTable', 'CustomersHistoryTable', 'MemoryTable']);
  });
});

describe('the webhook secret', () => {
  test('is created as 64 random characters, and is not in the template', () => {
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
  expect(ends('HookLogs').match(/:logs:.*?:log-group:/g)).toHaveLength(2);
});

test('the outputs have the settings that the command line explains calls by', () => {
  const outputs = stack.template.findOutputs('*');
  expect(outputs.OutboundSipHost?.Value).toBe('sip.example.net');
  expect(outputs.CallGrant?.Value).toBe('enforce');
  expect(outputs.EmergencyForDisabled?.Value).toBe('true');
});

describe('a standby Region', () => {
  const customers = ofType('AWS::DynamoDB::GlobalTable', full).find(
    ([id]) => nounOf(id) === 'CustomersTable',
  );

  test('has a copy of the customers under a key of its own, as safe as the one at home', () => {
    expect(customers?.[1].TableName).toBe('second-customers');
    expect(customers?.[1].Replicas).toEqual([
      expect.objectContaining({ Region: { Ref: 'AWS::Region' } }),
      {
        Region: 'eu-west-1',
        SSESpecification: {
          KMSMasterKeyId: {
            'Fn::Join': [
              '',
              [
                'arn:',
                { Ref: 'AWS::Partition' },
                ':kms:eu-west-1:',
                { Ref: 'AWS::AccountId' },
                ':alias/second-data',
              ],
            ],
          },
        },
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    ]);
    expect(ofType('AWS::KMS::Alias', standby).map(([, it]) => it.AliasName)).toEqual(['alias/second-data']);
  });

  test('has hooks of its own that read the copy, and a memory of its own', () => {
    expect(ofType('AWS::Lambda::Function', standby)).toHaveLength(2);
    for (const [, { Environment }] of ofType('AWS::Lambda::Function', standby))
      expect(Environment.Variables.CUSTOMERS_TABLE).toBe('second-customers');
    expect(ofType('AWS::DynamoDB::GlobalTable', standby).map(([id]) => nounOf(id))).toEqual(['MemoryTable']);
    const policies = JSON.stringify(ofType('AWS::IAM::Policy', standby));
    expect(policies).toContain(':table/second-customers');
    expect(policies).toContain('dynamodb:eu-west-1:');
  });

  test('goes again: of the home stack only the copies of the customers and their history change', () => {
    const [before, after] = [full, standbyRemoved].map(({ template }) => template.toJSON().Resources);
    // Each bundle is the same, and lies in the same place; unbundled it has another name.
    const changed = Object.keys({ ...before, ...after }).filter(
      (id) => !isCode(id) && JSON.stringify(before[id]) !== JSON.stringify(after[id]),
    );
    expect(changed.map(nounOf)).toEqual(['CustomersTable', 'CustomersHistoryTable']);
    for (const table of changed) {
      const { Replicas: copies, ...rest } = before[table].Properties;
      expect(after[table].Properties).toEqual({ ...rest, Replicas: [copies[0]] });
    }
    expect(standbyRemoved.templates.map(([name]) => name)).toEqual(['second']);
  });

  test('answers to the same name, with its own certificate', () => {
    expect(ofType('AWS::ApiGateway::DomainName', standby).map(([, it]) => it)).toEqual([
      expect.objectContaining({
        DomainName: 'hooks.example.com',
        RegionalCertificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/standby',
      }),
    ]);
  });
});

describe('the alarms', () => {
  const plain = ofType('AWS::CloudWatch::Alarm').map(([, it]) => it);
  const composite = ofType('AWS::CloudWatch::CompositeAlarm').map(([, it]) => it);
  const alarms = [...plain, ...composite];
  const named = (name: string) => alarms.find(({ AlarmName }) => AlarmName === `edge-registrar-${name}`);

  test.each([
    ['undecided', 'Undecided', 0, 2, 3],
    ['signature-failures', 'SignatureFailures', 10, 2, 3],
    ['clock-skew', 'ClockSkew', 0, 2, 3],
    ['replay', 'ReplayRefused', 0, 1, 1],
    ['unchecked', 'Unchecked', 0, 2, 3],
    ['bad-record', 'BadRecords', 0, 1, 1],
  ])('%s rings when %s is above %i in %i of %i periods', (name, metric, above, of, periods) => {
    expect(named(name)).toMatchObject({
      MetricName: metric,
      Threshold: above,
      ComparisonOperator: 'GreaterThanThreshold',
      DatapointsToAlarm: of,
      EvaluationPeriods: periods,
      TreatMissingData: 'notBreaching',
    });
  });

  test('slow rings when the 99th percentile is above 1.5 s in 3 of 5 minutes', () => {
    expect(named('slow')).toMatchObject({ Threshold: 1500, DatapointsToAlarm: 3, EvaluationPeriods: 5 });
    expect(named('slow')?.Metrics[0].MetricStat).toMatchObject({
      Metric: { Namespace: 'AWS/ApiGateway', MetricName: 'Latency' },
      Period: 60,
      Stat: 'p99',
    });
  });

  test('5xx are counted in the access log, on existing paths only: requests to other paths raise no alarm', () => {
    const [[, filter] = ['', {}]] = ofType('AWS::Logs::MetricFilter');
    expect(filter.FilterPattern).toBe(
      '[address, path = "/register-auth" || path = "/call-hook" || path = "/dial-action" || path = "/call-status" || path = "/refer", status = 5*, gateway, milliseconds, requestId]',
    );
    expect(filter.MetricTransformations).toEqual([
      { MetricNamespace: 'edge-registrar', MetricName: 'Answers5xx', MetricValue: '1' },
    ]);
    expect(nounOf(filter.LogGroupName)).toBe('FrontDoorAccessLog');
    expect(named('front-door-5xx')).toMatchObject({
      Metrics: [{ MetricStat: { Metric: { MetricName: 'Answers5xx' }, Period: 60, Stat: 'Sum' } }],
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      DatapointsToAlarm: 2,
      EvaluationPeriods: 3,
      TreatMissingData: 'notBreaching',
    });
  });

  test('silence: no REGISTER granted for 90 minutes, although there was one in 7 days; missing data mean no REGISTER', () => {
    const [[, silence] = ['', {}]] = ofType('AWS::CloudWatch::CompositeAlarm');
    expect(textOf(silence.AlarmRule).replace(/[0-9A-F]{8}/g, '')).toBe(
      '(ALARM("Alarmssilencelately.Arn") AND OK("Alarmssilenceinaweek.Arn"))',
    );
    const watched = (name: string) => {
      const { Metrics: metrics = [], ...alarm } = named(name) ?? {};
      const [expression, { MetricStat: stat }] = metrics;
      return {
        ...alarm,
        expression: expression.Expression,
        name: stat.Metric.MetricName,
        period: stat.Period,
      };
    };
    const none = {
      expression: 'FILL(granted, 0)',
      name: 'Registrations',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    };
    expect(watched('silence-lately')).toMatchObject({ ...none, period: 60, EvaluationPeriods: 90 });
    expect(watched('silence-in-a-week')).toMatchObject({ ...none, period: 86400, EvaluationPeriods: 7 });
    // Alone they ring nowhere.
    expect([named('silence-lately')?.AlarmActions, named('silence-in-a-week')?.AlarmActions]).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('silence can be switched off', () => {
    expect(ofType('AWS::CloudWatch::CompositeAlarm', adopted)).toEqual([]);
  });

  test('health-check rings when a Lambda fails twice in 5 minutes, or is not asked', () => {
    const alarm = ofType('AWS::CloudWatch::Alarm', full).find(
      ([, it]) => it.AlarmName === 'second-health-check',
    )?.[1];
    expect(alarm).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'breaching',
    });
    const metrics = alarm?.Metrics.map((it: Properties) => it.Expression ?? it.MetricStat.Metric.MetricName);
    expect(metrics).toEqual(['errors0 + errors1', 'Errors', 'Errors']);
    expect(named('health-check')).toBeUndefined();
  });

  test('throttled adds up both Lambdas and both tables', () => {
    const metrics = named('throttled')?.Metrics.filter((it: Properties) => it.MetricStat);
    expect(metrics.map(({ MetricStat }: Properties) => MetricStat.Metric.MetricName)).toEqual([
      'Throttles',
      'Throttles',
      'ThrottledRequests',
      'ThrottledRequests',
    ]);
  });

  test('refusals are held against what is usual here', () => {
    expect(JSON.stringify(named('refusals')?.Metrics)).toContain('ANOMALY_DETECTION_BAND(m0, 4)');
    expect(named('refusals')?.ComparisonOperator).toBe('GreaterThanUpperThreshold');
  });

  /** The parts of the alarm `silence` do not. */
  const ringing = alarms.filter(({ AlarmName }) => !AlarmName.startsWith('edge-registrar-silence-'));

  test('all go to one topic, which CloudWatch of this account may write to and which takes no plain text', () => {
    for (const { AlarmActions, OKActions } of ringing)
      expect([...AlarmActions, ...OKActions].map(nounOf)).toEqual(['AlarmsTopic', 'AlarmsTopic']);
    const [[, policy] = ['', {}]] = ofType('AWS::SNS::TopicPolicy');
    expect(policy.PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    ]);
    expect(ofType('AWS::SNS::Subscription', full).map(([, it]) => it.Endpoint)).toEqual(['noc@example.com']);
  });

  test('each has its article in the runbook, and each article its alarm', () => {
    const articles = [...section(read('docs/runbook.md'), 'Alarms').matchAll(/^### (.+)$/gm)].map(
      ([, title]) => title,
    );
    const linked = ringing.map(
      ({ AlarmDescription }) => AlarmDescription.match(/ docs\/runbook\.md#(\S+)$/)?.[1],
    );
    expect(ringing.map(({ AlarmName }) => AlarmName)).toEqual(linked.map((it) => `edge-registrar-${it}`));
    expect([...articles].sort()).toEqual([...linked, 'health-check'].sort());
  });

  test('each links to its article where the runbook is published', () => {
    const all = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
      ofType(type, full),
    );
    for (const [, { AlarmDescription }] of all)
      expect(AlarmDescription).toMatch(
        /\. https:\/\/git\.example\.com\/edge-registrar\/runbook\.md#[a-z0-9-]+$/,
      );
  });

  test('each article has its meaning, a first look, and a fix', () => {
    const articles = section(read('docs/runbook.md'), 'Alarms').split(/^### /m).slice(1);
    for (const article of articles) expect(article).toMatch(/\*\*Meaning.*\*\*First look.*\*\*Fix/s);
  });
});

test('each query of the hooks asks for nothing that no line has', async () => {
  const record = {
    realm: 'a.example',
    username: 'al',
    techPrefix: '1#',
    callerId: '+18005550100',
    emergency: { numbers: ['112'] },
    destinations: { deny: ['966'] },
    limits: { maxMinutesPerDay: 10 },
    observe: ['destinations'],
  };
  const context = contextWith([record]);
  const request = invite({ aor: { username: 'al', realm: 'a.example' }, password: '' }, '1', NOW);
  const { body } = await send(
    callHook,
    callHookPayload({ invite: request, dialled: '112', callId: 'c' }),
    context,
  );
  await send(callHook, callHookPayload({ invite: request, dialled: '966501234567', callId: 'd' }), context);
  const [{ data }] = body as [{ data: unknown }];
  const end = { callId: 'c', customerData: data };
  await send(dialAction, dialActionPayload({ ...end, dialStatus: 'failed', dialSipStatus: 503 }), context);
  await send(
    callStatus,
    callStatusPayload({ ...end, status: 'completed', sipStatus: 200, duration: 1 }),
    context,
  );
  const aor = { username: 'al', realm: 'a.example' };
  const from = { method: 'INVITE', userAgent: 'x', source: { address: '192.0.2.1', claimedByDevice: true } };
  const ok = { admitted: true, aor, because: 'right-digest', credential: 'new', expires: 60 } as const;
  const lines = [
    ...context.decisions.map((it) => reportOf(it).line),
    ...context.decisions.flatMap((it) => reportOf(it).more ?? []),
    reportOf({
      hook: 'register-auth',
      ...from,
      admission: { ...ok, observed: 'replayed', despite: 'limited' },
    }).line,
    reportOf({ hook: 'register-auth', ...from, admission: { admitted: false, aor, because: 'limited' } })
      .line,
    lineOfBroken(new Undecided('x', { cause: new Error() })),
    lineOfDegradation({ what: 'replay-not-checked', aor, cause: new Error() }),
    ...linesOfProblems(aor, parseCustomer({ ...record, password: 1 }).problems),
    { ms: 1, requestId: 'r', level: 'WARN', '@timestamp': 1 },
  ];
  const fields = new Set(
    lines.flatMap((line) =>
      Object.entries(line).flatMap(([name, value]) => (value === undefined ? [] : [name])),
    ),
  );
  // Words of the query language, and the names that a query gives itself.
  const WORDS =
    /"[^"]*"|\bas \w+|\b(filter|stats|sort|fields|desc|by|and|count|count_distinct|latest|max|ispresent)\b/g;
  const OWN = ['times', 'last', 'addresses', 'accounts', 'agent', 'calls'];
  for (const { question, of, query } of QUERIES) {
    if (of !== 'hooks') continue;
    const asked = query.replace(WORDS, '').match(/@?[a-z]\w*/gi) ?? [];
    expect([question, asked.filter((name) => !fields.has(name) && !OWN.includes(name))]).toEqual([
      question,
      [],
    ]);
  }
});

test.each([
  ['what happened to one account', ['address', 'userAgent']],
  ['from where phones are refused', ['address', 'agent']],
])('the runbook asks from where and with which phone: "%s" answers', (question, columns) => {
  const query = QUERIES.find((it) => it.question === question)?.query ?? '';
  for (const column of columns) expect(query).toMatch(new RegExp(`\\b${column}\\b`));
  const articles = section(read('docs/runbook.md'), 'Alarms');
  expect(articles).toContain(`"${question}"`);
});

test('the queries of the runbook are saved in CloudWatch', () => {
  const saved = ofType('AWS::Logs::QueryDefinition').map(([, it]) => [it.Name, it.QueryString]);
  expect(saved).toEqual(
    QUERIES.map(({ question, query }) => [`edge-registrar/${question}`, query.replaceAll(' | ', '\n| ')]),
  );
  const runbook = read('docs/runbook.md');
  for (const { question, query } of QUERIES) {
    expect(runbook).toContain(question);
    expect(runbook).toContain(query);
  }
});

describe('the dashboard', () => {
  const [[, page] = ['', {}]] = ofType('AWS::CloudWatch::Dashboard');
  const widgets = JSON.parse(textOf(page.DashboardBody)).widgets;

  test('asks questions, below the alarms', () => {
    expect(widgets.map(({ properties }: Properties) => properties.title)).toEqual([
      'Alarms',
      'Are phones registering?',
      'Are calls completing?',
      'Is anyone attacking?',
      'Is AWS slow?',
      'What does jambonz ask?',
      'What went wrong?',
      'Who may not register or call, and why?',
      'Which calls are refused, and why?',
      'Who calls how much?',
      'Which trunks fail?',
    ]);
  });

  test('shows every alarm that rings', () => {
    expect(widgets[0].properties.alarms).toHaveLength(13);
  });

  test('answers who and why from the logs of both Lambdas, as the saved queries do', () => {
    const tables = widgets.filter(({ type }: Properties) => type === 'log');
    const ready = ofType('AWS::Logs::QueryDefinition').map(([, it]) => it.QueryString);
    expect(tables).toHaveLength(4);
    for (const { properties } of tables) {
      const [, from, query] = properties.query.match(/^(SOURCE .*? \| SOURCE .*?) \| (.*)\n\| limit 20$/s);
      expect(from).toContain('registerauthLog');
      expect(from).toContain('callhookLog');
      expect(ready).toContain(query);
    }
  });

  test('has each of its graphs in the runbook', () => {
    const rows = section(read('docs/runbook.md'), 'The dashboard').matchAll(/^\| (?!question|-)([^|]+) \|/gm);
    expect([...rows].map(([, title]) => title)).toEqual(
      widgets.map(({ properties }: Properties) => properties.title),
    );
  });
});

describe('the architecture diagram in docs/deploy.md', () => {
  const [, diagram = ''] = read('docs/deploy.md').match(/```mermaid\n(flowchart .*?)```/s) ?? [];
  const lines = (label: string) => label.split('<br>');

  test('routes each path to the Lambda that the template routes it to', () => {
    const paths = new Map(ofType('AWS::ApiGateway::Resource').map(([id, it]) => [id, it.PathPart]));
    const routes = ofType('AWS::ApiGateway::Method').map(([, { HttpMethod, ResourceId, Integration }]) => {
      const lambda = textOf(Integration.Uri).match(/\b(registerauth|callhook)Lambda/)?.[1] ?? '';
      return `${HttpMethod} /${paths.get(ResourceId.Ref)} to ${HYPHENATED[lambda]}`;
    });
    const edges = [...diagram.matchAll(/api -->\|([^|]+)\| ([\w-]+)/g)];
    const drawn = edges.flatMap(([, label = '', lambda]) => lines(label).map((it) => `${it} to ${lambda}`));
    expect(drawn.sort()).toEqual(routes.sort());
  });

  test('shows for each store what the role of each Lambda may do there', () => {
    const actions = new Map(
      [...diagram.matchAll(/^ *(\w+)\[\(?(?:DynamoDB table|Secrets Manager)(.*?)\)?\]$/gm)].map(
        ([, store = '', label = '']) => [store, lines(label).slice(1)],
      ),
    );
    const edges = [...diagram.matchAll(/^ *(register-auth|call-hook) --> (.+)$/gm)];
    const drawn = edges.flatMap(([, lambda, stores = '']) =>
      stores.split(' & ').flatMap((store) => actions.get(store)?.map((it) => `${lambda} ${it} on ${store}`)),
    );
    const granted = Object.entries(HYPHENATED).flatMap(([id, lambda]) =>
      permissionsOf(`${id}Role`)
        .filter((it) => !/^Allow (logs|kms):/.test(it))
        .map((it) => it.replace(/^Allow \w+:(\w+) on (\w+?)(Table)?$/, `${lambda} $1 on $2`)),
    );
    expect(drawn.sort()).toEqual(granted.sort());
  });
});

/** A Lambda's name in a logical id and in the diagram. */
const HYPHENATED: Readonly<Record<string, string>> = {
  registerauth: 'register-auth',
  callhook: 'call-hook',
};

test('cdk-nag AwsSolutions and Serverless find nothing that is not acknowledged', () => {
  expect([...stack.findings, ...full.findings]).toEqual([]);
});

describe('a new version, with canaryDeployment', () => {
  const groups = ofType('AWS::CodeDeploy::DeploymentGroup', full).map(([, it]) => it);

  test('answers 10 % of the hooks for 5 minutes, and goes when an alarm rings', () => {
    expect(groups).toHaveLength(2);
    for (const { DeploymentConfigName, AlarmConfiguration, AutoRollbackConfiguration } of groups) {
      expect(DeploymentConfigName).toBe('CodeDeployDefault.LambdaCanary10Percent5Minutes');
      expect(AlarmConfiguration).toMatchObject({ Enabled: true });
      expect(AlarmConfiguration.Alarms.map(({ Name }: Properties) => nounOf(Name))).toEqual([
        'Alarmsundecided',
        'Alarmsfrontdoor5xx',
      ]);
      expect(AutoRollbackConfiguration).toEqual({
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'],
      });
    }
  });

  test('API Gateway, its permissions and the health check lead to the alias that CodeDeploy moves', () => {
    const aliases = Object.values(full.template.findResources('AWS::Lambda::Alias'));
    expect(aliases.map(({ UpdatePolicy }) => Object.keys(UpdatePolicy))).toEqual([
      ['CodeDeployLambdaAliasUpdate'],
      ['CodeDeployLambdaAliasUpdate'],
    ]);
    const targets = [
      ...ofType('AWS::ApiGateway::Method', full).map(([, it]) => JSON.stringify(it.Integration.Uri)),
      ...ofType('AWS::Lambda::Permission', full).map(([, it]) => JSON.stringify(it.FunctionName)),
      ...ofType('AWS::Scheduler::Schedule', full).map(([, it]) => JSON.stringify(it.Target.Arn)),
    ];
    expect(targets).toHaveLength(12);
    for (const target of targets) expect(target).toMatch(/LambdaAliaslive/);
  });

  test('otherwise there is neither alias nor CodeDeploy', () => {
    expect(JSON.stringify(stack.template.toJSON())).not.toMatch(/Lambda::Alias|CodeDeploy/);
  });
});

describe('the health check', () => {
  test('asks each Lambda once a minute, does not ask again, and may invoke those two and nothing else', () => {
    const schedules = ofType('AWS::Scheduler::Schedule', full).map(([, it]) => it);
    expect(schedules).toHaveLength(2);
    for (const { ScheduleExpression, Target } of schedules) {
      expect(ScheduleExpression).toBe('rate(1 minute)');
      expect(Target.Input).toBe('{"resource":"health-check"}');
      expect(Target.RetryPolicy.MaximumRetryAttempts).toBe(0);
    }
    expect(permissionsOf('HealthScheduleRole', full)).toEqual([
      'Allow lambda:InvokeFunction on callhookLambdaAliaslive,registerauthLambdaAliaslive',
    ]);
    const asynchronous = ofType('AWS::Lambda::EventInvokeConfig', full).map(
      ([, it]) => it.MaximumRetryAttempts,
    );
    expect(asynchronous).toEqual([0, 0]);
    expect(ofType('AWS::Scheduler::Schedule')).toEqual([]);
  });
});

test('no stack can be deleted by one command', () => {
  expect(SYNTHS.flatMap(({ isProtected }) => isProtected)).toEqual([true, true, true, true, true]);
});

test('with the example host CloudFormation itself refuses to deploy; with another there is nothing of that', () => {
  const { Parameters, Rules } = adopted.template.toJSON();
  expect(Parameters.OutboundSipHostOfTheExample).toEqual({ Type: 'String', Default: 'sip.carrier.example' });
  expect(Rules.OutboundSipHostIsSet.Assertions).toEqual([
    {
      Assert: {
        'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'OutboundSipHostOfTheExample' }, 'sip.carrier.example'] }],
      },
      AssertDescription: expect.stringMatching(
        /^the setting outboundSipHost is still sip\.carrier\.example: set /,
      ),
    },
  ]);
  expect(Object.keys(stack.template.toJSON().Rules)).toEqual(['CheckBootstrapVersion']);
});

test('synth warns about alarms without a recipient, and about the example host', () => {
  expect(adopted.warnings).toEqual([
    expect.stringMatching(
      /^the setting outboundSipHost is still sip\.carrier\.example: .*cannot be deployed/,
    ),
    expect.stringMatching(/^alarms reach nobody: set alarmEmail/),
  ]);
  expect(full.warnings).toEqual([]);
});

test('what the stack costs a month by itself is what docs/performance.md says', () => {
  const { costs } = JSON.parse(read('docs/performance.json'));
  const documented = { mend: 'npm run bench', fixed: costs.months.at(-1).fixed };
  const { key, secret, alarms, dashboard, customMetrics } = fixedCostOf(
    stack.template.toJSON() as CloudFormationTemplate,
  );
  expect(documented).toEqual({
    mend: 'npm run bench',
    fixed: { key, secret, alarms, dashboard, customMetrics },
  });
});

test('cdk-nag AwsSolutions and Serverless find nothing that is not acknowledged', () => {
  expect(SYNTHS.flatMap(({ findings }) => findings)).toEqual([]);
});

test.each(SYNTHS.flatMap(({ templates }) => templates))('%s is what CloudFormation takes', (_, template) => {
  expect(schemaProblems(template.toJSON() as CloudFormationTemplate)).toEqual([]);
});

test('the check of the template sees a typo, a missing property, a wrong kind and a loose end', () => {
  const topic = { TopicNam: 'x', Tags: 'none', KmsMasterKeyId: { Ref: 'Nobody' } };
  const alarm = { EvaluationPeriods: 'three', ComparisonOperator: { 'Fn::GetAtt': ['Topic', 'Nothing'] } };
  const template = {
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic', Properties: topic },
      Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: alarm },
      Queue: { Type: 'AWS::SQS::Queu' },
      Response: { Type: 'AWS::ApiGateway::GatewayResponse', Properties: { ResponseType: 'THROTTLED' } },
    },
  };
  expect(schemaProblems(template)).toEqual([
    'Topic (AWS::SNS::Topic): there is no property TopicNam',
    'Topic (AWS::SNS::Topic).Tags: must be a list',
    'Topic: Ref to Nobody, which is nowhere',
    'Alarm (AWS::CloudWatch::Alarm).EvaluationPeriods: must be a number',
    'Alarm: Fn::GetAtt of Topic.Nothing, which is nowhere',
    'Queue: there is no type AWS::SQS::Queu',
    'Response (AWS::ApiGateway::GatewayResponse): RestApiId is missing',
  ]);
});

test('nothing in the template belongs to one account or Region', () => {
  expect(JSON.stringify(stack.template.toJSON().Resources)).not.toMatch(
    /\b\d{12}\b|(us|eu|ap|sa|ca|me|af)-[a-z]+-\d/,
  );
});

test('several instances can coexist: each has its own names', () => {
  const names = (template: Template) =>
    Object.values(template.toJSON().Resources as Record<string, Properties>).flatMap(({ Properties: it }) =>
      [it?.TableName, it?.AlarmName, it?.DashboardName, it?.AliasName, it?.Name].filter(
        (name) => typeof name === 'string',
      ),
    );
  const second = names(full.template);
  expect(second.length).toBeGreaterThan(15);
  expect(second.filter((name) => names(stack.template).includes(name))).toEqual([]);
});

test('tags go on what can carry them', () => {
  const [[, key] = ['', {}]] = ofType('AWS::KMS::Key', full);
  expect(key.Tags).toEqual([{ Key: 'owner', Value: 'voice' }]);
});

test('the outputs have every name by which the command line tool looks for them', () => {
  const names = (template: Template) => Object.keys(template.findOutputs('*'));
  expect(names(full.template)).toEqual(expect.arrayContaining([...Object.values(OUTPUTS)]));
  expect(names(stack.template)).not.toContain('DomainTarget');
});
