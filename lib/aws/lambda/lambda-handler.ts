import type { APIGatewayProxyResult } from 'aws-lambda';
import type { CommonContext } from '../../hooks/context';
import {
  DEFAULT_METRICS_NAMESPACE,
  ENV,
  type Environment,
  HEALTH_CHECK,
  readHookSettings,
} from '../../hooks/settings';
import type { Telemetry } from '../../hooks/telemetry';
import type { HooksOf, SharedContext } from './context-from-env';
import { apiGatewayHandler, type Handler } from './handler';
import { telemetryLog } from './log';
import { checkHealth, warmUp } from './warm-up';

/**
 * The handler that AWS calls, with a log that CloudWatch reads.
 * @param contextOf makes the context from this Lambda's environment
 */
export function lambdaHandler<Shared extends SharedContext<CommonContext>>(
  hooks: HooksOf<NoInfer<Shared>>,
  contextOf: (env: Environment, telemetry: Telemetry) => Shared,
): Handler {
  const { [ENV.metricsNamespace]: namespace = DEFAULT_METRICS_NAMESPACE } = process.env;
  const { logLevel } = readHookSettings(process.env);
  // Not by `console`, which in a Lambda wraps each line: metrics must be at the root of the JSON.
  const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const telemetry = telemetryLog(print, namespace, logLevel, Date.now);
  const context = contextOf(process.env, telemetry);
  warmUp(hooks, context);
  const answer = apiGatewayHandler(hooks, context, telemetry);
  const check = () => healthCheck(hooks, context, telemetry);
  return (event) => (event.resource === HEALTH_CHECK ? check() : answer(event));
}

/** @throws when a check fails, so that Lambda counts an error: the schedule ignores the answer */
async function healthCheck<Shared extends SharedContext<CommonContext>>(
  hooks: HooksOf<NoInfer<Shared>>,
  context: Shared,
  telemetry: Telemetry,
): Promise<APIGatewayProxyResult> {
  const began = context.now();
  try {
    await checkHealth(hooks, context);
  } catch (cause) {
    telemetry.failed(cause, { requestId: 'health', milliseconds: context.now() - began });
    throw new Error('the health check failed; the line above says why');
  }
  return { statusCode: 200, body: '' };
}
