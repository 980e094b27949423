import type { Clock, Timer } from '../../support/kafka-broker/state/clock';

/** Time that passes only when told to. */
export class ManualClock implements Clock {
  #now = 1_000_000;
  readonly #tasks = new Set<{ at: number; task: () => void }>();

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, task: () => void): Timer {
    const entry = { at: this.#now + milliseconds, task };
    this.#tasks.add(entry);
    return { cancel: () => this.#tasks.delete(entry) };
  }

  /** How many timers are waiting. */
  get pending(): number {
    return this.#tasks.size;
  }

  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let next = this.#nextBefore(end); next; next = this.#nextBefore(end)) {
      this.#tasks.delete(next);
      this.#now = next.at;
      next.task();
    }
    this.#now = end;
  }

  #nextBefore(end: number): { at: number; task: () => void } | undefined {
    return [...this.#tasks].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}
