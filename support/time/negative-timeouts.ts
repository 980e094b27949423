/**
 * Keeps Node from warning of negative time-outs that a library sets, who means none by them. Other warnings, and the
 * same one when anybody else causes it, are given as ever.
 * @param library name of its package
 */
export function allowNegativeTimeoutsOf(library: string): void {
  const emit = process.emitWarning;
  const frame = new RegExp(`[\\\\/]node_modules[\\\\/]${library}[\\\\/]`);
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    const isOfTimeout = rest[0] === 'TimeoutNegativeWarning';
    if (isOfTimeout && frame.test(new Error().stack ?? '')) return;
    Reflect.apply(emit, process, [warning, ...rest]);
  };
}
