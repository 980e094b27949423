/**
 * All results. When some of the work fails, all of it has ended before the errors are thrown: so that what it has
 * opened can be closed.
 * @throws the one error, or an AggregateError of several
 */
export async function allSettled<T extends readonly unknown[]>(
  work: { [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const settled = await Promise.allSettled(work);
  const reasons = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  const errors = [...new Set(reasons)]; // one piece of work may wait for another
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors);
  return settled.map((result) => (result.status === 'fulfilled' ? result.value : undefined)) as unknown as T;
}
