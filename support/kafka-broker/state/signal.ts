/** Tells those who listen that something happened. */
export class Signal<T = void> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Calls the listener for each event, until the returned function is called. */
  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  emit(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}
