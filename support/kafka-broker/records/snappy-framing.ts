/** How the Java library (xerial) begins its framing: a magic, its version, and the oldest that can read it. */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHeaderLength = 16;

/**
 * The snappy blocks in what a producer sent: one block as it is (librdkafka, and many more), or the framing of the Java
 * client, in which each block has its length before it.
 * @throws when a length reaches beyond the end
 */
export function snappyBlocks(bytes: Buffer): Buffer[] {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) return [bytes];
  const blocks: Buffer[] = [];
  for (let at = xerialHeaderLength; at < bytes.length; ) {
    const start = at + 4;
    const end = start + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new Error('a block reaches beyond the end');
    blocks.push(bytes.subarray(start, end));
    at = end;
  }
  return blocks;
}

/** What a block says of its size: a varint at its beginning. */
export function uncompressedLength(block: Buffer): number {
  let length = 0;
  for (let index = 0; index < 5; index++) {
    const byte = block.readUInt8(index);
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw new Error('a block of unknown length');
}
