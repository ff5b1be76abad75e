import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { isObject } from '../../registrar/record/json';

/** A line of the hooks' log, and when it was written. */
export interface StoredLine {
  readonly line: Readonly<Record<string, unknown>>;
  /** Unix ms. */
  readonly at: number;
}

/** Of one page; CloudWatch looks through a part of the log for each. */
const PAGE_BUDGET_MS = 30_000;

/**
 * Reads the lines of calls from CloudWatch Logs: those of the call hook, and of calls that ended.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 * @param logGroups ARNs of the hooks' log groups
 * @param from unix ms, this one included
 * @param to unix ms, this one excluded
 */
export async function* storedCallLines(
  logGroups: readonly string[],
  from: number,
  to: number,
): AsyncIterable<StoredLine> {
  const client = new CloudWatchLogsClient({ maxAttempts: 5 });
  try {
    for (const group of ofCalls(logGroups)) yield* linesOf(client, group, from, to);
  } finally {
    client.destroy();
  }
}

/** The log of REGISTERs is much longer, and has no calls in it; groups are called as CloudFormation calls them. */
function ofCalls(logGroups: readonly string[]): readonly string[] {
  const named = logGroups.filter((group) => /callhook/i.test(group));
  return named.length > 0 ? named : logGroups;
}

async function* linesOf(
  client: CloudWatchLogsClient,
  logGroupIdentifier: string,
  from: number,
  to: number,
): AsyncIterable<StoredLine> {
  let nextToken: string | undefined;
  do {
    const command: FilterLogEventsCommand = new FilterLogEventsCommand({
      logGroupIdentifier,
      filterPattern: '{ $.hook = "call-hook" || $.hook = "call-status" }',
      startTime: from,
      endTime: to - 1,
      ...(nextToken !== undefined && { nextToken }),
    });
    const page = await client.send(command, { abortSignal: AbortSignal.timeout(PAGE_BUDGET_MS) });
    for (const { message = '', timestamp = 0 } of page.events ?? []) {
      const line = parseLine(message);
      if (line) yield { line, at: timestamp };
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}

function parseLine(message: string): StoredLine['line'] | undefined {
  try {
    const line: unknown = JSON.parse(message);
    return isObject(line) ? line : undefined;
  } catch {
    return undefined;
  }
}
