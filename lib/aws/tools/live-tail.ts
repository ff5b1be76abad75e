import {
  CloudWatchLogsClient,
  SessionTimeoutException,
  StartLiveTailCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { isObject } from '../../registrar/record/json';

/** A line of the hooks' log as it is written. */
export interface LiveLine {
  readonly line: Readonly<Record<string, unknown>>;
  /** Unix ms. */
  readonly at: number;
}

/** How long CloudWatch may take to begin. */
const START_BUDGET_MS = 10_000;

/**
 * Follows the hooks' log with CloudWatch Logs Live Tail, until it is aborted. A session ends after three hours, and a
 * new one begins; of more than 500 lines a second CloudWatch leaves some out. It bills each minute of a session.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html
 * @param logGroups their ARNs
 * @param aor only lines about this `username@realm`
 */
export async function* liveTail(
  logGroups: readonly string[],
  aor: string | undefined,
  signal: AbortSignal,
): AsyncIterable<LiveLine> {
  const client = new CloudWatchLogsClient({ maxAttempts: 3, disableHostPrefix: isEndpointNamed() });
  const aborted = () => client.destroy();
  signal.addEventListener('abort', aborted);
  try {
    while (!signal.aborted) yield* session(client, logGroups, aor, signal);
  } catch (cause) {
    if (!signal.aborted) throw cause;
  } finally {
    signal.removeEventListener('abort', aborted);
    client.destroy();
  }
}

/** CloudWatch streams from another host, `stream-logs…`; an endpoint that the environment names is meant as it is. */
function isEndpointNamed(): boolean {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS } = process.env;
  return Boolean(AWS_ENDPOINT_URL ?? AWS_ENDPOINT_URL_CLOUDWATCH_LOGS);
}

/** Ends when CloudWatch ends the session. */
async function* session(
  client: CloudWatchLogsClient,
  logGroups: readonly string[],
  aor: string | undefined,
  signal: AbortSignal,
): AsyncIterable<LiveLine> {
  const command = new StartLiveTailCommand({
    logGroupIdentifiers: [...logGroups],
    ...(aor !== undefined && { logEventFilterPattern: filterOf(aor) }),
  });
  const starting = AbortSignal.any([signal, AbortSignal.timeout(START_BUDGET_MS)]);
  const { responseStream } = await client.send(command, { abortSignal: starting });
  try {
    for await (const event of responseStream ?? []) {
      if (signal.aborted) return;
      for (const { message, timestamp } of event.sessionUpdate?.sessionResults ?? []) {
        const line = parseLine(message ?? '');
        if (line) yield { line, at: timestamp ?? 0 };
      }
    }
  } catch (cause) {
    if (!(cause instanceof SessionTimeoutException)) throw cause;
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html */
function filterOf(aor: string): string {
  const text = aor.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `{ $.aor = "${text}" || $.badRecord = "${text}" }`;
}

/** undefined: a line of metrics, or of the Lambda runtime itself. */
function parseLine(message: string): LiveLine['line'] | undefined {
  try {
    const line: unknown = JSON.parse(message);
    return isObject(line) && !('_aws' in line) && !('type' in line) ? line : undefined;
  } catch {
    return undefined;
  }
}
