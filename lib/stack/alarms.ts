import { Annotations, Aws, Duration, Validations } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmBase,
  AlarmRule,
  AlarmState,
  AnomalyDetectionAlarm,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarm,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { InstanceMetrics } from './instance-metrics';
import type { Settings } from './stack-settings';

/** An alarm goes off when the metric is more than `above` in `of` of the last `in` periods. */
interface Limit {
  readonly description: string;
  readonly metric: IMetric;
  readonly above: number;
  readonly of: number;
  readonly in: number;
}

/** The alarms, and their SNS topic. Each alarm's description ends with a link to its article in the runbook. */
export class Alarms extends Construct {
  readonly topic: Topic;
  /** The alarms that notify, by the name of their article in the runbook. */
  private readonly byName = new Map<string, AlarmBase>();

  constructor(
    scope: Construct,
    id: string,
    private readonly settings: Settings,
    metrics: InstanceMetrics,
  ) {
    super(scope, id);
    this.topic = this.makeTopic();
    for (const [name, limit] of Object.entries(limitsOf(metrics))) this.addAlarm(name, limit);
    this.addRefusalsAlarm(metrics);
    if (settings.silenceMinutes > 0) this.wakeOnSilence(metrics, settings.silenceMinutes);
    if (settings.healthCheck) this.wakeOnFailedChecks(metrics);
    if (settings.alarmEmail === undefined) this.warnOfNobody();
  }

  get all(): IAlarm[] {
    return [...this.byName.values()];
  }

  named(...names: readonly string[]): IAlarm[] {
    return names.flatMap((name) => this.byName.get(name) ?? []);
  }

  private addAlarm(name: string, { description: says, metric, above, of, in: periods }: Limit): void {
    const alarm = new Alarm(this, name, {
      alarmName: `${this.settings.name}-${name}`,
      alarmDescription: this.describe(says, name),
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      datapointsToAlarm: of,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.notify(name, alarm);
  }

  /** The normal number differs between deployments, so CloudWatch learns it. */
  private addRefusalsAlarm(metrics: InstanceMetrics): void {
    const name = 'refusals';
    const alarm = new AnomalyDetectionAlarm(this, name, {
      alarmName: `${this.settings.name}-${name}`,
      alarmDescription: this.describe('Many more phones than usual are refused', name),
      metric: metrics.ours('refusals', { period: Duration.minutes(5) }),
      stdDevs: 4,
      comparisonOperator: ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
      datapointsToAlarm: 3,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.notify(name, alarm);
  }

  /**
   * Without requests nothing is counted, so missing data mean silence. A new installation, or one without phones, had
   * no registration in a week, and does not raise the alarm.
   */
  private wakeOnSilence(metrics: InstanceMetrics, minutes: number): void {
    const name = 'silence';
    const lately = this.noRegistration(`${name}-lately`, minutes, metrics.registrations(Duration.minutes(1)));
    const inAWeek = this.noRegistration(`${name}-in-a-week`, 7, metrics.registrations(Duration.days(1)));
    const alarm = new CompositeAlarm(this, name, {
      compositeAlarmName: `${this.settings.name}-${name}`,
      alarmDescription: this.describe(`No phone registered for ${minutes} minutes`, name),
      alarmRule: AlarmRule.allOf(
        AlarmRule.fromAlarm(lately, AlarmState.ALARM),
        AlarmRule.fromAlarm(inAWeek, AlarmState.OK),
      ),
    });
    this.notify(name, alarm);
  }

  /** A part of the alarm `silence`, which notifies nobody by itself. */
  private noRegistration(name: string, evaluationPeriods: number, metric: IMetric): Alarm {
    return new Alarm(this, name, {
      alarmName: `${this.settings.name}-${name}`,
      alarmDescription: this.describe('A part of the alarm silence', 'silence'),
      metric,
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  /** Missing data mean that the schedule did not invoke a Lambda. */
  private wakeOnFailedChecks(metrics: InstanceMetrics): void {
    const name = 'health-check';
    const alarm = new Alarm(this, name, {
      alarmName: `${this.settings.name}-${name}`,
      alarmDescription: this.describe('A Lambda fails its health check, or the check does not run', name),
      metric: metrics.errors(Duration.minutes(5)),
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.BREACHING,
    });
    this.notify(name, alarm);
  }

  private notify(name: string, alarm: AlarmBase): void {
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
    this.byName.set(name, alarm);
  }

  private describe(says: string, article: string): string {
    return `${says}. ${this.settings.runbookUrl ?? 'docs/runbook.md'}#${article}`;
  }

  private warnOfNobody(): void {
    Annotations.of(this).addWarningV2(
      'edge-registrar:no-alarm-email',
      'alarms reach nobody: set alarmEmail, or subscribe to their SNS topic',
    );
  }

  private makeTopic(): Topic {
    const { name, alarmEmail } = this.settings;
    const topic = new Topic(this, 'Topic', { displayName: `${name} alarms`, enforceSSL: true });
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    if (alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(alarmEmail));
    Validations.of(topic).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason: 'An e-mail that could not be sent is of no use later; the alarm itself stays red.',
    });
    return topic;
  }
}

/** By the name of the article in docs/runbook.md. */
function limitsOf(metrics: InstanceMetrics): Record<string, Limit> {
  return {
    undecided: {
      description: 'Hooks could not be decided: phones get 504 and retry',
      metric: metrics.ours('undecided'),
      above: 0,
      of: 2,
      in: 3,
    },
    'front-door-5xx': {
      description: 'Phones get 5xx',
      metric: metrics.apiFailures,
      above: 0,
      of: 2,
      in: 3,
    },
    slow: {
      description: 'One answer in a hundred takes longer than 1.5 s',
      metric: metrics.apiLatency('p99', 'p99'),
      above: 1500,
      of: 3,
      in: 5,
    },
    throttled: {
      description: 'Lambda or DynamoDB throttles hooks because too many arrive at once',
      metric: metrics.throttles,
      above: 0,
      of: 2,
      in: 3,
    },
    'signature-failures': {
      description: 'Hooks arrive with a signature that does not match the webhook secret',
      metric: metrics.ours('signatureFailures'),
      above: 10,
      of: 2,
      in: 3,
    },
    'clock-skew': {
      description: 'Hooks are refused because their time differs from ours by more than 300 s',
      metric: metrics.ours('clockSkew'),
      above: 0,
      of: 2,
      in: 3,
    },
    replay: {
      description: 'A captured digest answer was used again, and refused',
      metric: metrics.ours('replayRefused'),
      above: 0,
      of: 1,
      in: 1,
    },
    unchecked: {
      description:
        'Checks for replays and password guessing are skipped because the memory table is unavailable',
      metric: metrics.ours('unchecked'),
      above: 0,
      of: 2,
      in: 3,
    },
    'emergency-call': {
      description: 'Somebody called an emergency number',
      metric: metrics.ours('emergencyCalls'),
      above: 0,
      of: 1,
      in: 1,
    },
    'budget-low': {
      description: 'A customer has less than a fifth of the minutes of a day left',
      metric: metrics.ours('budgetLow', { period: Duration.minutes(5) }),
      above: 0,
      of: 1,
      in: 1,
    },
    'bad-record': {
      description: 'A customer record has a field that the hooks cannot use',
      metric: metrics.ours('badRecords', { period: Duration.minutes(5) }),
      above: 0,
      of: 1,
      in: 1,
    },
  };
}
