import { Attempt } from './attempt';
import type { Json } from './json-value';
import type { MatchOptions } from './match-json';
import { matchPattern } from './match-pattern';
import { nearness } from './nearness';
import { readPattern } from './pattern';

/** Expected JSON, read once, for looking through many values; it captures nothing. */
export interface JsonMatcher {
  matches(actual: unknown): boolean;
  /** How much of what is expected an actual value has: the more, the nearer. */
  nearness(actual: unknown): number;
}

/**
 * As `matchJson`, for many values.
 * @throws as `matchJson`
 */
export function jsonMatcher(expected: Json, options: MatchOptions): JsonMatcher {
  const { mode, arrays = 'same', captured, place = 'the expected JSON' } = options;
  const pattern = readPattern(expected, place);
  const attempt = new Attempt(captured, { exactly: mode === 'exactly', arrays });
  const holds = (part: typeof pattern, actual: unknown) => {
    try {
      return attempt.holds(() => matchPattern(part, actual, attempt));
    } catch (error) {
      if (error instanceof RangeError) return restored(attempt); // nested too deeply
      throw error;
    }
  };
  return {
    matches: (actual) => holds(pattern, actual),
    nearness: (actual) => nearness(pattern, actual, holds),
  };
}

/** What was thrown out of the middle of an attempt has left its trail there. */
function restored(attempt: Attempt): false {
  attempt.quick = false;
  attempt.trail.length = 0;
  attempt.rollBack(0);
  return false;
}
