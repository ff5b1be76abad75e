import { Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ENV } from '../hooks/settings';
import type { HookFunction } from './hook-function';

/**
 * What jambonz signs with. It is born with a random text that nobody knows, so every hook is refused until an
 * admin puts the secret of the jambonz account here.
 */
export class WebhookSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description:
        'The webhook secret of the jambonz account; the previous version stays valid for some hours',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'jambonz makes this secret: a schedule here would change it on one side only and stop all calls.',
    });
  }

  /** The current and the previous version, so that a rotation drops no call. */
  grantRead(hook: HookFunction): void {
    hook.lambda.addToRolePolicy(
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue'],
        resources: [this.secret.secretArn],
      }),
    );
    hook.lambda.addEnvironment(ENV.webhookSecretArn, this.secret.secretArn);
  }
}
