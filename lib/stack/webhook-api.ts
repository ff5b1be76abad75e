import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  type CfnRestApi,
  EndpointAccessMode,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  ResponseType,
  RestApi,
  type RestApiProps,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { AnyPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { NO_SUCH_ROUTE, ROUTES } from '../jambonz/routes';
import { ACCESS_LOG_FORMAT, accessLogPattern } from './access-log';
import type { HookFunction } from './hook-function';
import type { Settings } from './stack-settings';

/** Longer than the Lambda's own end, so that the Lambda's word counts. */
const INTEGRATION_TIMEOUT = Duration.seconds(6);

/** API Gateway's own words for it, as JSON with its quotes. */
const GATEWAY_MESSAGE = '$context.error.messageString';
/** API Gateway says "Missing Authentication Token" there, which sends people looking for one. */
const NO_SUCH_ROUTE_IN_JSON = JSON.stringify(NO_SUCH_ROUTE);

/**
 * All that API Gateway may answer by itself, and what it says. Its usual 403, 429, 500 and 503 would reach the phone
 * as they are: a 403 is a wrong password to it, and after a 500 or 503 some phones never come back.
 */
const GATEWAY_RESPONSES: readonly (readonly [ResponseType, string])[] = [
  [ResponseType.DEFAULT_4XX, GATEWAY_MESSAGE],
  [ResponseType.DEFAULT_5XX, GATEWAY_MESSAGE],
  [ResponseType.ACCESS_DENIED, '"this address may not call the hooks"'],
  [ResponseType.API_CONFIGURATION_ERROR, GATEWAY_MESSAGE],
  [ResponseType.AUTHORIZER_CONFIGURATION_ERROR, GATEWAY_MESSAGE],
  [ResponseType.AUTHORIZER_FAILURE, GATEWAY_MESSAGE],
  [ResponseType.BAD_REQUEST_BODY, GATEWAY_MESSAGE],
  [ResponseType.BAD_REQUEST_PARAMETERS, GATEWAY_MESSAGE],
  [ResponseType.EXPIRED_TOKEN, GATEWAY_MESSAGE],
  [ResponseType.INTEGRATION_FAILURE, GATEWAY_MESSAGE],
  [ResponseType.INTEGRATION_TIMEOUT, GATEWAY_MESSAGE],
  [ResponseType.INVALID_API_KEY, GATEWAY_MESSAGE],
  [ResponseType.INVALID_SIGNATURE, GATEWAY_MESSAGE],
  [ResponseType.MISSING_AUTHENTICATION_TOKEN, NO_SUCH_ROUTE_IN_JSON],
  [ResponseType.QUOTA_EXCEEDED, GATEWAY_MESSAGE],
  [ResponseType.REQUEST_TOO_LARGE, GATEWAY_MESSAGE],
  [ResponseType.RESOURCE_NOT_FOUND, NO_SUCH_ROUTE_IN_JSON],
  [ResponseType.THROTTLED, GATEWAY_MESSAGE],
  [ResponseType.UNAUTHORIZED, GATEWAY_MESSAGE],
  [ResponseType.UNSUPPORTED_MEDIA_TYPE, GATEWAY_MESSAGE],
  [ResponseType.WAF_FILTERED, GATEWAY_MESSAGE],
];

/** The REST API that jambonz calls: POST only, each path with its Lambda. */
export class WebhookApi extends Construct {
  readonly api: RestApi;
  readonly accessLog: LogGroup;
  /** Answers 5xx on the paths that exist, so that a stranger who tries others rings no alarm. */
  readonly failures: Metric;

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
      // API Gateway writes no log before the account has this role. It is one for all of the account's APIs in this
      // Region, so it stays when the stack goes.
      cloudWatchRole: settings.apiGatewayLogRole,
      ...(settings.sbcAddresses && { policy: onlyFrom(settings.sbcAddresses) }),
      ...this.ownName(settings),
      deployOptions: {
        stageName: 'hooks',
        // Detailed metrics are five of each method, billed as custom ones.
        metricsEnabled: false,
        throttlingRateLimit: settings.requestsPerSecond,
        throttlingBurstLimit: settings.burst,
        accessLogDestination: new LogGroupLogDestination(this.accessLog),
        accessLogFormat: AccessLogFormat.custom(ACCESS_LOG_FORMAT),
      },
    });
    this.requireTls12();
    this.failures = this.countFailures(settings.name);
    for (const [type, text] of GATEWAY_RESPONSES) this.answer504(type, text);
    this.acknowledge(settings);
  }

  /** POST to each of the paths reaches the hook. */
  route(hook: HookFunction, paths: readonly string[]): void {
    const integration = new LambdaIntegration(hook.invoked, {
      timeout: INTEGRATION_TIMEOUT,
      allowTestInvoke: false,
    });
    for (const path of paths) this.api.root.resourceForPath(path).addMethod('POST', integration);
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

  /** The amazonaws.com name accepts TLS 1.0 by default (API Gateway, "Security policies for REST APIs"). */
  private requireTls12(): void {
    const api = this.api.node.defaultChild as CfnRestApi;
    api.securityPolicy = SecurityPolicy.TLS13_1_2_PQ_2025_09;
    api.endpointAccessMode = EndpointAccessMode.BASIC;
  }

  private countFailures(namespace: string): Metric {
    const filter = new MetricFilter(this, 'Failures', {
      logGroup: this.accessLog,
      filterPattern: FilterPattern.literal(accessLogPattern(Object.values(ROUTES), '5*')),
      metricNamespace: namespace,
      metricName: 'Answers5xx',
      metricValue: '1',
    });
    return filter.metric({ statistic: 'Sum', period: Duration.minutes(1), label: 'answers 5xx' });
  }

  /** @param text JSON */
  private answer504(type: ResponseType, text: string): void {
    this.api.addGatewayResponse(type.responseType, {
      type,
      statusCode: '504',
      templates: {
        'application/json': `{"error":${text},"gateway":"$context.error.responseType","requestId":"$context.extendedRequestId"}`,
      },
    });
  }

  private acknowledge({ apiGatewayLogRole }: Settings): void {
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
    );
    if (apiGatewayLogRole)
      Validations.of(this.api).acknowledge({
        id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
        reason:
          'The account-wide role of API Gateway: AWS wrote this policy for it, and a narrower one would cut off other APIs.',
      });
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
