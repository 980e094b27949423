/**
 * How events bear the schema that they are encoded with: a zero, the schema's identifier in 4 bytes, the payload.
 * https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 */

const magic = 0;
const headerBytes = 5;

export interface Framed {
  readonly id: number;
  readonly payload: Buffer;
}

/** The parts of such bytes, or undefined when they do not begin so. */
export function unframe(bytes: Buffer): Framed | undefined {
  if (bytes.length < headerBytes || bytes[0] !== magic) return undefined;
  return { id: bytes.readInt32BE(1), payload: bytes.subarray(headerBytes) };
}

export function frame({ id, payload }: Framed): Buffer {
  const header = Buffer.alloc(headerBytes, magic);
  header.writeInt32BE(id, 1);
  return Buffer.concat([header, payload]);
}
