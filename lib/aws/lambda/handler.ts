import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { CommonContext, RequestContext } from '../../hooks/context';
import type { Telemetry } from '../../hooks/telemetry';
import type { HookAnswer, HookRequest } from '../../jambonz/webhook';
import { REAL_TIMERS, type Timers } from '../client/timers';
import type { HooksOf, SharedContext } from './context-from-env';

/** What Lambda calls for each request of API Gateway (REST, Lambda proxy). */
export type Handler = (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;

/** Past this the answer is 504, well before the phone (32 s), jambonz (10 s) and API Gateway (6 s) give up. */
const DEADLINE_MS = 2000;

/**
 * Turns an API Gateway event into the hook's answer. Whatever breaks inside is "could not
 * decide", HTTP 504: phones come back from that within a minute, and from a 500 or a 503 some never do.
 * @param hooks by resource path
 */
export function apiGatewayHandler<Shared extends SharedContext<CommonContext>>(
  hooks: HooksOf<NoInfer<Shared>>,
  shared: Shared,
  telemetry: Telemetry,
  timers: Timers = REAL_TIMERS,
): Handler {
  const { now } = shared;
  return async (event) => {
    const hook = hooks[event.resource];
    if (!hook) return toResult({ status: 404, body: { error: `no hook at ${event.resource}` } });
    const began = now();
    const request = () => ({
      requestId: event.requestContext.extendedRequestId ?? '',
      milliseconds: now() - began,
    });
    let isOverdue = false;
    const ofRequest: RequestContext = {
      isOverdue: () => isOverdue,
      report: (outcome) => {
        if (!isOverdue) telemetry.outcome(outcome, request());
      },
    };
    // Inherits what outlives the request: a copy of all that costs more than the digest.
    const context: Shared & RequestContext = Object.assign(Object.create(shared), ofRequest);
    try {
      return toResult(await withinDeadline(hook(toRequest(event), context), timers));
    } catch (cause) {
      isOverdue = true;
      telemetry.failed(cause, request());
      return toResult({ status: 504, body: { error: 'could not decide in time' } });
    }
  };
}

function toRequest(event: APIGatewayProxyEvent): HookRequest {
  const { body, isBase64Encoded } = event;
  return {
    signature: signatureOf(event),
    body: isBase64Encoded ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
    baseUrl: baseUrlOf(event),
  };
}

/** The case of a header's name means nothing (RFC 9110 section 5.1). */
function signatureOf({ headers }: APIGatewayProxyEvent): string | undefined {
  const usual = headers?.['Jambonz-Signature'] ?? headers?.['jambonz-signature'];
  if (usual !== undefined) return usual;
  const name = Object.keys(headers ?? {}).find((it) => it.toLowerCase() === 'jambonz-signature');
  return name && headers[name];
}

/**
 * From what API Gateway itself says, never from a header: the domain it was reached by, and the whole path, which
 * holds the stage (execute-api) or the base path (custom domain), less the route. API Gateway takes a slash at the end
 * of the route as well. Only the local gateway, on loopback, speaks plain HTTP.
 */
function baseUrlOf({ requestContext, resource }: APIGatewayProxyEvent): string {
  const { domainName = '' } = requestContext ?? {};
  const path = (requestContext?.path ?? '').replace(/\/+$/, '');
  const scheme = /^127\.0\.0\.1(:\d+)?$/.test(domainName) ? 'http' : 'https';
  const base = path.endsWith(resource) ? path.slice(0, -resource.length) : '';
  return `${scheme}://${domainName}${base}`;
}

function toResult({ status, body }: HookAnswer): APIGatewayProxyResult {
  return { statusCode: status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function withinDeadline<T>(work: Promise<T>, { deadline }: Timers): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error(`no answer within ${DEADLINE_MS} ms`));
    const cancel = deadline(DEADLINE_MS, giveUp);
    work.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (cause) => {
        cancel();
        reject(cause);
      },
    );
  });
}
