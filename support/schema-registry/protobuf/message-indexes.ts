/**
 * Which message of a file the bytes are of: `[1, 0]` is the first one in the second.
 * https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 */

/** @throws Error when the bytes do not begin with such indexes */
export function readIndexes(payload: Buffer): {
  readonly indexes: readonly number[];
  readonly length: number;
} {
  const count = readZigzag(payload, 0);
  if (count.value === 0) return { indexes: [0], length: count.end };
  const indexes: number[] = [];
  let { end } = count;
  if (count.value < 0 || count.value > payload.length) throw new Error('it has no message indexes');
  for (let left = count.value; left > 0; left--) {
    const index = readZigzag(payload, end);
    indexes.push(index.value);
    end = index.end;
  }
  return { indexes, length: end };
}

/** The first message of a file, the usual one, is a single zero. */
export function writeIndexes(indexes: readonly number[]): Buffer {
  if (indexes.length === 1 && indexes[0] === 0) return Buffer.of(0);
  return Buffer.concat([indexes.length, ...indexes].map(zigzag));
}

function readZigzag(bytes: Buffer, begin: number): { readonly value: number; readonly end: number } {
  let unsigned = 0;
  for (let at = begin, shift = 0; shift < 32; at++, shift += 7) {
    const byte = bytes[at];
    if (byte === undefined) break;
    unsigned += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value: unsigned % 2 === 0 ? unsigned / 2 : -(unsigned + 1) / 2, end: at + 1 };
  }
  throw new Error('it has no message indexes');
}

function zigzag(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value * 2;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.of(...bytes, rest);
}
