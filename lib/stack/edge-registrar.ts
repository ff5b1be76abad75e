import { Annotations, CfnOutput, CfnParameter, CfnRule, Fn, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EXAMPLE_SIP_HOST, MEANINGS } from '../hooks/settings';
import { LAMBDA_ROUTES, ROUTES } from '../jambonz/routes';
import { Alarms } from './alarms';
import { CanaryDeployment } from './canary-deployment';
import { Customers, type RegionRole } from './customers-table';
import { Dashboard } from './dashboard';
import { DataKey } from './data-key';
import { HealthSchedule } from './health-schedule';
import { HookFunction } from './hook-function';
import { InstanceMetrics } from './instance-metrics';
import { Memory } from './memory';
import { OUTPUTS } from './output-names';
import { SavedQueries } from './saved-queries';
import type { Settings } from './stack-settings';
import { WebhookApi } from './webhook-api';
import { WebhookSecret } from './webhook-secret';

/** One instance of the stack: the REST API, the two Lambdas, their tables, secret, alarms and dashboard. */
export class EdgeRegistrar extends Stack {
  constructor(scope: Construct, settings: Settings, role: RegionRole = 'home') {
    super(scope, role === 'home' ? settings.name : `${settings.name}-standby`, {
      description: 'edge-registrar: SIP devices register and call through jambonz',
      terminationProtection: true,
      ...inRegion(role === 'home' ? settings.region : settings.standbyRegion),
    });
    const key = new DataKey(this, 'DataKey', settings);
    const customers = new Customers(this, 'Customers', key, settings, role);
    const memory = new Memory(this, 'Memory', key);
    const secret = new WebhookSecret(this, 'WebhookSecret');
    const api = new WebhookApi(this, 'FrontDoor', settings);

    const hooks = entriesOf(LAMBDA_ROUTES).map(([name, paths]) => {
      const hook = new HookFunction(this, name, settings);
      customers.grantRead(hook);
      if (name === 'call-hook') customers.grantColleagues(hook);
      memory.grantUse(hook);
      secret.grantRead(hook);
      api.route(hook, paths);
      return hook;
    });

    const metrics = new InstanceMetrics(settings, api, hooks, [
      { TableName: customers.tableName, Operation: 'GetItem' },
      { TableName: memory.table.tableName, Operation: 'UpdateItem' },
    ]);
    const alarms = new Alarms(this, 'Alarms', settings, metrics);
    if (settings.canaryDeployment)
      new CanaryDeployment(this, 'CanaryDeployment', hooks, alarms.named('undecided', 'front-door-5xx'));
    if (settings.healthCheck) new HealthSchedule(this, 'HealthSchedule', hooks);
    new Dashboard(this, 'Dashboard', settings, metrics, alarms, hooks);
    new SavedQueries(this, 'SavedQueries', settings, api, hooks);

    this.addOutputs({
      registrationHook: ['jambonz, account: registration webhook', api.urlOf(ROUTES.registerAuth)],
      callHook: ['jambonz, application: calling webhook', api.urlOf(ROUTES.callHook)],
      callStatusHook: ['jambonz, application: call status webhook', api.urlOf(ROUTES.callStatus)],
      customersTable: ['The table that holds one item per SIP account', customers.tableName],
      memoryTable: ['What the hooks remember for a while', memory.table.tableName],
      webhookSecretArn: [
        "Where the jambonz account's webhook secret goes: aws secretsmanager put-secret-value",
        secret.secret.secretArn,
      ],
      outboundSipHost: ['Where calls go whose trunk names no host', settings.outboundSipHost],
      callGrant: [MEANINGS.callGrant, settings.callGrant],
      emergencyForDisabled: [MEANINGS.emergencyForDisabled, String(settings.emergencyForDisabled)],
      hookLogs: ['Where the hooks write a line for each decision', hooks.map((it) => it.logArn).join(',')],
      domainTarget: api.api.domainName && [
        `DNS: ${settings.domainName} CNAME`,
        api.api.domainName.domainNameAliasDomainName,
      ],
    });
    for (const [name, value] of Object.entries(settings.tags)) Tags.of(this).add(name, value);
    if (settings.outboundSipHost === EXAMPLE_SIP_HOST) refuseToDeploy(this);
  }

  private addOutputs(
    outputs: Record<keyof typeof OUTPUTS, [description: string, value: string] | undefined>,
  ): void {
    for (const [name, output] of entriesOf(outputs)) {
      const [description, value] = output ?? [];
      if (description !== undefined && value !== undefined)
        new CfnOutput(this, OUTPUTS[name], { description, value });
    }
  }
}

function inRegion(region: string | undefined): { env?: { region: string } } {
  return region === undefined ? {} : { env: { region } };
}

/**
 * The example host allows synthesis only. CloudFormation itself refuses to deploy it: a rule
 * holds a parameter, which is there for that only, against what it must not be (CloudFormation, "Rules section").
 */
function refuseToDeploy(stack: Stack): void {
  const advice = `the setting outboundSipHost is still ${EXAMPLE_SIP_HOST}: set your carrier's host in cdk.json, or with -c outboundSipHost=…`;
  Annotations.of(stack).addWarningV2(
    'edge-registrar:example-sip-host',
    `${advice}; this template cannot be deployed`,
  );
  const host = new CfnParameter(stack, 'OutboundSipHostOfTheExample', { default: EXAMPLE_SIP_HOST });
  new CfnRule(stack, 'OutboundSipHostIsSet', {
    assertions: [
      {
        assert: Fn.conditionNot(Fn.conditionEquals(host, EXAMPLE_SIP_HOST)),
        assertDescription: advice,
      },
    ],
  });
}

function entriesOf<Key extends string, Value>(record: Readonly<Record<Key, Value>>): [Key, Value][] {
  return Object.entries(record) as [Key, Value][];
}
