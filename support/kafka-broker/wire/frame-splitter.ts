import { MalformedError } from './malformed-error';

const prefixLength = 4;

/** Cuts a stream of bytes into frames: a 32-bit length, then as many bytes. Holds only what has arrived. */
export class FrameSplitter {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #buffered = 0;

  /** @param limit the largest frame accepted, in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes that have arrived and were not taken yet. */
  get buffered(): number {
    return this.#buffered;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
  }

  /** The next complete frame without its length, or null. @throws MalformedError for an impossible length */
  next(): Buffer | null {
    if (this.#buffered < prefixLength) return null;
    const length = this.#peekLength();
    if (length < 0 || length > this.#limit) {
      throw new MalformedError(`a frame of ${length} bytes, where 0 to ${this.#limit} are accepted`);
    }
    if (this.#buffered < prefixLength + length) return null;
    const all = this.#joined();
    const end = prefixLength + length;
    this.#chunks = all.length > end ? [all.subarray(end)] : [];
    this.#buffered -= end;
    return all.subarray(prefixLength, end);
  }

  #peekLength(): number {
    const first = this.#chunks[0];
    return (first && first.length >= prefixLength ? first : this.#joined()).readInt32BE(0);
  }

  #joined(): Buffer {
    const [first] = this.#chunks;
    if (first && this.#chunks.length === 1) return first;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}
