import { setTimeout as timer } from 'node:timers/promises';

/** Time as Brine sees it; passed in, so that tests need not wait for it. */
export interface Clock {
  /** Milliseconds that only grow, for measuring. */
  monotonic(): number;
  /** The date of now. */
  now(): Date;
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  monotonic: () => performance.now(),
  now: () => new Date(),
  pause: async (ms, signal) => {
    try {
      await timer(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  },
};
