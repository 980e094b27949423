import { setTimeout as delay } from 'node:timers/promises';

interface AttemptOptions {
  /** Attempts after the first. */
  retries: number;
  delayMs: number;
  /** Whether an error is worth no further attempt here; it is thrown as it is. */
  isFinal: (error: unknown) => boolean;
}

/** All attempts failed; `last` is the error of the last one. */
export class AttemptsExhausted extends Error {
  override readonly name = 'AttemptsExhausted';

  constructor(
    readonly attempts: number,
    readonly last: Error,
  ) {
    super(`all ${attempts} attempts failed`, { cause: last });
  }
}

/** @throws AttemptsExhausted, or an error that is final. */
export async function attempt<T>(run: () => Promise<T>, options: AttemptOptions): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await run();
    } catch (error) {
      if (options.isFinal(error)) throw error;
      if (attempts > options.retries) throw new AttemptsExhausted(attempts, asError(error));
      await delay(options.delayMs);
    }
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
