import type { Clock } from '../state/clock';
import type { Signal } from '../state/signal';

/** Resolves after so many milliseconds, or when the connection is gone. */
export function pause(
  milliseconds: number,
  {
    disconnected,
    broker: { clock },
  }: { readonly disconnected: Signal; readonly broker: { readonly clock: Clock } },
): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      timer.cancel();
      unsubscribe();
      resolve();
    };
    const timer = clock.after(milliseconds, end);
    const unsubscribe = disconnected.subscribe(end);
  });
}
