import { readNumber } from '../support/matching';
import type { Literal } from './expectations';

/** Text in quotes, as a step's line has it. */
export const quotedPattern = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/;

/** Text in quotes, a number, true, false or null. */
export const literalPattern = new RegExp(`${quotedPattern.source}|-?\\d+(?:\\.\\d+)?|true|false|null`);

/** The value of such a literal; its `${...}` are not filled, and its numbers keep all their digits. */
export function readLiteral(text: string): Literal {
  if (/^-?\d/.test(text)) return readNumber(text);
  return JSON.parse(doubleQuoted(text).replace(/\\(u[\da-fA-F]{4}|.)/gs, escapeOf));
}

/** What JSON does not know, as the `\\d` and `\\b` of a pattern or the `\\$` of a text, stays as it is written. */
function escapeOf(whole: string, sign: string): string {
  return /^["\\/fnrt]|^u./.test(sign) ? whole : `\\${whole}`;
}

/** What stands in quotes. */
export function readQuoted(text: string): string {
  return text.slice(1, -1).replace(/\\(["'\\])/g, '$1');
}

const escapes = new Map([
  ["\\'", "'"],
  ['"', '\\"'],
]);

function doubleQuoted(text: string): string {
  if (!text.startsWith("'")) return text;
  const inner = text.slice(1, -1).replace(/\\.|"/g, (part) => escapes.get(part) ?? part);
  return `"${inner}"`;
}
