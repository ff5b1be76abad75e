import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  LogQueryVisualizationType,
  LogQueryWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Alarms } from './alarms';
import type { HookFunction } from './hook-function';
import type { InstanceMetrics } from './instance-metrics';
import { stepsOf } from './saved-queries';
import type { Settings } from './stack-settings';

const WIDTH = 12;
const HEIGHT = 6;

/** One page: are phones registering, are calls completing, is anyone attacking, is AWS slow, which accounts are affected? */
export class Dashboard extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { name }: Settings,
    metrics: InstanceMetrics,
    alarms: Alarms,
    hooks: readonly HookFunction[],
  ) {
    super(scope, id);
    const m = metrics;
    const logs = hooks.map(({ logGroup }) => logGroup.logGroupName);
    new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: name,
      defaultInterval: Duration.hours(3),
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: alarms.all, width: 2 * WIDTH, height: 3 })],
        [
          graph('Are phones registering?', [
            m.ours('registrations', { label: 'registered' }),
            m.ours('refusals', { label: 'refused' }),
          ]),
          graph('Are calls completing?', [
            m.ours('calls', { label: 'sent to a trunk' }),
            m.ours('callsToPhones', { label: 'ringing our phones' }),
            ...m.oursBy('callsEnded'),
            m.ours('trunkFailures', { label: 'failed at a trunk' }),
            m.callsAtOnce,
          ]),
        ],
        [
          graph('Is anyone attacking?', [
            m.ours('signatureFailures', { label: 'wrong signature' }),
            m.ours('limited', { label: 'guessing passwords' }),
            m.ours('replayRefused', { label: 'replay refused' }),
            m.ours('replayObserved', { label: 'replay seen' }),
            m.ours('grantMissing', { label: 'call without an INVITE' }),
            m.ours('budgetLow', { label: 'minutes of a day run low' }),
            m.ours('wouldRefuse', { label: 'observed rule would refuse' }),
          ]),
          graph('Is AWS slow?', [
            m.ours('lookupTime', { statistic: 'p50', label: 'look-up p50 ms' }),
            m.ours('lookupTime', { statistic: 'p99', label: 'look-up p99 ms' }),
            m.apiLatency('p99', 'answer p99 ms'),
          ]),
        ],
        [
          graph('What does jambonz ask?', m.oursBy('hooks')),
          graph('What went wrong?', [
            m.ours('undecided', { label: 'undecided (504)' }),
            m.apiFailures,
            m.throttles,
            m.ours('staleServed', { label: 'answered from a stale record' }),
            m.ours('unchecked', { label: 'checks skipped' }),
            m.ours('badRecords', { label: 'bad records' }),
            m.ours('clockSkew', { label: 'clock skew' }),
          ]),
        ],
        [
          table('Who may not register or call, and why?', logs, 'who is refused and why'),
          table('Which calls are refused, and why?', logs, 'which calls are refused and why'),
        ],
        [
          table('Who calls how much?', logs, 'who calls how much'),
          table('Which trunks fail?', logs, 'which dials fail'),
        ],
      ],
    });
  }
}

/** The result of a saved query, for the time range of the page. */
function table(title: string, logGroupNames: string[], question: string): LogQueryWidget {
  return new LogQueryWidget({
    title,
    logGroupNames,
    queryLines: [...stepsOf(question), 'limit 20'],
    view: LogQueryVisualizationType.TABLE,
    width: WIDTH,
    height: HEIGHT,
  });
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({
    title,
    left,
    width: WIDTH,
    height: HEIGHT,
    leftYAxis: { min: 0 },
  });
}
