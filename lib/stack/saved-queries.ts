import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ACCESS_LOG_FIELDS } from './access-log';
import type { FrontDoor } from './front-door';
import type { Hook } from './hook';
import type { Settings } from './settings';

interface Query {
  readonly asks: string;
  /** CloudWatch Logs Insights. */
  readonly query: string;
  readonly of: 'hooks' | 'front door';
}

/** What an operator asks the logs, ready in CloudWatch Logs Insights. The runbook has the same queries. */
export const QUERIES: readonly Query[] = [
  {
    asks: 'who is refused and why',
    of: 'hooks',
    query:
      'filter hook = "register-auth" and answer = "fail" | stats count(*) as times, count_distinct(address) as addresses, latest(@timestamp) as last by aor, because | sort times desc',
  },
  {
    asks: 'from where phones are refused',
    of: 'hooks',
    query:
      'filter hook = "register-auth" and answer = "fail" | stats count(*) as times, count_distinct(aor) as accounts, latest(userAgent) as agent by address, claimed, because | sort times desc',
  },
  {
    asks: 'what happened to one account',
    of: 'hooks',
    query:
      'filter aor = "USERNAME@REALM" | fields @timestamp, hook, answer, because, address, claimed, userAgent, observed, despite, to, trunk, ms | sort @timestamp desc',
  },
  {
    asks: 'which calls are refused and why',
    of: 'hooks',
    query:
      'filter hook = "call-hook" and answer = "refuse" | stats count(*) as times by aor, because | sort times desc',
  },
  {
    asks: 'which dials fail',
    of: 'hooks',
    query:
      'filter hook = "dial-action" and answer != "done" | stats count(*) as times by trunk, answer, because, status | sort times desc',
  },
  {
    asks: 'what could not be decided',
    of: 'hooks',
    query:
      'filter ispresent(undecided) | stats count(*) as times by undecided, because, inner | sort times desc',
  },
  {
    asks: 'what went on although AWS failed',
    of: 'hooks',
    query: 'filter ispresent(trouble) | stats count(*) as times by trouble, inner | sort times desc',
  },
  {
    asks: 'which records need mending',
    of: 'hooks',
    query: 'filter ispresent(badRecord) | stats count(*) as times by badRecord, path, fix | sort times desc',
  },
  {
    asks: 'which answers are slow',
    of: 'hooks',
    query: 'filter ms > 500 | fields @timestamp, hook, answer, because, aor, ms, requestId | sort ms desc',
  },
  {
    asks: 'who knocks without a right signature',
    of: 'front door',
    query: `${ACCESS_LOG_FIELDS} | filter status like /401/ | stats count(*) as times by address, path | sort times desc`,
  },
  {
    asks: 'what the gateway answered by itself',
    of: 'front door',
    query: `${ACCESS_LOG_FIELDS} | filter gateway != "-" | stats count(*) as times by gateway, path, address | sort times desc`,
  },
];

export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { name }: Settings, door: FrontDoor, hooks: readonly Hook[]) {
    super(scope, id);
    const logs: Record<Query['of'], string[]> = {
      hooks: hooks.map((hook) => hook.logGroup.logGroupName),
      'front door': [door.accessLog.logGroupName],
    };
    for (const { asks, of, query } of QUERIES) {
      new CfnQueryDefinition(this, asks.replaceAll(' ', '-'), {
        name: `${name}/${asks}`,
        logGroupNames: logs[of],
        queryString: query.replaceAll(' | ', '\n| '),
      });
    }
  }
}
