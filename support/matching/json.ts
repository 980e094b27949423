import { JsonReader } from './json-reader';
import type { Json } from './json-value';
import { rawJson } from './numbers';

/**
 * The value of a JSON text. Beyond the standard, `\#` and `\$` are let through in strings (as backslash and
 * sign), so that the escapes of markers and variables are written as they are elsewhere; a byte order mark is skipped.
 * @param place what the text is, for the error: `the body of the request`
 * @throws BrineError BRINE_JSON_001 with line, column, reason and advice; also for a name given twice in an object
 */
export function parseJson(text: string, place: string): Json {
  return new JsonReader(text, place).read();
}

/** How a JSON text may begin. */
const beginsAsJson = /^\uFEFF?[ \t\r\n]*["{[\dtfn-]/;

/** What a text says where it is JSON; else the text itself. */
export function jsonOrText(text: string): Json {
  if (!beginsAsJson.test(text)) return text; // most texts are none: no complaint need be made
  try {
    return parseJson(text, 'the text');
  } catch {
    return text;
  }
}

/**
 * The JSON text of a value, with every digit of its numbers. `indent` as for `JSON.stringify`.
 * @throws TypeError when the value contains itself
 */
export function stringifyJson(value: unknown, indent?: number): string {
  const text: string | undefined = JSON.stringify(value, exactly, indent);
  return text ?? 'null';
}

function exactly(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? rawJson(String(value)) : value;
}
