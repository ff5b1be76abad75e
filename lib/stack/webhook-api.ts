import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  type Method,
  ResponseType,
  RestApi,
  type RestApiProps,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { AnyPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ACCESS_LOG_FORMAT } from './access-log';
import type { HookFunction } from './hook-function';
import type { Settings } from './stack-settings';

/** Longer than the Lambda's own end, so that the Lambda's word counts. */
const INTEGRATION_TIMEOUT = Duration.seconds(6);

/**
 * All that API Gateway may say by itself. Its usual 403, 429, 500 and 503 would reach the phone as they are:
 * a 403 is a wrong password to it, and after a 500 or 503 some phones never come back.
 */
const GATEWAY_RESPONSES = [
  ResponseType.DEFAULT_4XX,
  ResponseType.DEFAULT_5XX,
  ResponseType.ACCESS_DENIED,
  ResponseType.API_CONFIGURATION_ERROR,
  ResponseType.AUTHORIZER_CONFIGURATION_ERROR,
  ResponseType.AUTHORIZER_FAILURE,
  ResponseType.BAD_REQUEST_BODY,
  ResponseType.BAD_REQUEST_PARAMETERS,
  ResponseType.EXPIRED_TOKEN,
  ResponseType.INTEGRATION_FAILURE,
  ResponseType.INTEGRATION_TIMEOUT,
  ResponseType.INVALID_API_KEY,
  ResponseType.INVALID_SIGNATURE,
  ResponseType.MISSING_AUTHENTICATION_TOKEN,
  ResponseType.QUOTA_EXCEEDED,
  ResponseType.REQUEST_TOO_LARGE,
  ResponseType.RESOURCE_NOT_FOUND,
  ResponseType.THROTTLED,
  ResponseType.UNAUTHORIZED,
  ResponseType.UNSUPPORTED_MEDIA_TYPE,
  ResponseType.WAF_FILTERED,
];

/** Where jambonz knocks: the REST API, POST only, each path to its Lambda. */
export class WebhookApi extends Construct {
  readonly api: RestApi;
  readonly accessLog: LogGroup;
  private readonly methods: Method[] = [];

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.accessLog = new LogGroup(this, 'AccessLog', {
      retention: settings.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.api = new RestApi(this, 'Api', {
      restApiName: settings.name,
      description: 'The webhooks that jambonz calls: may this phone register, where does this call go',
      endpointConfiguration: { types: [EndpointType.REGIONAL] },
      // API Gateway writes no log before the account has this role; it stays when the stack goes.
      cloudWatchRole: true,
      ...(settings.sbcAddresses && { policy: onlyFrom(settings.sbcAddresses) }),
      ...this.ownName(settings),
      deployOptions: {
        stageName: 'hooks',
        metricsEnabled: true,
        throttlingRateLimit: settings.requestsPerSecond,
        throttlingBurstLimit: settings.burst,
        accessLogDestination: new LogGroupLogDestination(this.accessLog),
        accessLogFormat: AccessLogFormat.custom(ACCESS_LOG_FORMAT),
      },
    });
    for (const type of GATEWAY_RESPONSES) this.answer504(type);
    this.acknowledge();
  }

  /** POST to each of the paths reaches the hook. */
  route(hook: HookFunction, paths: readonly string[]): void {
    const integration = new LambdaIntegration(hook.lambda, {
      timeout: INTEGRATION_TIMEOUT,
      allowTestInvoke: false,
    });
    for (const path of paths) {
      this.methods.push(this.api.root.resourceForPath(path).addMethod('POST', integration));
    }
  }

  urlOf(path: string): string {
    const own = this.api.domainName;
    return own ? `https://${own.domainName}${path}` : this.api.urlForPath(path);
  }

  /** The admin's own host name, and then no other. */
  private ownName({ domainName, certificateArn }: Settings): Partial<RestApiProps> {
    if (domainName === undefined || certificateArn === undefined) return {};
    return {
      disableExecuteApiEndpoint: true,
      domainName: {
        domainName,
        certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
        securityPolicy: SecurityPolicy.TLS_1_2,
        endpointType: EndpointType.REGIONAL,
      },
    };
  }

  /** One metric of each path, by the minute: requests to paths that do not exist are not in it. */
  methodMetrics(metricName: string): IMetric[] {
    const stage = this.api.deploymentStage;
    return this.methods.map((it) =>
      it.metric(metricName, stage, { statistic: 'Sum', period: Duration.minutes(1) }),
    );
  }

  private answer504(type: ResponseType): void {
    this.api.addGatewayResponse(type.responseType, {
      type,
      statusCode: '504',
      templates: {
        'application/json':
          '{"error":$context.error.messageString,"gateway":"$context.error.responseType","requestId":"$context.extendedRequestId"}',
      },
    });
  }

  private acknowledge(): void {
    const signed = 'Lambda checks the HMAC of jambonz over the raw body before anything else is read.';
    Validations.of(this.api).acknowledge(
      {
        id: 'Serverless-APIGWXrayEnabled',
        reason: 'The access log has the latency of each request, and the Lambdas are not traced.',
      },
      {
        id: 'Serverless-APIGWStructuredLogging',
        reason: 'As JSON the access log costs twice as much. Saved queries take its words apart.',
      },
      { id: 'AwsSolutions-APIG4', reason: `jambonz cannot use an authorizer. ${signed}` },
      { id: 'AwsSolutions-COG4', reason: `jambonz cannot log in to Cognito. ${signed}` },
      {
        id: 'AwsSolutions-APIG2',
        reason: `A model would judge the body before its sender is proven. ${signed}`,
      },
      {
        id: 'AwsSolutions-APIG3',
        reason:
          'A WAF is for who needs one: the throttle protects the Lambdas, and unsigned hooks cost no read.',
      },
      {
        id: 'AwsSolutions-APIG6',
        reason:
          'The execution log would hold digests and call data. The access log has no body, the Lambda log no secret.',
      },
      {
        id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
        reason:
          'The account-wide role of API Gateway: AWS wrote this policy for it, and a narrower one would cut off other APIs.',
      },
    );
  }
}

/** A stranger's hook is refused before it costs a Lambda. */
function onlyFrom(addresses: readonly string[]): PolicyDocument {
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        principals: [new AnyPrincipal()],
        actions: ['execute-api:Invoke'],
        resources: ['execute-api:/*'],
        conditions: { IpAddress: { 'aws:SourceIp': addresses } },
      }),
    ],
  });
}
