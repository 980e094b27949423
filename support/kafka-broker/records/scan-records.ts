import { MalformedError } from '../wire/malformed-error';

/** What a broker checks of each record that comes in. */
export interface RecordSketch {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly hasKey: boolean;
}

/**
 * Goes through the uncompressed records of a batch and makes none of them: on the way of every produce request.
 * @throws MalformedError when there are not exactly so many records, or one of them is not sound
 */
export function scanRecords(payload: Buffer, count: number, visit: (record: RecordSketch) => void): void {
  const cursor = new Cursor(payload);
  for (let index = 0; index < count; index++) {
    const length = cursor.varint();
    const end = cursor.at + length;
    if (length < 0 || end > payload.length) throw new MalformedError(`a record of ${length} bytes`);
    cursor.skip(1);
    const timestampDelta = cursor.varint();
    const offsetDelta = cursor.varint();
    const hasKey = cursor.skipNullable();
    cursor.skipNullable();
    if (cursor.at > end) throw new MalformedError('a record is longer than it says');
    cursor.at = end;
    visit({ offsetDelta, timestampDelta, hasKey });
  }
  if (cursor.at !== payload.length) throw new MalformedError('more bytes than records');
}

class Cursor {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Zigzag, of 32 or 64 bits; beyond 2^53 not exact, which no time stamp is. */
  varint(): number {
    let value = 0;
    let unit = 1;
    for (let left = 10; left > 0; left--) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) throw new MalformedError('the records end within a number');
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      unit *= 0x80;
    }
    throw new MalformedError('a number is longer than ten bytes');
  }

  skip(length: number): void {
    this.at += length;
  }

  /** @returns whether there was something, even of no length */
  skipNullable(): boolean {
    const length = this.varint();
    if (length < -1) throw new MalformedError(`a length of ${length}`);
    if (length > 0) this.at += length;
    return length >= 0;
  }
}
