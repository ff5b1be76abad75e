import { Annotations, CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ENV, LAMBDA_ROUTES, OUTPUTS } from '../aws/names';
import { ROUTES } from '../jambonz/routes';
import { Customers } from './customers';
import { FrontDoor } from './front-door';
import { Hook } from './hook';
import { Memory } from './memory';
import { EXAMPLE_SIP_HOST, type Settings } from './settings';
import { WebhookSecret } from './webhook-secret';

/** One instance: jambonz knocks at the front door, two hooks answer from what admins wrote about customers. */
export class EdgeRegistrar extends Stack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, settings.name, {
      description: 'edge-registrar: SIP devices register and call through jambonz',
    });
    const customers = new Customers(this, 'Customers');
    const memory = new Memory(this, 'Memory');
    const secret = new WebhookSecret(this, 'WebhookSecret');
    const door = new FrontDoor(this, 'FrontDoor', settings);

    for (const [name, paths] of entriesOf(LAMBDA_ROUTES)) {
      const hook = new Hook(this, name);
      customers.readableBy(hook);
      memory.usedBy(hook);
      secret.readableBy(hook);
      hook.lambda.addEnvironment(ENV.outboundSipHost, settings.outboundSipHost);
      door.leadsTo(hook, paths);
    }

    this.tell(
      'RegistrationHook',
      'jambonz account: registration webhook (POST)',
      door.urlOf(ROUTES.registerAuth),
    );
    this.tell('CallHook', 'jambonz application: calling webhook (POST)', door.urlOf(ROUTES.callHook));
    this.tell(
      'CallStatusHook',
      'jambonz application: call status webhook (POST)',
      door.urlOf(ROUTES.callStatus),
    );
    this.tell('CustomersTable', 'The table that holds one item per SIP account', customers.table.tableName);
    this.tell(
      'WebhookSecretArn',
      "Put the jambonz account's webhook secret here: aws secretsmanager put-secret-value",
      secret.secret.secretArn,
    );
    this.tell(OUTPUTS.memoryTable, 'What the hooks remember for a while', memory.table.tableName);
    this.tell(OUTPUTS.outboundSipHost, 'Where calls go whose trunk names no host', settings.outboundSipHost);
    warnOfExamples(this, settings);
  }

  private tell(name: string, description: string, value: string): void {
    new CfnOutput(this, name, { description, value });
  }
}

function warnOfExamples(stack: Stack, { outboundSipHost }: Settings): void {
  if (outboundSipHost !== EXAMPLE_SIP_HOST) return;
  Annotations.of(stack).addWarningV2(
    'edge-registrar:example-sip-host',
    `the setting outboundSipHost is still ${EXAMPLE_SIP_HOST}: set your carrier's host in cdk.json, or with -c outboundSipHost=…`,
  );
}

function entriesOf<Key extends string, Value>(record: Readonly<Record<Key, Value>>): [Key, Value][] {
  return Object.entries(record) as [Key, Value][];
}
