import { ErrorCode } from '../error-code';
import { isKnownCompression } from './compression';
import { crc32c } from './crc32c';
import { batchFlags, batchLayout, RecordBatch } from './record-batch';

/** What a producer sent for one partition: a batch fit for the log, or the error to answer. */
export type CheckedBatch = { readonly batch: RecordBatch } | { readonly error: ErrorCode };

/** Bytes before the part that a batch's length counts. */
const lengthEnd = batchLayout.leaderEpoch;

/**
 * Checks what a produce request holds for one partition, as a broker must before it stores it.
 * @param maxSize the largest batch accepted, in bytes (max.message.bytes)
 */
export function checkProduced(bytes: Buffer | null, maxSize: number): CheckedBatch {
  if (bytes === null || bytes.length <= batchLayout.magic) return { error: ErrorCode.corruptMessage };
  if (bytes.readInt8(batchLayout.magic) < 2) return { error: ErrorCode.unsupportedForMessageFormat };
  if (bytes.length > maxSize) return { error: ErrorCode.messageTooLarge };
  // From Produce version 3 on, exactly one batch is allowed for each partition.
  if (bytes.length < batchLayout.records) return { error: ErrorCode.corruptMessage };
  if (bytes.readInt32BE(batchLayout.length) !== bytes.length - lengthEnd) {
    return { error: ErrorCode.corruptMessage };
  }
  return checkBatch(bytes);
}

function checkBatch(bytes: Buffer): CheckedBatch {
  if (bytes.readInt8(batchLayout.magic) !== 2) return { error: ErrorCode.corruptMessage };
  if (bytes.readUInt32BE(batchLayout.crc) !== crc32c(bytes.subarray(batchLayout.attributes))) {
    return { error: ErrorCode.corruptMessage };
  }
  const attributes = bytes.readInt16BE(batchLayout.attributes);
  if (attributes & batchFlags.control) return { error: ErrorCode.invalidRecord };
  if (!isKnownCompression(attributes & batchFlags.codec)) return { error: ErrorCode.corruptMessage };
  const count = bytes.readInt32BE(batchLayout.recordCount);
  if (count < 1 || bytes.readInt32BE(batchLayout.lastOffsetDelta) !== count - 1) {
    return { error: ErrorCode.invalidRecord };
  }
  // A copy: the request's memory may be a small part of a large read, and the log keeps this for long.
  return { batch: new RecordBatch(Buffer.from(bytes)) };
}
