import { BrineError } from '../errors';
import { type Complaint, explain } from './json-complaints';
import { deepest, type Json, setField } from './json-value';
import { readNumber } from './numbers';

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings
const plainText = /[^"\\\u0000-\u001f]*/y;
const words: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  '#': '\\#',
  $: '\\$',
};

/**
 * A reader of JSON of our own, for three things that `JSON.parse` does not give: errors that a tester understands,
 * numbers without loss, and names given twice noticed.
 */
export class JsonReader {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly place: string,
  ) {}

  read(): Json {
    if (this.text.startsWith('\ufeff')) this.at++;
    this.skipSpace();
    const value = this.value();
    this.skipSpace();
    if (this.at < this.text.length) this.complain({ kind: 'rest' });
    return value;
  }

  private value(): Json {
    const sign = this.text[this.at];
    if (sign === '"') return this.string();
    if (sign === '{') return this.nested(() => this.object());
    if (sign === '[') return this.nested(() => this.array());
    return this.number() ?? this.word();
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > deepest) this.complain({ kind: 'depth', limit: deepest });
    const value = read();
    this.depth--;
    return value;
  }

  private object(): Json {
    const start = this.at++;
    const fields: Record<string, Json> = {};
    this.skipSpace();
    if (this.take('}')) return fields;
    do {
      this.skipSpace();
      this.field(fields, start);
      this.skipSpace();
    } while (this.take(','));
    if (!this.take('}')) this.complain({ kind: 'unclosed', bracket: '{', start });
    return fields;
  }

  private field(fields: Record<string, Json>, start: number): void {
    const nameAt = this.at;
    if (this.text[this.at] !== '"') this.complain({ kind: 'name', start });
    const name = this.string();
    if (Object.hasOwn(fields, name)) this.complain({ kind: 'twice', name }, nameAt);
    this.skipSpace();
    if (!this.take(':')) this.complain({ kind: 'colon', name });
    this.skipSpace();
    setField(fields, name, this.value());
  }

  private array(): Json {
    const start = this.at++;
    const items: Json[] = [];
    this.skipSpace();
    if (this.take(']')) return items;
    do {
      this.skipSpace();
      items.push(this.value());
      this.skipSpace();
    } while (this.take(','));
    if (!this.take(']')) this.complain({ kind: 'unclosed', bracket: '[', start });
    return items;
  }

  private string(): string {
    const start = this.at++;
    let value = this.run(plainText);
    while (!this.take('"')) {
      if (this.text[this.at] !== '\\') this.complain({ kind: 'text' }, start);
      value += this.escape() + this.run(plainText);
    }
    return value;
  }

  private escape(): string {
    const start = this.at++;
    const sign = this.text[this.at++] ?? '';
    if (sign === 'u') return this.unicode(start);
    const meant = Object.hasOwn(escapes, sign) ? escapes[sign] : undefined;
    return meant ?? this.complain({ kind: 'escape', escape: `\\${sign}` }, start);
  }

  private unicode(start: number): string {
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.complain({ kind: 'escape', escape: `\\u${digits}` }, start);
    this.at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private number(): Json | undefined {
    const start = this.at;
    const digits = this.run(numberPattern);
    if (digits === '') return undefined;
    if (/[\w.+]/.test(this.text[this.at] ?? '')) this.complain({ kind: 'number' }, start);
    return readNumber(digits);
  }

  private word(): Json {
    for (const [word, value] of words) {
      if (!this.text.startsWith(word, this.at) || /\w/.test(this.text[this.at + word.length] ?? '')) continue;
      this.at += word.length;
      return value;
    }
    return this.complain({ kind: 'value' });
  }

  private run(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private take(sign: string): boolean {
    if (this.text[this.at] !== sign) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at++;
    }
  }

  private complain(complaint: Complaint, at = this.at): never {
    const { at: exact, ...words } = explain(complaint, this.text, at);
    const before = this.text.slice(0, exact).split(/\r\n|\r|\n/);
    const column = [...(before.at(-1) ?? '')].length + 1;
    throw new BrineError('BRINE_JSON_001', { place: this.place, line: before.length, column, ...words });
  }
}
