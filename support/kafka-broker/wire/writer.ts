/** From this size on, bytes are passed on as they are instead of being copied. */
const copyBelow = 1024;

/** Writes primitives of the Kafka protocol into a list of chunks, ready for a vectored write. */
export class WireWriter {
  readonly #chunks: Buffer[] = [];
  #current: Buffer;
  #used = 0;
  #flushed = 0;

  constructor(initialSize = 256) {
    this.#current = Buffer.allocUnsafe(initialSize);
  }

  /** The number of bytes written so far. */
  get length(): number {
    return this.#flushed + this.#used;
  }

  int8(value: number): void {
    const at = this.#reserve(1);
    this.#current.writeInt8(value, at);
  }

  int16(value: number): void {
    const at = this.#reserve(2);
    this.#current.writeInt16BE(value, at);
  }

  int32(value: number): void {
    const at = this.#reserve(4);
    this.#current.writeInt32BE(value, at);
  }

  uint32(value: number): void {
    const at = this.#reserve(4);
    this.#current.writeUInt32BE(value, at);
  }

  int64(value: bigint): void {
    const at = this.#reserve(8);
    this.#current.writeBigInt64BE(value, at);
  }

  unsignedVarint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#byte(rest);
  }

  varint(value: number): void {
    this.unsignedVarint(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  varlong(value: bigint): void {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    while (rest > 0x7fn) {
      this.#byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#byte(Number(rest));
  }

  /** Raw bytes, with no length before them. Large ones are not copied: do not change them until they are sent. */
  raw(bytes: Buffer): void {
    if (bytes.length < copyBelow) {
      const at = this.#reserve(bytes.length);
      bytes.copy(this.#current, at);
      return;
    }
    this.#flush();
    this.#chunks.push(bytes);
    this.#flushed += bytes.length;
  }

  /** All that was written, in order. The writer must not be used afterwards. */
  chunks(): Buffer[] {
    this.#flush();
    return this.#chunks;
  }

  /** All that was written, in one buffer. The writer must not be used afterwards. */
  toBuffer(): Buffer {
    return Buffer.concat(this.chunks());
  }

  #byte(value: number): void {
    const at = this.#reserve(1);
    this.#current.writeUInt8(value, at);
  }

  #reserve(length: number): number {
    if (this.#used + length > this.#current.length) {
      const size = Math.max(this.#current.length * 2, length);
      this.#flush();
      this.#current = Buffer.allocUnsafe(size);
    }
    const at = this.#used;
    this.#used += length;
    return at;
  }

  #flush(): void {
    if (this.#used === 0) return;
    this.#chunks.push(this.#current.subarray(0, this.#used));
    this.#current = this.#current.subarray(this.#used);
    this.#flushed += this.#used;
    this.#used = 0;
  }
}
