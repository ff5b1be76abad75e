import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Hook } from './hook';

/** Longer than the Lambda's own end, so that the Lambda's word counts. */
const INTEGRATION_TIMEOUT = Duration.seconds(6);

/**
 * All that API Gateway may say by itself. Its usual 403, 429, 500 and 503 would reach the phone as they are:
 * a 403 is a wrong password to it, and after a 500 or 503 some phones never come back.
 */
const SAID_BY_THE_GATEWAY = [
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
export class FrontDoor extends Construct {
  readonly api: RestApi;

  constructor(scope: Construct, id: string, { name }: { readonly name: string }) {
    super(scope, id);
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.api = new RestApi(this, 'Api', {
      restApiName: name,
      description: 'The webhooks that jambonz calls: may this phone register, where does this call go',
      endpointConfiguration: { types: [EndpointType.REGIONAL] },
      // API Gateway writes no log before the account has this role; it stays when the stack goes.
      cloudWatchRole: true,
      deployOptions: {
        stageName: 'hooks',
        metricsEnabled: true,
        throttlingRateLimit: 500,
        throttlingBurstLimit: 1000,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: ACCESS_LOG_FORMAT,
      },
    });
    for (const type of SAID_BY_THE_GATEWAY) this.answer504(type);
    this.acknowledge();
  }

  /** POST to each of the paths reaches the hook. */
  leadsTo(hook: Hook, paths: readonly string[]): void {
    const integration = new LambdaIntegration(hook.lambda, {
      timeout: INTEGRATION_TIMEOUT,
      allowTestInvoke: false,
    });
    for (const path of paths) this.api.root.resourceForPath(path).addMethod('POST', integration);
  }

  urlOf(path: string): string {
    return this.api.urlForPath(path);
  }

  private answer504(type: ResponseType): void {
    this.api.addGatewayResponse(type.responseType, {
      type,
      statusCode: '504',
      templates: {
        'application/json':
          '{"error":$context.error.messageString,"gateway":"$context.error.responseType","requestId":"$context.requestId"}',
      },
    });
  }

  private acknowledge(): void {
    const signed = 'Lambda checks the HMAC of jambonz over the raw body before anything else is read.';
    Validations.of(this.api).acknowledge(
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

/** One line per request, without headers and bodies. */
const ACCESS_LOG_FORMAT = AccessLogFormat.custom(
  JSON.stringify({
    time: AccessLogField.contextRequestTimeEpoch(),
    requestId: AccessLogField.contextRequestId(),
    address: AccessLogField.contextIdentitySourceIp(),
    path: AccessLogField.contextResourcePath(),
    status: AccessLogField.contextStatus(),
    gateway: AccessLogField.contextErrorResponseType(),
    ms: AccessLogField.contextResponseLatency(),
    lambdaStatus: AccessLogField.contextIntegrationStatus(),
  }),
);
