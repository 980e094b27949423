import type { Mismatch } from './attempt';
import { boundedText } from './bounded-text';

/**
 * One line for each mismatch: `$.status: expected "confirmed", was "pending"`; beyond the limit (200 unless told) they are
 * counted. Never throws.
 */
export function renderMismatches(
  mismatches: readonly Mismatch[],
  options: { readonly limit?: number } = {},
): string {
  const { limit = 200 } = options;
  const lines = mismatches.slice(0, limit).map(({ path, reason }) => `${String(path)}: ${String(reason)}`);
  const more = mismatches.length - lines.length;
  return boundedText(
    [...lines, ...(more > 0 ? [`... and ${more.toLocaleString('en-US')} more`] : [])].join('\n'),
  );
}
