/** The time that budgets, pauses and deadlines go by. Tests give their own, so that none of them waits. */
export interface Timers {
  /** Milliseconds that never go back. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** @returns what cancels it */
  readonly deadline: (ms: number, onExpired: () => void) => () => void;
}

export const REAL_TIMERS: Timers = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  deadline: sharedTimer(),
};

interface Deadline {
  readonly at: number;
  readonly onExpired: () => void;
}

/**
 * Deadlines over one timer of Node's, which goes on when a deadline is cancelled: most are, within milliseconds, and a
 * timer for each costs more than the digest. It keeps no process alive.
 */
function sharedTimer(): Timers['deadline'] {
  const pending = new Set<Deadline>();
  let timer: NodeJS.Timeout | undefined;
  let wakesAt = Number.POSITIVE_INFINITY;
  const wakeAt = (at: number) => {
    clearTimeout(timer);
    wakesAt = at;
    timer = setTimeout(wake, at - performance.now()).unref();
  };
  const wake = () => {
    wakesAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    for (const deadline of pending) if (deadline.at <= now && pending.delete(deadline)) deadline.onExpired();
    if (pending.size > 0) wakeAt(Math.min(...[...pending].map(({ at }) => at), wakesAt));
  };
  return (ms, onExpired) => {
    const deadline = { at: performance.now() + ms, onExpired };
    pending.add(deadline);
    if (deadline.at < wakesAt) wakeAt(deadline.at);
    return () => {
      pending.delete(deadline);
    };
  };
}
