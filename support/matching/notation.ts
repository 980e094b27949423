import { stringifyJson } from './json';
import { isNumeric } from './numbers';
import { renderValue } from './render-value';
import { hasInvisible, quoted } from './visible';

/** The table cell that stands for just this value: `null` for null, quoted where the bare text would mean something else. */
export function literalCell(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'string') return textOf(value);
  const special = value === 'null' || /^\\*#/.test(value) || value !== value.trim() || /^".*"$/s.test(value);
  return special || hasInvisible(value) ? quoted(value) : value;
}

/** Expected text that stands for itself even if it looks like a marker. */
export function literalText(text: string): string {
  return /^\\*#/.test(text) ? `\\${text}` : text;
}

/** A value within a text: texts as they are, dates in ISO 8601, bytes as UTF-8, objects as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  if (typeof value === 'function' || typeof value === 'symbol') return renderValue(value);
  if (typeof value !== 'object' || value === null || isNumeric(value)) return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  try {
    return stringifyJson(value);
  } catch {
    return renderValue(value);
  }
}
