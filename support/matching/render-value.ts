import { deepest } from './json-value';
import { ExactDecimal } from './numbers';

export interface RenderOptions {
  /** The most characters shown; what is cut is announced. 1,000 unless told. */
  readonly limit?: number;
}

const mostBytes = 64;

/**
 * Any value in one line, in the notation of the feature: JSON, with `absent` for undefined, ISO 8601 for dates and `0x..` for
 * bytes. Never throws: what cannot be read is shown as unreadable, a cycle as `(circular)`.
 */
export function renderValue(value: unknown, options: RenderOptions = {}): string {
  const line = new Line(options.limit ?? 1_000);
  try {
    line.value(value);
  } catch {
    line.write('(too deep to be shown)');
  }
  return line.text();
}

/** `a number`, `text`, `an object` ...: what kind of value it is. Never throws. */
export function typeName(value: unknown): string {
  try {
    return nameOfType(value);
  } catch {
    return 'an unreadable value';
  }
}

function nameOfType(value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof ExactDecimal || typeof value === 'bigint') return 'a number';
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Date) return 'a date';
  if (value instanceof Uint8Array) return 'bytes';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'undefined' ? 'absent' : `a ${typeof value}`;
}

/** A line that fills up to its limit; writing on is harmless and soon stops. */
class Line {
  private readonly pieces: string[] = [];
  private room: number;
  private full = false;
  private readonly above = new Set<object>();

  constructor(limit: number) {
    this.room = Math.max(0, limit);
  }

  text(): string {
    return this.pieces.join('');
  }

  write(text: string): void {
    if (this.full) return;
    this.full = text.length > this.room;
    this.pieces.push(this.full ? `${cut(text, this.room)}… (cut)` : text);
    this.room -= text.length;
  }

  value(value: unknown): void {
    if (typeof value === 'string') this.string(value);
    else if (typeof value !== 'object' || value === null) this.write(scalar(value));
    else if (this.above.has(value)) this.write('(circular)');
    else if (this.above.size >= deepest) this.write('…');
    else this.reference(value);
  }

  private string(value: string): void {
    if (value.length <= this.room || this.full) {
      this.write(JSON.stringify(value));
      return;
    }
    const length = value.length.toLocaleString('en-US');
    this.pieces.push(`${JSON.stringify(cut(value, this.room))}… (${length} characters)`);
    this.full = true;
  }

  private reference(value: object): void {
    this.above.add(value);
    try {
      this.object(value);
    } catch (thrown) {
      if (thrown instanceof RangeError) throw thrown;
      this.write(`(unreadable: ${reasonOf(thrown)})`);
    } finally {
      this.above.delete(value);
    }
  }

  private object(value: object): void {
    if (Array.isArray(value)) this.items(value);
    else if (value instanceof Set) this.items([...value]);
    else if (value instanceof Map) this.fields([...value].map(([name, item]) => [label(name), () => item]));
    else this.record(value);
  }

  private record(value: object): void {
    const text = special(value);
    if (text === undefined) this.fields(readersOf(value));
    else this.write(text);
  }

  private items(items: readonly unknown[]): void {
    this.write('[');
    for (let index = 0; index < items.length && !this.full; index++) {
      if (index > 0) this.write(', ');
      this.guarded(() => items[index]);
    }
    this.write(']');
  }

  private fields(fields: readonly (readonly [string, () => unknown])[]): void {
    this.write('{');
    for (const [index, [name, read]] of fields.entries()) {
      if (this.full) break;
      this.write(`${index > 0 ? ', ' : ''}${JSON.stringify(name)}: `);
      this.guarded(read);
    }
    this.write('}');
  }

  private guarded(read: () => unknown): void {
    const [value, trouble] = attemptTo(read);
    if (trouble === undefined) this.value(value);
    else this.write(`(unreadable: ${trouble})`);
  }
}

function attemptTo(read: () => unknown): [unknown, string?] {
  try {
    return [read()];
  } catch (thrown) {
    return [undefined, reasonOf(thrown)];
  }
}

/** The text of an object that is not shown by its fields. */
function special(value: object): string | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid date' : value.toISOString();
  if (value instanceof ExactDecimal) return String(value.text);
  if (value instanceof Uint8Array) return renderBytes(value);
  return value instanceof Error ? `${String(value.name)}: ${String(value.message)}` : undefined;
}

function readersOf(value: object): (readonly [string, () => unknown])[] {
  return Object.keys(value).map((name) => [name, () => (value as Readonly<Record<string, unknown>>)[name]]);
}

function scalar(value: unknown): string {
  if (value === undefined) return 'absent';
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'function' ? '(a function)' : String(value);
}

function label(name: unknown): string {
  return typeof name === 'string' ? name : renderValue(name, { limit: 100 });
}

/** The beginning of a text, without tearing a surrogate pair. */
function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

/** Bytes as `0x` and their hexadecimal digits; long ones are cut and counted. */
export function renderBytes(bytes: Uint8Array, most = mostBytes): string {
  const shown = `0x${Buffer.from(bytes.subarray(0, most)).toString('hex')}`;
  return bytes.length <= most ? shown : `${shown}… (${bytes.length.toLocaleString('en-US')} bytes)`;
}

function reasonOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'it throws';
  }
}
