/**
 * One line per request, without headers and bodies (API Gateway, "$context variables for access logging"). Plain
 * words: as JSON, and with the time that CloudWatch notes anyway, the line costs more than half of an ok's.
 */
export const ACCESS_LOG_FORMAT =
  '$context.identity.sourceIp $context.resourcePath $context.status $context.error.responseType $context.responseLatency $context.extendedRequestId';

/** The name of each word of a line. */
const WORDS = ['address', 'path', 'status', 'gateway', 'milliseconds', 'requestId'];

/** How CloudWatch Logs Insights takes the line apart. */
export const ACCESS_LOG_FIELDS = `parse @message "${WORDS.map(() => '*').join(' ')}" as ${WORDS.join(', ')}`;

/**
 * Which lines a metric filter counts (CloudWatch Logs, "Filter pattern syntax", space-delimited log events).
 * @param status may end with `*`
 */
export function accessLogPattern(paths: readonly string[], status: string): string {
  const conditions: Readonly<Record<string, string>> = {
    path: paths.map((path) => `path = "${path}"`).join(' || '),
    status: `status = ${status}`,
  };
  return `[${WORDS.map((word) => conditions[word] ?? word).join(', ')}]`;
}
