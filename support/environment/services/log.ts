import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A line that a service wrote, and when Brine read it. */
export interface LogLine {
  readonly at: number;
  readonly text: string;
}

const keptLines = 5_000;

/** What a service writes to its standard output and error: the last lines in memory, all of them in a file. */
export class ServiceLog {
  private readonly lines: LogLine[] = [];
  private readonly stream: WriteStream;

  constructor(
    readonly file: string,
    private readonly now: () => number = Date.now,
  ) {
    this.stream = createWriteStream(file, { flags: 'a' });
    this.stream.on('error', () => {}); // a full disk must not end the run: the lines in memory remain
  }

  /** Takes every line of the stream from now on. */
  follow(source: Readable): void {
    createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (text) =>
      this.add(text),
    );
  }

  add(text: string): void {
    this.lines.push({ at: this.now(), text });
    if (this.lines.length > keptLines) this.lines.splice(0, keptLines / 10);
    this.stream.write(`${text}\n`);
  }

  /** The lines since a moment (milliseconds since 1970). */
  since(moment: number): LogLine[] {
    return this.lines.filter(({ at }) => at >= moment);
  }

  /** The last lines, for a message; '' when there are none. */
  end(most = 20): string {
    const last = this.lines.slice(-most);
    if (last.length === 0) return '\n  (it wrote no log)';
    return `\n  the end of its log:\n${last.map(({ text }) => `    ${text}`).join('\n')}`;
  }

  close(): void {
    this.stream.end();
  }
}
