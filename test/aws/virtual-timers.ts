import type { Timers } from '../../lib/aws/client/timers';

/** Timers that wait for nothing: time passes when somebody sleeps, or when it is told to. */
export interface VirtualTimers extends Timers {
  /** Lets time pass until the next deadline: what is waited for will never come. */
  readonly expireNext: () => void;
}

export function virtualTimers(): VirtualTimers {
  let now = 0;
  const deadlines = new Set<{ at: number; onExpired: () => void }>();
  const passUntil = (time: number) => {
    now = Math.max(now, time);
    for (const deadline of [...deadlines].sort((a, b) => a.at - b.at))
      if (deadline.at <= now && deadlines.delete(deadline)) deadline.onExpired();
  };
  return {
    now: () => now,
    sleep: async (ms) => passUntil(now + ms),
    deadline: (ms, onExpired) => {
      const deadline = { at: now + ms, onExpired };
      deadlines.add(deadline);
      return () => {
        deadlines.delete(deadline);
      };
    },
    expireNext: () => {
      if (deadlines.size > 0) passUntil(Math.min(...[...deadlines].map(({ at }) => at)));
    },
  };
}
