/**
 * What the work gives, or `late()`'s error when it has not settled after so many milliseconds.
 * The work itself goes on: give it its own way to end where it holds something.
 * @throws what the work throws, or `late()`
 */
export async function bounded<T>(work: PromiseLike<T>, limitMs: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
