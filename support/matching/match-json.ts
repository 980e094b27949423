import { type ArrayMode, Attempt, type Mismatch } from './attempt';
import type { Json } from './json-value';
import { matchPattern } from './match-pattern';
import { readPattern } from './pattern';

/** The call stack has ended: about 1,200 levels in order, some hundreds in any order. */
const tooDeep = 'is nested too deeply to be compared';

export interface MatchOptions {
  /** `contains`: objects may have further fields, at every level. `exactly`: they may not. */
  readonly mode: 'contains' | 'exactly';
  /**
   * How arrays compare, at every level. `same` (the default): as many items, in the same order. `contains`: each expected item matches an
   * actual one of its own. `any order`: as `contains`, and no item is left over.
   */
  readonly arrays?: ArrayMode;
  /** What markers captured earlier in the scenario. */
  readonly captured: ReadonlyMap<string, unknown>;
  /** What the expected JSON is, for errors; `the expected JSON` unless told. */
  readonly place?: string;
}

export interface MatchResult {
  /** All of them; none when it matches. */
  readonly mismatches: readonly Mismatch[];
  /** What this match captured anew; nothing when it does not match. */
  readonly captured: ReadonlyMap<string, unknown>;
}

/**
 * Compares a value with expected JSON that may hold markers (see `readMarker`). Numbers compare by value, never with texts;
 * a field that is undefined counts as absent; a Date also equals the text of its instant.
 * @throws BrineError BRINE_MATCH_001 or BRINE_MATCH_002 for a marker that is unknown or cannot be read
 */
export function matchJson(expected: Json, actual: unknown, options: MatchOptions): MatchResult {
  const { mode, arrays = 'same', captured, place = 'the expected JSON' } = options;
  const pattern = readPattern(expected, place);
  const attempt = new Attempt(captured, { exactly: mode === 'exactly', arrays });
  const { mismatches, fresh } = attempt;
  try {
    matchPattern(pattern, actual, attempt);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { mismatches: [{ path: '$', reason: tooDeep, expected, actual }], captured: new Map() };
  }
  return { mismatches, captured: mismatches.length === 0 ? fresh : new Map() };
}
