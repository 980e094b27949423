import { ErrorCode } from '../error-code';
import { MalformedError } from '../wire/malformed-error';
import { buildBatch } from './build-batch';
import { codecNamed, isKnownCompression } from './compression';
import { crc32c } from './crc32c';
import { batchOf, type Message, readMessageSet } from './message-set';
import { batchFlags, batchLayout, RecordBatch } from './record-batch';
import { scanRecords } from './scan-records';

/** What a producer sent for one partition: a batch fit for the log, or the error to answer. */
export type CheckedBatch = { readonly batch: RecordBatch } | { readonly error: ErrorCode };

/** What the topic demands of batches, and does to them. */
export interface BatchRules {
  /** max.message.bytes: the largest batch accepted, in bytes */
  readonly maxSize: number;
  /** Message formats 0 and 1 are accepted: up to Produce version 2. */
  readonly acceptsOldFormats?: boolean;
  /** cleanup.policy has compact: every record must have a key. */
  readonly needsKeys?: boolean;
  /** message.timestamp.type is LogAppendTime */
  readonly stampsTime?: boolean;
  /** message.timestamp.before.max.ms and message.timestamp.after.max.ms */
  readonly maxBeforeMs?: number;
  readonly maxAfterMs?: number;
  /** compression.type */
  readonly compressionType?: string;
  readonly compressionLevel?: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Bytes before the part that a batch's length counts. */
const lengthEnd = batchLayout.leaderEpoch;
const noTimestamp = -1;

/**
 * Checks what a produce request holds for one partition, and makes of it what is stored, as Kafka's LogValidator does.
 * Stricter than that: records must be numbered from 0 in uncompressed batches as well.
 */
export function checkProduced(bytes: Buffer | null, rules: BatchRules): CheckedBatch {
  if (bytes === null || bytes.length <= batchLayout.magic) return { error: ErrorCode.corruptMessage };
  const checked = bytes.readInt8(batchLayout.magic) < 2 ? converted(bytes, rules) : whole(bytes, rules);
  return 'error' in checked ? checked : admitted(checked.batch, rules);
}

function converted(bytes: Buffer, { acceptsOldFormats, maxSize }: BatchRules): CheckedBatch {
  if (!acceptsOldFormats) return { error: ErrorCode.unsupportedForMessageFormat };
  let messages: Message[];
  try {
    messages = readMessageSet(bytes);
  } catch {
    return { error: ErrorCode.corruptMessage };
  }
  if (messages.some(({ size }) => size > maxSize)) return { error: ErrorCode.messageTooLarge };
  if (messages.some(({ attributes }) => (attributes & batchFlags.logAppendTime) !== 0)) {
    return { error: ErrorCode.invalidTimestamp };
  }
  try {
    const batch = batchOf(messages);
    return batch.recordCount === 0 ? { error: ErrorCode.invalidRecord } : { batch };
  } catch (error) {
    const isNested = error instanceof MalformedError && /within/.test(error.message);
    return { error: isNested ? ErrorCode.invalidRecord : ErrorCode.corruptMessage };
  }
}

function whole(bytes: Buffer, rules: BatchRules): CheckedBatch {
  if (bytes.length > rules.maxSize) return { error: ErrorCode.messageTooLarge };
  // From Produce version 3 on, exactly one batch is allowed for each partition.
  if (bytes.length < batchLayout.records) return { error: ErrorCode.corruptMessage };
  const end = lengthEnd + bytes.readInt32BE(batchLayout.length);
  if (end < batchLayout.records || end > bytes.length) return { error: ErrorCode.corruptMessage };
  if (bytes.readInt8(batchLayout.magic) !== 2) return { error: ErrorCode.corruptMessage };
  if (bytes.readUInt32BE(batchLayout.crc) !== crc32c(bytes.subarray(batchLayout.attributes, end))) {
    return { error: ErrorCode.corruptMessage };
  }
  if (end < bytes.length) return { error: ErrorCode.invalidRecord };
  // A copy: the request's memory may be a small part of a large read, and the log keeps this for long.
  return checkHeader(new RecordBatch(Buffer.from(bytes)), rules);
}

function checkHeader(batch: RecordBatch, { stampsTime }: BatchRules): CheckedBatch {
  if (batch.isControl) return { error: ErrorCode.invalidRecord };
  if (!isKnownCompression(batch.codec)) return { error: ErrorCode.corruptMessage };
  const count = batch.recordCount;
  if (count < 1 || batch.lastOffsetDelta !== count - 1) return { error: ErrorCode.invalidRecord };
  if (batch.producerId !== -1n && batch.baseSequence < 0) return { error: ErrorCode.invalidRecord };
  // A producer may not say so where it would be true; elsewhere Kafka takes the mark away.
  return batch.hasLogAppendTime && stampsTime ? { error: ErrorCode.invalidTimestamp } : { batch };
}

function admitted(batch: RecordBatch, rules: BatchRules): CheckedBatch {
  let payload: Buffer;
  try {
    payload = batch.payload();
  } catch {
    return { error: ErrorCode.corruptMessage };
  }
  const found = inspected(payload, batch, rules);
  if ('error' in found) return found;
  const kept = recompressed(batch, rules);
  if (rules.stampsTime) kept.stampTime(BigInt(rules.now), true);
  else kept.stampTime(found.maxTimestamp, false);
  return { batch: kept };
}

/** Goes through the records; gives their latest time, which a producer may have got wrong (kafkajs does). */
function inspected(
  payload: Buffer,
  batch: RecordBatch,
  rules: BatchRules,
): { readonly maxTimestamp: bigint } | { readonly error: ErrorCode } {
  const base = Number(batch.firstTimestamp);
  const earliest = rules.now - (rules.maxBeforeMs ?? Number.POSITIVE_INFINITY);
  const latest = rules.now + (rules.maxAfterMs ?? Number.POSITIVE_INFINITY);
  let [expected, max, isMistimed, isInvalid] = [0, noTimestamp, false, false];
  try {
    scanRecords(payload, batch.recordCount, ({ offsetDelta, timestampDelta, hasKey }) => {
      const timestamp = base + timestampDelta;
      if (offsetDelta !== expected++ || (rules.needsKeys && !hasKey)) isInvalid = true;
      if (timestamp !== noTimestamp && (timestamp < earliest || timestamp > latest)) isMistimed = true;
      if (timestamp > max) max = timestamp;
    });
  } catch {
    return { error: ErrorCode.invalidRecord };
  }
  if (isMistimed && !rules.stampsTime) return { error: ErrorCode.invalidTimestamp };
  return isInvalid ? { error: ErrorCode.invalidRecord } : { maxTimestamp: BigInt(max) };
}

function recompressed(batch: RecordBatch, rules: BatchRules): RecordBatch {
  const { compressionType = 'producer', compressionLevel } = rules;
  if (compressionType === 'producer' || codecNamed(compressionType) === batch.codec) return batch;
  const attributes = (batch.attributes & ~batchFlags.codec) | codecNamed(compressionType);
  const { lastOffsetDelta, firstTimestamp, maxTimestamp, producerId, producerEpoch, baseSequence } = batch;
  const header = { lastOffsetDelta, firstTimestamp, maxTimestamp, producerId, producerEpoch, baseSequence };
  return buildBatch({ ...header, attributes }, batch.records(), compressionLevel);
}
