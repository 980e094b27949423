import { bounded } from './bounded';
import { type Clock, systemClock } from './clock';
import { formatDuration } from './duration';

/** Tells of changes since the moment at which it began. */
export interface Watch {
  /** Resolves when something has changed, at the latest after so many milliseconds. */
  changed(withinMs: number): Promise<void>;
}

/** How long to wait, and what may end a pause early. */
export interface WaitOptions {
  /** The deadline, in milliseconds from now. */
  readonly withinMs: number;
  readonly clock?: Clock;
  /** Calls `wake` when a new attempt is worthwhile (an event arrived); returns how to stop listening. */
  readonly onChange?: (wake: () => void) => () => void;
  /**
   * Begins to watch what the attempts look at. While it does not change, attempts are made only now and then, for what cannot be
   * watched (the time that goes by). When it gives nothing, or fails, attempts are made at short intervals.
   */
  readonly watch?: () => Promise<Watch | undefined>;
  /** An error when there is no point in waiting on (a service has died); asked after each failed attempt, with its failure. */
  readonly giveUp?: (failure: unknown) => Error | undefined;
}

/** A condition that came true (or stayed true), and what that took. */
export interface Waited<T> {
  readonly value: T;
  readonly attempts: number;
  readonly elapsedMs: number;
  /** Ended above 80 % of its deadline: tomorrow it may be too late. */
  readonly nearDeadline: boolean;
}

/** A condition that did not come true in time, or did not stay true; `cause` is the last failure. */
export class WaitError extends Error {
  readonly attempts: number;
  readonly elapsedMs: number;

  constructor(
    kind: 'not within' | 'not for',
    limitMs: number,
    attempts: number,
    elapsedMs: number,
    cause: unknown,
  ) {
    const tries = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} in ${formatDuration(elapsedMs)}`;
    super(`${kind} ${formatDuration(limitMs)} (${tries})`, { cause });
    this.name = 'WaitError';
    this.attempts = attempts;
    this.elapsedMs = elapsedMs;
  }
}

const firstPauseMs = 2;
const pauseGrowth = 1.2;
/** Median notice of a change is half of this. */
const longestPauseMs = 10;
const longestPauseOfLongWaitMs = 40;
const longWaitMs = 2_000;
/** The longest time without an attempt, although nothing seems to have changed. */
const longestSilenceMs = 100;
/** What a watch may take to begin, or beyond its time to end. */
const watchGraceMs = 100;
const nearDeadlineShare = 0.8;
/** What one attempt may take beyond the deadline before it is given up: a busy machine is no reason to fail. */
const attemptGraceMs = 1_000;
/** As much of one that must only stay true: that it is slow does not say that it became false. */
const slowAttemptGraceMs = 2_000;

/**
 * Attempts until one does not throw: the one way in which Brine waits for what is eventual.
 * There is always one attempt, and a last one at the deadline.
 * @throws WaitError whose cause is what the last attempt threw; or what `giveUp` gave
 */
export async function eventually<T>(attempt: () => Promise<T>, options: WaitOptions): Promise<Waited<T>> {
  const wait = new Wait(options);
  try {
    for (;;) {
      try {
        const value = await wait.attempt(attempt);
        return wait.ended(
          value,
          options.withinMs > 0 && wait.elapsedMs() > options.withinMs * nearDeadlineShare,
        );
      } catch (error) {
        const hopeless = options.giveUp?.(error);
        if (hopeless !== undefined) throw hopeless;
        if (wait.isOver()) throw wait.error('not within', error);
      }
      await wait.untilWorthwhile();
    }
  } finally {
    wait.stop();
  }
}

/**
 * Attempts until the time is over, each of which must not throw: the condition stays true.
 * @throws WaitError whose cause is what the failing attempt threw
 */
export async function consistently<T>(attempt: () => Promise<T>, options: WaitOptions): Promise<Waited<T>> {
  const wait = new Wait(options, slowAttemptGraceMs);
  try {
    for (;;) {
      let value: T;
      try {
        value = await wait.attempt(attempt);
      } catch (error) {
        throw wait.error('not for', error);
      }
      if (wait.isOver()) return wait.ended(value, false);
      await wait.untilWorthwhile();
    }
  } finally {
    wait.stop();
  }
}

class Wait {
  private readonly clock: Clock;
  private readonly begin: number;
  private readonly unsubscribe: (() => void) | undefined;
  private attempts = 0;
  private pauseMs = firstPauseMs;
  private woken = new AbortController();
  /** Began before the last attempt, so that no change is missed. */
  private watching: Watch | undefined;

  constructor(
    private readonly options: WaitOptions,
    private readonly graceMs = attemptGraceMs,
  ) {
    this.clock = options.clock ?? systemClock;
    this.begin = this.clock.monotonic();
    this.unsubscribe = options.onChange?.(() => this.woken.abort());
  }

  elapsedMs(): number {
    return this.clock.monotonic() - this.begin;
  }

  isOver(): boolean {
    return this.elapsedMs() >= this.options.withinMs;
  }

  /** One attempt, which may not take longer than what is left of the time (and a little). */
  async attempt<T>(attempt: () => Promise<T>): Promise<T> {
    this.attempts++;
    this.woken = new AbortController();
    const left = Math.max(0, this.options.withinMs - this.elapsedMs()) + this.graceMs;
    return bounded(
      attempt(),
      left,
      () => new Error(`this attempt did not end within ${formatDuration(left)}`),
    );
  }

  /** Pauses until the next attempt may see something else than the last one, or the time is over. */
  async untilWorthwhile(): Promise<void> {
    await this.pause();
    if (this.watching !== undefined) await this.untilChanged(this.watching);
    this.watching = undefined;
    const { watch } = this.options;
    if (watch !== undefined && !this.isOver()) this.watching = await inTime(watch(), watchGraceMs);
  }

  private async untilChanged(watching: Watch): Promise<void> {
    const left = Math.min(longestSilenceMs, this.options.withinMs - this.elapsedMs());
    const { signal } = this.woken;
    if (left <= 0 || signal.aborted) return;
    const woken = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    await Promise.race([inTime(watching.changed(left), left + watchGraceMs), woken]);
  }

  private async pause(): Promise<void> {
    const left = this.options.withinMs - this.elapsedMs();
    await this.clock.pause(Math.max(0, Math.min(this.pauseMs, left)), this.woken.signal);
    const isRare = this.elapsedMs() > longWaitMs && this.watching === undefined;
    const longest = isRare ? longestPauseOfLongWaitMs : longestPauseMs;
    this.pauseMs = Math.min(longest, this.pauseMs * pauseGrowth);
  }

  ended<T>(value: T, nearDeadline: boolean): Waited<T> {
    return { value, attempts: this.attempts, elapsedMs: this.elapsedMs(), nearDeadline };
  }

  error(kind: 'not within' | 'not for', cause: unknown): WaitError {
    return new WaitError(kind, this.options.withinMs, this.attempts, this.elapsedMs(), cause);
  }

  stop(): void {
    this.unsubscribe?.();
  }
}

/** A watch that fails, or hangs, is none. */
async function inTime<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const late = () => new Error('the watch did not answer in time');
  return bounded(work, ms, late).catch(() => undefined);
}
