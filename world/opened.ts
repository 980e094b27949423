import { BrineError } from '../support/errors';

/**
 * A part of a lane, which is there as long as that is open.
 * @throws BrineError BRINE_ENV_007 when it is not
 */
export function opened<T>(thing: T | undefined): T {
  if (thing === undefined) throw new BrineError('BRINE_ENV_007', { reason: 'the lane is not open' });
  return thing;
}
