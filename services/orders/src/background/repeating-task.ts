import type { Logger } from '../logger';

interface RepeatingTaskOptions {
  name: string;
  intervalMs: number;
  run: () => Promise<void>;
  logger: Logger;
}

/**
 * Runs a task again and again, one run at a time, until stopped. A failing run is tried again after the interval;
 * of a series of failures the first is logged as an error and the recovery as information.
 */
export class RepeatingTask {
  readonly #options: RepeatingTaskOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #stopped = false;
  #failing = false;

  constructor(options: RepeatingTaskOptions) {
    this.#options = options;
  }

  start(): void {
    this.#schedule();
  }

  /**
   * Runs the task now. The promise is kept by a run that began after this call, so it has seen what was committed
   * before; it never rejects.
   */
  wake(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    if (!this.#running) return this.#begin();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#begin();
    });
    return this.#next;
  }

  /** Lets the current run end and starts no other. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #begin(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    clearTimeout(this.#timer);
    this.#running = this.#runOnce().finally(() => {
      this.#running = undefined;
      this.#schedule();
    });
    return this.#running;
  }

  #schedule(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.wake(), this.#options.intervalMs);
  }

  async #runOnce(): Promise<void> {
    const { name, run, logger } = this.#options;
    try {
      await run();
      if (this.#failing) logger.info(`${name} works again`);
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) logger.error({ err: error }, `${name} failed; it is tried again until it works`);
      this.#failing = true;
    }
  }
}
