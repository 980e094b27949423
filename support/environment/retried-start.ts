import type { ResolvedConfiguration } from '../config';
import { BrineError, type ErrorCode } from '../errors';
import { systemClock } from '../time';

/** A port in use, programs that are missing, rights that are missing, a migration that fails. */
const finalCodes: ReadonlySet<ErrorCode> = new Set([
  'BRINE_ENV_003',
  'BRINE_ENV_004',
  'BRINE_ENV_008',
  'BRINE_DB_001',
]);

/**
 * A start that is tried again as often as the configuration says, unless its failure is one that stays.
 * @param again told before each further attempt
 * @throws the last failure
 */
export async function retriedStart<Started>(
  start: () => Promise<Started>,
  { retryCount, retryDelay }: Pick<ResolvedConfiguration, 'retryCount' | 'retryDelay'>,
  again: () => void = () => {},
): Promise<Started> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt >= retryCount || isFinal(error)) throw error;
      again();
      await systemClock.pause(retryDelay);
    }
  }
}

/** A wrong setting stays wrong, however often it is tried. */
function isFinal(error: unknown): boolean {
  return error instanceof BrineError && (error.code.startsWith('BRINE_CONFIG') || finalCodes.has(error.code));
}
