import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Envelope } from '@cucumber/messages';
import { BrineError, messageOf } from '../support/errors';

/** The messages of one run, in the order of its file. */
export interface MessageFile {
  /** As it was given: errors and reports name the file by it. */
  readonly path: string;
  readonly messages: readonly Envelope[];
}

/**
 * Reads a `messages.ndjson`. The file of a run that was killed may end in the middle of a line: that line is left
 * out, as what came before it still tells what happened.
 * @param path relative to the current folder
 * @throws BrineError BRINE_REPORT_001 naming the file, and the line, when it is missing, empty, damaged, or holds something else than the
 * messages of one run
 */
export async function readMessageFile(path: string): Promise<MessageFile> {
  await assertFile(path);
  const reader = new MessageReader(path);
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    reader.accept(line);
  }
  return { path, messages: reader.end() };
}

async function assertFile(path: string): Promise<void> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : messageOf(cause);
    throw unreadable(`${path}: ${reason}`, '', { cause });
  });
  if (found.isDirectory()) throw unreadable(`${path} is a folder`, 'give the messages.ndjson in it');
  if (found.size === 0) throw unreadable(`${path} is empty: its run was cut off before it began`);
}

class MessageReader {
  private readonly messages: Envelope[] = [];
  private line = 0;
  private begun = false;
  private over = false;
  private damage: Error | undefined;

  constructor(private readonly path: string) {}

  accept(text: string): void {
    this.line++;
    if (text.trim() === '') return;
    if (this.damage !== undefined) throw this.damage;
    try {
      this.add(JSON.parse(text));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.damage = this.fault(`is not valid JSON: ${error.message}`);
    }
  }

  /** A line that cannot be read is the cut of a run that was killed, if it is the last one and the run was not over. */
  end(): readonly Envelope[] {
    if (this.damage !== undefined && (this.over || this.messages.length === 0)) throw this.damage;
    if (this.messages.length === 0) throw unreadable(`${this.path} has no messages, but blank lines only`);
    return this.messages;
  }

  private add(message: unknown): void {
    if (!isMessage(message) || (this.messages.length === 0 && message.meta === undefined)) {
      throw this.fault("is no message of cucumber's", 'give the file of its `message` format');
    }
    if (message.testRunStarted && this.begun) {
      throw this.fault('begins a second run', 'give the file of each run by itself');
    }
    this.begun ||= message.testRunStarted !== undefined;
    this.over ||= message.testRunFinished !== undefined;
    this.messages.push(message);
  }

  private fault(what: string, advice = ''): BrineError {
    return unreadable(`${this.path}:${this.line} ${what}`, advice);
  }
}

function unreadable(problem: string, advice = '', options?: ErrorOptions): BrineError {
  return new BrineError('BRINE_REPORT_001', { problem, advice }, options);
}

/** What is in it is trusted: the runner wrote it. */
function isMessage(value: unknown): value is Envelope {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
