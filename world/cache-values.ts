import { type CacheEntry, typeName } from '../support/clients';
import { BrineError } from '../support/errors';
import { jsonOrText } from '../support/matching';
import { formatDuration, parseDuration } from '../support/time';
import { brief } from './evidence';

export { bytesFrom, typeName } from '../support/clients';

/** What a key holds, as JSON where it is a string that reads as JSON. */
export function cachedValue({ type, value }: CacheEntry): unknown {
  return type === 'string' ? readIfJson(value) : value;
}

/** Text that reads as JSON as what it says; everything else as it is. */
export function readIfJson(value: unknown): unknown {
  return typeof value === 'string' ? jsonOrText(value) : value;
}

/** As {@link readIfJson}, but numbers, words and quoted texts stay texts: so that columns may be paths. */
export function nestedOrText(value: unknown): unknown {
  return typeof value === 'string' && /^\s*[[{]/.test(value) ? jsonOrText(value) : value;
}

/** `a string: {"status":"confirmed"}`, for messages. */
export function describeEntry(entry: CacheEntry): string {
  return `it holds a ${typeName(entry.type)}: ${brief(cachedValue(entry))}; ${lifeOf(entry)}`;
}

/** `it expires in 4 min 59 s`, for messages. */
export function lifeOf({ expiresInMs }: CacheEntry): string {
  return expiresInMs === undefined ? 'it never expires' : `it expires in ${formatDuration(expiresInMs)}`;
}

/** A span of time, in milliseconds. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * `4 to 5 minutes`, `30 seconds to 2 minutes`; a first number without a unit has that of the second.
 * @throws BrineError BRINE_STEP_002 when it ends before it begins
 */
export function readWindow(text: string): Window {
  const [first = '', last = ''] = text.split(' to ');
  const unit = /^\d+$|^\d+\.\d+$/.test(first) ? last.replace(/^[\d.]+/, '') : '';
  const [fromMs, toMs] = [parseDuration(first + unit), parseDuration(last)];
  if (fromMs !== undefined && toMs !== undefined && fromMs <= toMs) return { fromMs, toMs };
  throw new BrineError('BRINE_STEP_002', {
    place: `"${text}"`,
    reason: fromMs === undefined ? `"${first}" is no duration` : 'it ends before it begins',
    advice: 'write 4 to 5 minutes, or 30 seconds to 2 minutes',
  });
}
