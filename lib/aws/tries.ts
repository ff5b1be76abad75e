import { isNativeError } from 'node:util/types';
import { Misconfigured, Undecided } from '../jambonz/world';
import { REAL_TIMERS, type Timers } from './timers';

/** How long a call to AWS may take. */
export interface Budget {
  /** All tries and the pauses between them, in ms. */
  readonly wholeMs: number;
  /** One try, in ms: a connection that hangs is given up in time for another one. */
  readonly tryMs: number;
}

const PAUSE_MS = { least: 25, most: 75 };
const MOST_TRIES = 3;

/**
 * Calls AWS: again after a pause when it is worth it, and never past the budget. Once a dead connection that was kept
 * from before costs neither a try nor a pause: the next one is new.
 * @param what for the log: `the customers table`
 * @throws Misconfigured when an operator has to mend something, Undecided otherwise; never what AWS threw, but for
 * the answers in `expected`
 */
export async function withTries<T>(
  what: string,
  budget: Budget,
  call: (signal: AbortSignal) => Promise<T>,
  expected: readonly string[] = [],
  timers: Timers = REAL_TIMERS,
): Promise<T> {
  const ends = timers.now() + budget.wholeMs;
  const left = () => ends - timers.now();
  let keptMayBeDead = true;
  for (let tries = 1; ; ) {
    try {
      return await orGivenUp(call, Math.min(budget.tryMs, left()), timers);
    } catch (cause) {
      if (expected.includes(nameOf(cause))) throw cause;
      if (isOperators(cause)) throw new Misconfigured(`${what}: ${nameOf(cause)}`, { cause });
      if (keptMayBeDead && wasIdle(cause)) {
        keptMayBeDead = false;
        continue;
      }
      if (tries >= mostTries(cause) || left() <= 0)
        throw new Undecided(`${what}: ${nameOf(cause)}`, { cause });
    }
    tries++;
    await timers.sleep(jitter());
  }
}

const CONDITION = 'ConditionalCheckFailedException';

/**
 * Writes to DynamoDB under a condition, with tries as above.
 * @returns false when the condition did not hold
 */
export async function writtenIf(
  what: string,
  budget: Budget,
  write: (signal: AbortSignal) => Promise<unknown>,
  timers: Timers = REAL_TIMERS,
): Promise<boolean> {
  try {
    await withTries(what, budget, write, [CONDITION], timers);
    return true;
  } catch (cause) {
    if (nameOf(cause) === CONDITION) return false;
    throw cause;
  }
}

/**
 * The name of what was thrown: messages may quote what they choked on. What an AbortSignal throws is a DOMException,
 * which counts as a native error only from Node 24 on.
 */
export function nameOf(cause: unknown): string {
  if (!isNativeError(cause) && !(cause instanceof DOMException)) return 'unknown error';
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return code && /^(Aggregate)?Error$/.test(cause.name) ? code : cause.name;
}

/**
 * Gives up, whether the call looks at the signal or not. The timer ends with the call: `AbortSignal.timeout` would
 * outlive it, and `AbortSignal.any` costs more than the rest of a call.
 */
async function orGivenUp<T>(
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

/** Nothing that another try, or waiting, would mend (DynamoDB developer guide, "Error handling"). */
const OPERATORS: readonly string[] = [
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

function isOperators(cause: unknown): boolean {
  return OPERATORS.includes(nameOf(cause));
}

/** What AWS says to try again, and what never reached it. Of anything else one more try tells enough. */
function mostTries(cause: unknown): number {
  const name = nameOf(cause);
  const passing =
    /Throttl|ThroughputExceeded|RequestLimitExceeded|InternalServer|ServiceUnavailable|TimeoutError|AbortError/.test(
      name,
    ) ||
    // What the socket throws has a code for a name, or none of its own.
    /^(Error|E[A-Z]+)$/.test(name) ||
    statusOf(cause) >= 500;
  return passing ? MOST_TRIES : 2;
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
