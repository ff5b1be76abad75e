import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ACCESS_LOG_FIELDS } from './access-log';
import type { HookFunction } from './hook-function';
import type { Settings } from './stack-settings';
import type { WebhookApi } from './webhook-api';

interface Query {
  readonly question: string;
  /** CloudWatch Logs Insights. */
  readonly query: string;
  readonly of: 'hooks' | 'api';
}

/** Queries for CloudWatch Logs Insights. The runbook has the same ones. */
export const QUERIES: readonly Query[] = [
  {
    question: 'who is refused and why',
    of: 'hooks',
    query:
      'filter hook = "register-auth" and answer = "fail" | stats count(*) as times, count_distinct(address) as addresses, latest(@timestamp) as last by aor, because | sort times desc',
  },
  {
    question: 'from where phones are refused',
    of: 'hooks',
    query:
      'filter hook = "register-auth" and answer = "fail" | stats count(*) as times, count_distinct(aor) as accounts, latest(userAgent) as agent by address, claimed, because | sort times desc',
  },
  {
    question: 'what happened to one account',
    of: 'hooks',
    query:
      'filter aor = "USERNAME@REALM" | fields @timestamp, hook, answer, because, address, claimed, userAgent, observed, despite, to, trunk, ms | sort @timestamp desc',
  },
  {
    question: 'which calls are refused and why',
    of: 'hooks',
    query:
      'filter hook = "call-hook" and answer = "refuse" | stats count(*) as times by aor, because | sort times desc',
  },
  {
    question: 'who calls how much',
    of: 'hooks',
    query: 'filter hook = "call-hook" and answer = "dial" | stats count(*) as calls by aor | sort calls desc',
  },
  {
    question: 'which dials fail',
    of: 'hooks',
    query:
      'filter hook = "dial-action" and answer != "done" | stats count(*) as times by trunk, answer, because, status | sort times desc',
  },
  {
    question: 'who called an emergency number',
    of: 'hooks',
    query: 'filter ispresent(emergency) | fields @timestamp, aor, to, callerId, trunk | sort @timestamp desc',
  },
  {
    question: 'what could not be decided',
    of: 'hooks',
    query:
      'filter ispresent(undecided) | stats count(*) as times by undecided, because, inner | sort times desc',
  },
  {
    question: 'what continued although AWS failed',
    of: 'hooks',
    query: 'filter ispresent(trouble) | stats count(*) as times by trouble, inner | sort times desc',
  },
  {
    question: 'whose minutes run low',
    of: 'hooks',
    query:
      'filter ispresent(budgetLow) | stats max(spent) as spent, max(minutes) as minutes, latest(@timestamp) as last by budgetLow, budget | sort last desc',
  },
  {
    question: 'what observed rules would refuse',
    of: 'hooks',
    query: 'filter ispresent(would) | stats count(*) as times by aor, would, to | sort times desc',
  },
  {
    question: 'which records need a fix',
    of: 'hooks',
    query: 'filter ispresent(badRecord) | stats count(*) as times by badRecord, path, fix | sort times desc',
  },
  {
    question: 'which answers are slow',
    of: 'hooks',
    query: 'filter ms > 500 | fields @timestamp, hook, answer, because, aor, ms, requestId | sort ms desc',
  },
  {
    question: 'who calls without a valid signature',
    of: 'api',
    query: `${ACCESS_LOG_FIELDS} | filter status like /401/ | stats count(*) as times by address, path | sort times desc`,
  },
  {
    question: 'what the gateway answered by itself',
    of: 'api',
    query: `${ACCESS_LOG_FIELDS} | filter gateway != "-" | stats count(*) as times by gateway, path, address | sort times desc`,
  },
];

export class SavedQueries extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { name }: Settings,
    api: WebhookApi,
    hooks: readonly HookFunction[],
  ) {
    super(scope, id);
    const logs: Record<Query['of'], string[]> = {
      hooks: hooks.map((hook) => hook.logGroup.logGroupName),
      api: [api.accessLog.logGroupName],
    };
    for (const { question, of, query } of QUERIES) {
      new CfnQueryDefinition(this, question.replaceAll(' ', '-'), {
        name: `${name}/${question}`,
        logGroupNames: logs[of],
        queryString: query.replaceAll(' | ', '\n| '),
      });
    }
  }
}

/** The steps of a query. */
export function stepsOf(question: string): string[] {
  return QUERIES.flatMap(({ question: asks, query }) => (asks === question ? query.split(' | ') : []));
}
