import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../logger';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;

/** Tries a step of the start until it succeeds or the service is stopped: what it needs may come later than we do. */
export async function untilDone(
  name: string,
  step: () => Promise<unknown>,
  { logger, signal }: { logger: Logger; signal: AbortSignal },
): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      await step();
      return;
    } catch (error) {
      logger.warn({ cause: String(error) }, `${name} failed; it is tried again`);
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}
