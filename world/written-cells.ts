import { arrayText, columnDefault, type TableDescription, type WrittenCell } from '../support/clients';
import { BrineError } from '../support/errors';
import { parseJson, readInstant } from '../support/matching';
import type { Variables } from './variables';

/** In nanoseconds. */
const second = 1_000_000_000n;

type Column = NonNullable<ReturnType<TableDescription['details']['get']>>;

/**
 * What a cell of a step says is written: the same language as of the cells that are compared, so that what was written is found
 * by the same cell. `null` is NULL, `#default` what the column has by default, `"..."` a text whatever it looks like.
 * @param column undefined when it is not known: then the text goes as it is
 * @throws BrineError BRINE_STEP_002 for a marker: it says what is compared, not what is written
 */
export function writtenCell(
  variables: Variables,
  text: string,
  column: Column | undefined,
  place: string,
): WrittenCell {
  const cell = variables.cell(text, place);
  if (cell === 'null') return null;
  if (cell === '#default') return columnDefault;
  if (cell.startsWith('#')) throw marker(cell, place);
  if (/^null$/i.test(cell)) throw notNull(cell, place);
  const plain = cell.replace(/^\\(?=\\*#)/, '');
  if (column === undefined) return unquoted(plain);
  return inColumn(plain, column, place);
}

function inColumn(text: string, { type }: Column, place: string): string {
  if (type.kind === 'json') return jsonText(text);
  const value = unquoted(text);
  if (type.elements !== undefined && value.startsWith('[')) return arrayOf(value, place);
  if (type.kind === 'bytes') return bytesText(value, place);
  if (type.kind === 'timestamp') return inUtc(value, type.name);
  return value;
}

function marker(cell: string, place: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place,
    reason: `the marker ${cell} says what is compared, and nothing that could be written`,
    advice: 'write a value, ${uuid}, ${now}, or #default; text that begins with # is written \\#...',
  });
}

function notNull(cell: string, place: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place,
    reason: `${cell} is neither NULL nor clearly a text`,
    advice: `NULL is written null, in small letters; the word is written "${cell}", in double quotes`,
  });
}

function unquoted(text: string): string {
  if (!/^".*"$/s.test(text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
}

/** As such a cell is compared: JSON, and what is none is text. What looks like JSON is left for the server to refuse. */
function jsonText(text: string): string {
  if (/^[[{]/.test(text)) return text;
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}

function arrayOf(text: string, place: string): string {
  if (/^\[-?\d+:/.test(text)) return text; // PostgreSQL's own notation, with bounds
  const items = parseJson(text, place);
  return Array.isArray(items) ? arrayText(items) : text;
}

function bytesText(text: string, place: string): string {
  if (text.startsWith('\\x')) return text;
  const [, hex] = /^0x((?:[\da-f]{2})*)$/i.exec(text) ?? [];
  if (hex !== undefined) return `\\x${hex}`;
  if (/^0x/i.test(text)) {
    const reason = `${text} is no sequence of bytes: after 0x come pairs of hexadecimal digits`;
    throw new BrineError('BRINE_STEP_002', { place, reason, advice: 'write 0x0a0b, base64:Cgs=, or text' });
  }
  const [, base64] = /^base64:(.*)$/s.exec(text) ?? [];
  return `\\x${Buffer.from(base64 ?? text, base64 === undefined ? 'utf8' : 'base64').toString('hex')}`;
}

/** Without a zone a moment is one of UTC, wherever the server is; where the column has no zone, one is not lost. */
function inUtc(text: string, type: string): string {
  if (readInstant(text) === undefined) return text;
  const hasZone = /(Z|[T ][\d:.,]+\s*[+-]\d\d(:?\d\d)?)$/i.test(text);
  if (type === 'timestamp with time zone') return hasZone ? text : `${text} UTC`;
  const instant = readInstant(text);
  if (!hasZone || instant === undefined) return text;
  const fraction = ((instant % second) + second) % second; // also of moments before 1970
  const day = new Date(Number((instant - fraction) / 1_000_000n)).toISOString().slice(0, 19);
  return `${day}.${String(fraction).padStart(9, '0').slice(0, 6)}`;
}
