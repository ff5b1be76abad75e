import { Validations } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Construct } from 'constructs';
import type { HookFunction } from './hook-function';

/**
 * Moves the hooks to a new version step by step: 10 % of them for 5 minutes, then all. When one of the alarms rings
 * meanwhile, CodeDeploy goes back to the version before, and the deployment of the stack fails and is undone.
 */
export class CanaryDeployment extends Construct {
  constructor(scope: Construct, id: string, hooks: readonly HookFunction[], alarms: readonly IAlarm[]) {
    super(scope, id);
    const application = new LambdaApplication(this, 'Application');
    for (const { live, node } of hooks) {
      if (!live) continue;
      const group = new LambdaDeploymentGroup(this, node.id, {
        application,
        alias: live,
        deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
        alarms: [...alarms],
      });
      Validations.of(group).acknowledge({
        id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
        reason: 'AWS wrote this policy for CodeDeploy, and knows what it needs.',
      });
    }
  }
}
