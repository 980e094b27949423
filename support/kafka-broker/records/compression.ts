import { gunzipSync, zstdDecompressSync } from 'node:zlib';

const names = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

/** The compression of a batch cannot be read here. The batch is served to clients all the same. */
export class UnreadableCompressionError extends Error {
  override readonly name = 'UnreadableCompressionError';
}

/**
 * The uncompressed records of a batch.
 * @param codec the number in the batch's attributes
 * @param limit more bytes than this are refused
 * @throws UnreadableCompressionError for snappy and lz4, which node:zlib does not have, and for damaged data
 */
export function decompress(codec: number, bytes: Buffer, limit: number): Buffer {
  try {
    if (codec === 0) return bytes;
    if (codec === 1) return gunzipSync(bytes, { maxOutputLength: limit });
    if (codec === 4) return zstdDecompressSync(bytes, { maxOutputLength: limit });
  } catch (cause) {
    throw new UnreadableCompressionError(`cannot decompress ${names[codec]}`, { cause });
  }
  throw new UnreadableCompressionError(
    `${names[codec] ?? `compression ${codec}`} cannot be decompressed here`,
  );
}

/** Whether the codec is one that the protocol knows. */
export function isKnownCompression(codec: number): boolean {
  return codec in names;
}
