import { errorName, Misconfigured, Undecided } from '../../hooks/errors';
import { REAL_TIMERS, type Timers } from '../client/timers';

/** Time limits of a call to AWS. */
export interface Budget {
  /** All attempts and the pauses between them, in ms. */
  readonly totalMs: number;
  /** One attempt, in ms: short enough for another attempt after a connection that hangs. */
  readonly attemptMs: number;
}

const PAUSE_MS = { least: 25, most: 75 };
const MAX_ATTEMPTS = 3;

/**
 * Calls AWS with retries: after a pause, for errors that may pass, and within the budget. A kept connection that turns
 * out to be dead costs neither an attempt nor a pause, once.
 * @param what for the log: `the customers table`
 * @throws Misconfigured when an operator must fix something, Undecided otherwise; errors named in `expected` are
 * thrown as they are
 */
export async function withRetry<T>(
  what: string,
  budget: Budget,
  call: (signal: AbortSignal) => Promise<T>,
  expected: readonly string[] = [],
  timers: Timers = REAL_TIMERS,
): Promise<T> {
  const ends = timers.now() + budget.totalMs;
  const left = () => ends - timers.now();
  let keptMayBeDead = true;
  for (let attempt = 1; ; ) {
    try {
      return await withTimeout(call, Math.min(budget.attemptMs, left()), timers);
    } catch (cause) {
      if (expected.includes(errorName(cause))) throw cause;
      if (isOperatorError(cause)) throw new Misconfigured(`${what}: ${errorName(cause)}`, { cause });
      if (keptMayBeDead && wasIdle(cause)) {
        keptMayBeDead = false;
        continue;
      }
      if (attempt >= maxAttempts(cause) || left() <= 0)
        throw new Undecided(`${what}: ${errorName(cause)}`, { cause });
    }
    attempt++;
    await timers.sleep(jitter());
  }
}

const CONDITION = 'ConditionalCheckFailedException';

/**
 * Writes to DynamoDB under a condition, with retries.
 * @returns false when the condition did not hold
 */
export async function conditionalWrite(
  what: string,
  budget: Budget,
  write: (signal: AbortSignal) => Promise<unknown>,
  timers: Timers = REAL_TIMERS,
): Promise<boolean> {
  try {
    await withRetry(what, budget, write, [CONDITION], timers);
    return true;
  } catch (cause) {
    if (errorName(cause) === CONDITION) return false;
    throw cause;
  }
}

/**
 * Rejects when the time is over, even if the call ignores the signal. The timer ends with the call:
 * `AbortSignal.timeout` would outlive it, and `AbortSignal.any` costs more than the rest of a call.
 */
async function withTimeout<T>(
  call: (signal: AbortSignal) => Promise<T>,
  ms: number,
  { deadline }: Timers,
): Promise<T> {
  const controller = new AbortController();
  let cancel = () => {};
  const givenUp = new Promise<never>((_, reject) => {
    const giveUp = () => {
      const late = new DOMException('no answer in time', 'TimeoutError');
      reject(late);
      controller.abort(late);
    };
    if (ms > 0) cancel = deadline(ms, giveUp);
    else giveUp();
  });
  if (controller.signal.aborted) return givenUp;
  return Promise.race([call(controller.signal), givenUp]).finally(cancel);
}

/** Errors that a retry cannot fix (DynamoDB developer guide, "Error handling"). */
const OPERATOR_ERRORS: readonly string[] = [
  'AccessDeniedException',
  'ResourceNotFoundException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'IncompleteSignatureException',
  'MissingAuthenticationTokenException',
  'MissingAuthenticationToken',
  'ExpiredTokenException',
  'ExpiredToken',
  'InvalidClientTokenId',
  'ValidationException',
  'SerializationException',
  'CredentialsProviderError',
  'KMSAccessDeniedException',
  'KMSDisabledException',
];

function isOperatorError(cause: unknown): boolean {
  return OPERATOR_ERRORS.includes(errorName(cause));
}

/** Errors that AWS says to retry, and those of the connection. Any other error is retried once. */
function maxAttempts(cause: unknown): number {
  const name = errorName(cause);
  const passing =
    /Throttl|ThroughputExceeded|RequestLimitExceeded|InternalServer|ServiceUnavailable|TimeoutError|AbortError/.test(
      name,
    ) ||
    // What the socket throws has a code for a name, or none of its own.
    /^(Error|E[A-Z]+)$/.test(name) ||
    statusOf(cause) >= 500;
  return passing ? MAX_ATTEMPTS : 2;
}

function wasIdle(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'connectionWasIdle' in cause;
}

function statusOf(cause: unknown): number {
  const metadata =
    typeof cause === 'object' && cause !== null && '$metadata' in cause ? cause.$metadata : undefined;
  return typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
    ? Number(metadata.httpStatusCode)
    : 0;
}

/** Jitter, so that many Lambdas do not come back at the same moment. */
function jitter(): number {
  return PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least);
}
