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
  deadline: (ms, onExpired) => {
    const timer = setTimeout(onExpired, ms);
    return () => clearTimeout(timer);
  },
};
