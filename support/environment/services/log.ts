import { createWriteStream, type WriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** A line that a service wrote, and when Brine read it. */
export interface LogLine {
  readonly at: number;
  readonly text: string;
}

/** Takes the output of a service piece by piece. */
export interface LogIntake {
  write(chunk: Buffer): void;
  /** The last line is complete as it is. */
  end(): void;
}

const keptLines = 5_000;
/** Of a longer line the beginning is kept in memory. */
const keptCharacters = 10_000;

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
    const intake = this.intake();
    source.on('data', (chunk: Buffer) => intake.write(chunk));
    source.once('end', () => intake.end());
  }

  /** Where to write what comes in pieces. */
  intake(): LogIntake {
    const decoder = new StringDecoder('utf8');
    const line = new LineStart();
    return {
      write: (chunk) => {
        const [first = '', ...others] = decoder.write(chunk).split('\n');
        line.add(first);
        for (const text of others) {
          this.keep(line.take());
          line.add(text);
        }
        this.stream.write(chunk);
      },
      end: () => {
        if (line.isEmpty) return;
        this.keep(line.take());
        this.stream.write('\n');
      },
    };
  }

  private keep(text: string): void {
    this.lines.push({ at: this.now(), text });
    if (this.lines.length > keptLines) this.lines.splice(0, keptLines / 10);
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

/** A line that comes in pieces: as much of it as is kept, and how long it is. */
class LineStart {
  private text = '';
  private length = 0;

  get isEmpty(): boolean {
    return this.length === 0;
  }

  add(piece: string): void {
    this.text += piece.slice(0, keptCharacters - this.text.length);
    this.length += piece.length;
  }

  take(): string {
    const { text, length } = this;
    this.text = '';
    this.length = 0;
    return length > text.length ? `${text}... (${length} characters)` : text.replace(/\r$/, '');
  }
}
