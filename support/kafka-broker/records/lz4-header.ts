const contentSizeFlag = 0x08;
const dictionaryFlag = 0x01;

/**
 * The LZ4 frame with the checksum of its header made right. For message format 0, producers compute it over the magic
 * number as well (KIP-57), which no LZ4 library accepts.
 */
export function withSoundHeader(frame: Buffer): Buffer {
  const flags = frame.readUInt8(4);
  const length = 2 + (flags & contentSizeFlag ? 8 : 0) + (flags & dictionaryFlag ? 4 : 0);
  const checksum = (shortXxHash32(frame.subarray(4, 4 + length)) >>> 8) & 0xff;
  if (frame.readUInt8(4 + length) === checksum) return frame;
  const sound = Buffer.from(frame);
  sound.writeUInt8(checksum, 4 + length);
  return sound;
}

/** xxHash32 with seed 0 of fewer than 16 bytes (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md). */
export function shortXxHash32(bytes: Buffer): number {
  let hash = (0x165667b1 + bytes.length) | 0;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    hash = Math.imul(rotated(hash + Math.imul(bytes.readInt32LE(at), 0xc2b2ae3d), 17), 0x27d4eb2f);
  }
  for (; at < bytes.length; at++) {
    hash = Math.imul(rotated(hash + Math.imul(bytes.readUInt8(at), 0x165667b1), 11), 0x9e3779b1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
