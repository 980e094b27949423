import { gunzipSync, gzipSync, constants as zlib, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type * as Lz4 from 'lz4-napi';
import type * as Snappy from 'snappy';
import { withSoundHeader } from './lz4-header';
import { snappyBlocks, uncompressedLength } from './snappy-framing';

const names = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

/** The compression of a batch cannot be read here. The batch is served to clients all the same. */
export class UnreadableCompressionError extends Error {
  override readonly name = 'UnreadableCompressionError';
}

/**
 * The uncompressed records of a batch.
 * @param codec the number in the batch's attributes
 * @param limit more bytes than this are refused
 * @throws UnreadableCompressionError for damaged data, and for unknown codecs
 */
export function decompress(codec: number, bytes: Buffer, limit: number): Buffer {
  try {
    if (codec === 0) return bytes;
    if (codec === 1) return gunzipSync(bytes, { maxOutputLength: limit });
    if (codec === 2) return decompressSnappy(bytes, limit);
    if (codec === 3) return lz4().decompressFrameSync(withSoundHeader(bytes));
    if (codec === 4) return zstdDecompressSync(bytes, { maxOutputLength: limit });
  } catch (cause) {
    throw new UnreadableCompressionError(`cannot decompress ${names[codec]}`, { cause });
  }
  throw new UnreadableCompressionError(`compression ${codec} is not known`);
}

/** @param level where the codec has levels; left out: the codec's default */
export function compress(codec: number, bytes: Buffer, level?: number): Buffer {
  switch (names[codec]) {
    case 'none':
      return bytes;
    case 'gzip':
      return gzipSync(bytes, level === undefined ? {} : { level });
    case 'snappy':
      return snappy().compressSync(bytes);
    case 'lz4':
      return lz4().compressFrameSync(bytes);
    case 'zstd':
      return zstdCompressSync(
        bytes,
        level === undefined ? {} : { params: { [zlib.ZSTD_c_compressionLevel]: level } },
      );
    default:
      throw new UnreadableCompressionError(`compression ${codec} is not known`);
  }
}

/** Whether the codec is one that the protocol knows. */
export function isKnownCompression(codec: number): boolean {
  return codec in names;
}

/** The number of the codec that compression.type names. */
export function codecNamed(name: string): number {
  return name === 'uncompressed' ? 0 : names.map(String).indexOf(name);
}

function decompressSnappy(bytes: Buffer, limit: number): Buffer {
  let left = limit;
  const parts = snappyBlocks(bytes).map((block) => {
    left -= uncompressedLength(block);
    if (left < 0) throw new Error(`more than ${limit} bytes`);
    return snappy().uncompressSync(block, { asBuffer: true });
  });
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

/** Loaded by the first batch that needs it: a native library, which most runs never use. */
function snappy(): typeof Snappy {
  return require('snappy');
}

function lz4(): typeof Lz4 {
  return require('lz4-napi');
}
