import { join } from 'node:path';
import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  type Alias,
  ApplicationLogLevel,
  Architecture,
  type IFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { type BundlingOptions, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV, environmentOf } from '../hooks/settings';
import type { LAMBDA_ROUTES } from '../jambonz/routes';
import { BUNDLE, entryOf, entryOfFileBeside, FILE_BESIDE_LOADER, FILES_BESIDE } from './bundle';
import type { Settings } from './stack-settings';

const ROOT = join(__dirname, '..', '..');

/** The handler answers 504 after 2 s; this ends a process that cannot. */
const TIMEOUT = Duration.seconds(5);

/**
 * A Lambda of ours, with a log group and a role that may write there and nowhere else: everything more is given
 * by what it uses.
 */
export class HookFunction extends Construct {
  readonly lambda: NodejsFunction;
  readonly logGroup: LogGroup;
  /** Which version answers, when CodeDeploy moves hooks to a new one step by step. */
  readonly live: Alias | undefined;

  constructor(scope: Construct, id: keyof typeof LAMBDA_ROUTES, settings: Settings) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Log', {
      retention: settings.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);
    this.lambda = new NodejsFunction(this, 'Lambda', {
      entry: entryOf(id),
      handler: 'handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // The knee of the cold start; with less, V8 waits for whole scheduler periods.
      memorySize: 512,
      timeout: TIMEOUT,
      role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      // Lambda takes each of our lines for INFO, and would drop metrics with them: the hooks filter by themselves.
      applicationLogLevelV2: ApplicationLogLevel.TRACE,
      ...(settings.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: settings.reservedConcurrency,
      }),
      environment: {
        [ENV.metricsNamespace]: settings.name,
        [ENV.outboundSipHost]: settings.outboundSipHost,
        ...environmentOf(settings),
      },
      projectRoot: ROOT,
      depsLockFilePath: join(ROOT, 'package-lock.json'),
      bundling: { ...bundling, commandHooks: filesBeside(id) },
    });
    this.live = settings.canaryDeployment ? this.lambda.addAlias('live') : undefined;
    this.acknowledge();
  }

  /** As CloudWatch Logs names a group itself: that of the construct means its streams. */
  get logArn(): string {
    return Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: this.logGroup.logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /** What others invoke: the alias, or the function itself. */
  get invoked(): IFunction {
    // Under exactOptionalPropertyTypes the CDK's own Alias does not fit the CDK's own IFunction.
    return (this.live as IFunction | undefined) ?? this.lambda;
  }

  private acknowledge(): void {
    const synchronous =
      'API Gateway waits for every answer, and a health check that fails is not worth a second try: it comes again.';
    Validations.of(this.lambda).acknowledge(
      { id: 'Serverless-LambdaDLQ', reason: synchronous },
      { id: 'Serverless-LambdaAsyncFailureDestination', reason: synchronous },
      {
        id: 'Serverless-LambdaTracing',
        reason:
          'A trace costs 34 ms of each cold start; the line of each decision has the latency and the request id.',
      },
    );
  }
}

/** The bundle in the CDK's words. */
const bundling: BundlingOptions = {
  target: BUNDLE.target,
  format: OutputFormat.CJS,
  mainFields: [...BUNDLE.mainFields],
  externalModules: [...BUNDLE.external],
  minify: BUNDLE.minify,
  sourceMap: BUNDLE.sourcemap,
};

/** The files beside the bundle, in the words of esbuild's command line. */
function filesBeside(id: keyof typeof LAMBDA_ROUTES): NonNullable<BundlingOptions['commandHooks']> {
  return {
    beforeBundling: () => [],
    beforeInstall: () => [],
    afterBundling: (_, folder) => [
      [
        'npx --no-install esbuild --bundle --platform=node --log-level=warning --minify',
        `--target=${BUNDLE.target} --format=${BUNDLE.format} --main-fields=${BUNDLE.mainFields.join(',')}`,
        ...Object.entries(FILE_BESIDE_LOADER).map(([extension, loader]) => `--loader:${extension}=${loader}`),
        ...FILES_BESIDE[id].map((name) => `"${entryOfFileBeside(name)}"`),
        `--entry-names=[name] "--outdir=${folder}"`,
      ].join(' '),
    ],
  };
}
