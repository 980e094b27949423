import type { CacheEntry } from '../support/clients';
import { parseJson } from '../support/matching';
import { brief } from './evidence';

/** What a key holds, as JSON where it is a string that reads as JSON. */
export function cachedValue({ type, value }: CacheEntry): unknown {
  if (type !== 'string' || typeof value !== 'string') return value;
  try {
    return parseJson(value, 'the cached value');
  } catch {
    return value;
  }
}

/** `a string: {"status":"confirmed"}`, for messages. */
export function describeEntry(entry: CacheEntry): string {
  return `it holds a ${entry.type}: ${brief(cachedValue(entry))}`;
}
