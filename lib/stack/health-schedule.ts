import { Aws, Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { HEALTH_CHECK } from '../hooks/settings';
import type { HookFunction } from './hook-function';

/**
 * Asks each Lambda once a minute to check itself, also while no phone asks. The Lambda sends its own hooks a signed
 * request, so this needs neither the webhook secret nor a Lambda of its own. What lies in front of the Lambda (DNS,
 * certificate, API Gateway) is not checked.
 */
export class HealthSchedule extends Construct {
  constructor(scope: Construct, id: string, hooks: readonly HookFunction[]) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    for (const { invoked, node } of hooks) {
      role.addToPolicy(
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [invoked.functionArn] }),
      );
      invoked.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
      new CfnSchedule(this, node.id, {
        scheduleExpression: 'rate(1 minute)',
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: invoked.functionArn,
          roleArn: role.roleArn,
          input: JSON.stringify({ resource: HEALTH_CHECK }),
          retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
        },
      }).node.addDependency(role);
    }
  }
}
