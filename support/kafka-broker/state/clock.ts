export interface Timer {
  cancel(): void;
}

/** Time as the broker's state sees it: passed in, so that a time-out is tested without waiting for it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  after(milliseconds: number, task: () => void): Timer;
}

/** Real timers, all of which end with {@link dispose}. */
export class SystemClock implements Clock, Disposable {
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  after(milliseconds: number, task: () => void): Timer {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, milliseconds);
    this.#timers.add(timer);
    return {
      cancel: () => {
        clearTimeout(timer);
        this.#timers.delete(timer);
      },
    };
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
