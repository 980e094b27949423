import { beginning as cut } from './bounded-text';
import { ExactDecimal } from './numbers';
import { quoted } from './visible';

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
    return `${line.text()} (unreadable)`;
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

/** A container that is being written: what is still to come of it. */
interface Open {
  readonly container: object;
  readonly rest: Iterator<readonly [prefix: string, read: () => unknown]>;
  readonly closing: string;
  first: boolean;
}

/** A line that fills up to its limit. It keeps its own stack, so depth costs no calls. */
class Line {
  private readonly pieces: string[] = [];
  private room: number;
  private full = false;
  private readonly open: Open[] = [];
  private readonly above = new Set<object>();

  constructor(limit: number) {
    this.room = Math.max(0, limit);
  }

  text(): string {
    return this.pieces.join('');
  }

  value(value: unknown): void {
    this.begin(value);
    for (let inner = this.open.at(-1); inner !== undefined && !this.full; inner = this.open.at(-1)) {
      const next = inner.rest.next();
      if (next.done) this.close(inner);
      else this.entry(inner, next.value);
    }
  }

  private entry(inner: Open, [prefix, read]: readonly [string, () => unknown]): void {
    this.write(inner.first ? prefix : `, ${prefix}`);
    inner.first = false;
    const [value, trouble] = attemptTo(read);
    if (trouble === undefined) this.begin(value);
    else this.write(`(unreadable: ${trouble})`);
  }

  private close(inner: Open): void {
    this.write(inner.closing);
    this.above.delete(inner.container);
    this.open.pop();
  }

  private write(text: string): void {
    if (this.full) return;
    this.full = text.length > this.room;
    this.pieces.push(this.full ? `${cut(text, this.room)}… (cut)` : text);
    this.room -= text.length;
  }

  private begin(value: unknown): void {
    if (typeof value === 'string') this.string(value);
    else if (typeof value !== 'object' || value === null) this.write(scalar(value));
    else if (this.above.has(value)) this.write('(circular)');
    else this.reference(value);
  }

  private string(value: string): void {
    if (value.length <= this.room || this.full) {
      this.write(quoted(value));
      return;
    }
    const length = value.length.toLocaleString('en-US');
    this.pieces.push(`${quoted(cut(value, this.room))}… (${length} characters)`);
    this.full = true;
  }

  private reference(value: object): void {
    const [text, trouble] = attemptTo(() => special(value) ?? this.push(value));
    if (trouble !== undefined) this.write(`(unreadable: ${trouble})`);
    else if (typeof text === 'string') this.write(text);
  }

  private push(container: object): void {
    const list = Array.isArray(container) || container instanceof Set;
    const rest = list ? itemsOf(container as Iterable<unknown>) : fieldsOf(container);
    this.write(list ? '[' : '{');
    this.open.push({ container, rest, closing: list ? ']' : '}', first: true });
    this.above.add(container);
  }
}

function* itemsOf(items: Iterable<unknown>): Generator<readonly [string, () => unknown]> {
  for (const item of Array.isArray(items) ? items.keys() : items) {
    yield ['', () => (Array.isArray(items) ? items[item as number] : item)];
  }
}

function fieldsOf(value: object): Iterator<readonly [string, () => unknown]> {
  const entries: (readonly [string, () => unknown])[] =
    value instanceof Map
      ? [...value].map(([name, item]) => [label(name), () => item])
      : Object.keys(value).map((name) => [name, () => (value as Readonly<Record<string, unknown>>)[name]]);
  return entries.map(([name, read]) => [`${quoted(name)}: `, read] as const).values();
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

function scalar(value: unknown): string {
  if (value === undefined) return 'absent';
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'function' ? '(a function)' : String(value);
}

function label(name: unknown): string {
  return typeof name === 'string' ? name : renderValue(name, { limit: 100 });
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
