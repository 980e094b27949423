import { MalformedError } from './malformed-error';

/** Reads primitives of the Kafka protocol, in order, and never beyond the end: throws {@link MalformedError}. */
export class WireReader {
  readonly #buffer: Buffer;
  #offset = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  get remaining(): number {
    return this.#buffer.length - this.#offset;
  }

  int8(): number {
    return this.#buffer.readInt8(this.#advance(1));
  }

  int16(): number {
    return this.#buffer.readInt16BE(this.#advance(2));
  }

  int32(): number {
    return this.#buffer.readInt32BE(this.#advance(4));
  }

  int64(): bigint {
    return this.#buffer.readBigInt64BE(this.#advance(8));
  }

  /** UNSIGNED_VARINT: at most five bytes, seven bits each, the lowest first. */
  unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#buffer.readUInt8(this.#advance(1));
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return value;
    }
    throw new MalformedError('a variable-length integer is longer than five bytes');
  }

  /** VARINT: zigzag over {@link unsignedVarint}. */
  varint(): number {
    const raw = this.unsignedVarint();
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }

  /** VARLONG: zigzag, at most ten bytes. */
  varlong(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#buffer.readUInt8(this.#advance(1));
      value |= BigInt(byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    throw new MalformedError('a variable-length long is longer than ten bytes');
  }

  /** The next `length` bytes, as a view of the underlying buffer. */
  take(length: number): Buffer {
    if (length < 0) throw new MalformedError(`a length of ${length}`);
    const start = this.#advance(length);
    return this.#buffer.subarray(start, start + length);
  }

  /** What is left, as a view of the underlying buffer. */
  rest(): Buffer {
    return this.take(this.remaining);
  }

  #advance(length: number): number {
    const start = this.#offset;
    if (start + length > this.#buffer.length) {
      throw new MalformedError(`${length} bytes wanted, ${this.remaining} left`);
    }
    this.#offset = start + length;
    return start;
  }
}
