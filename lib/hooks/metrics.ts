/** The metrics of the hooks. None is split by customer, because CloudWatch bills each value; the logs name the customer. */
export const METRICS = {
  /** Phones and calls that were decided, by `hook`. What was answered, and why, is in the logs, like all other hooks. */
  hooks: 'Hooks',
  /** REGISTERs that were granted. */
  registrations: 'Registrations',
  /** REGISTERs and INVITEs that were refused. */
  refusals: 'Refusals',
  /** Calls that were sent to a trunk. */
  calls: 'Calls',
  /** Calls that ring registered phones. */
  callsToPhones: 'CallsToPhones',
  /** Calls to emergency numbers. An alarm reports each, so that people on site know about it (47 CFR 9.16). */
  emergencyCalls: 'EmergencyCalls',
  /** Calls that ended, by `outcome`. */
  callsEnded: 'CallsEnded',
  /** Seconds of talking, counted when a call ends: the sum of an hour / 3600 is the mean number of concurrent calls. */
  talkTime: 'TalkTime',
  /** Dials that failed because of the trunk, not the callee. */
  trunkFailures: 'TrunkFailures',
  /** Hooks answered 504 because no decision was possible. */
  undecided: 'Undecided',
  /** Cached records and webhook secrets that were used because AWS could not be read. */
  staleServed: 'StaleServed',
  /** Checks that were skipped because the memory table was unavailable. */
  unchecked: 'Unchecked',
  /** Milliseconds for one look-up of a customer. */
  lookupTime: 'LookupTime',
  /** Hooks whose signature was missing or matched no secret. */
  signatureFailures: 'SignatureFailures',
  /** Hooks whose signature was correct, but too old or from the future. */
  clockSkew: 'ClockSkew',
  /** Correct digests that were used before, or with a nonce that jambonz did not issue: admitted, and refused. */
  replayObserved: 'ReplayObserved',
  replayRefused: 'ReplayRefused',
  /** Attempts refused by the brute-force limiter. */
  limited: 'Limited',
  /** Calls without a call grant, whether refused or not. */
  grantMissing: 'GrantMissing',
  /** Calls that a rule would have refused if it were enforced. */
  wouldRefuse: 'WouldRefuse',
  /** Budgets of minutes that fell below a fifth. */
  budgetLow: 'BudgetLow',
  /** Records with a problem that an admin should fix. */
  badRecords: 'BadRecords',
} as const;
export type MetricName = (typeof METRICS)[keyof typeof METRICS];

/** What some metrics are split by, and into what: CloudWatch bills each value as a metric of its own. */
export const METRIC_SPLITS = {
  hooks: { by: 'hook', into: ['register-auth', 'call-hook'] },
  callsEnded: { by: 'outcome', into: ['completed', 'failed', 'no-answer', 'busy'] },
} as const satisfies Partial<Record<keyof typeof METRICS, { by: string; into: readonly string[] }>>;

/** One value of one metric. */
export interface Count {
  readonly metric: keyof typeof METRICS;
  readonly value: number;
  /** What the metric is split by: closed sets of words, never a customer. */
  readonly by?: Readonly<Record<string, string>>;
}

/** One of them. */
export function count(metric: Count['metric'], by?: Count['by']): Count {
  return by ? { metric, value: 1, by } : { metric, value: 1 };
}
