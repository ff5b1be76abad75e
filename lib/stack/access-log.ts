/**
 * One line per request, without headers and bodies (API Gateway, "$context variables for access logging"). Plain
 * words: as JSON, and with the time that CloudWatch notes anyway, the line costs more than half of an ok's.
 */
export const ACCESS_LOG_FORMAT =
  '$context.identity.sourceIp $context.resourcePath $context.status $context.error.responseType $context.responseLatency $context.extendedRequestId';

/** How CloudWatch Logs Insights takes the line apart. */
export const ACCESS_LOG_FIELDS =
  'parse @message "* * * * * *" as address, path, status, gateway, milliseconds, requestId';
