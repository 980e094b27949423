import { ErrorCode } from '../error-code';
import type { LogBatch } from './log-batch';

const remembered = 5;

interface Accepted {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: bigint;
}

interface ProducerState {
  readonly epoch: number;
  readonly accepted: readonly Accepted[];
  /** The time of its latest batch, in ms since the epoch: that of the records, as in Kafka. */
  readonly lastTimestamp: number;
}

/** A producer as its partition remembers it. */
export interface KnownProducer {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  /** Of its last record; -1 when there is none in this epoch. */
  readonly lastSequence: number;
  readonly lastTimestamp: number;
}

/** What becomes of a batch: appended, answered as a duplicate of an earlier one, or refused. */
export type SequenceVerdict =
  | { readonly kind: 'append' }
  | { readonly kind: 'duplicate'; readonly baseOffset: bigint }
  | { readonly kind: 'refuse'; readonly error: ErrorCode };

/** The sequence numbers of idempotent producers in one partition (KIP-98): the last five batches of each. */
export class ProducerSequences {
  readonly #producers = new Map<bigint, ProducerState>();

  /** How many producers are remembered. */
  get count(): number {
    return this.#producers.size;
  }

  all(): KnownProducer[] {
    return [...this.#producers].map(([producerId, { epoch, accepted, lastTimestamp }]) => ({
      producerId,
      producerEpoch: epoch,
      lastSequence: accepted.at(-1)?.lastSequence ?? -1,
      lastTimestamp,
    }));
  }

  judge(batch: LogBatch): SequenceVerdict {
    const known = batch.producerId === -1n ? undefined : this.#producers.get(batch.producerId);
    if (!known) return { kind: 'append' };
    if (batch.producerEpoch < known.epoch) return refuse(ErrorCode.invalidProducerEpoch);
    if (batch.producerEpoch > known.epoch) {
      return batch.baseSequence === 0 ? { kind: 'append' } : refuse(ErrorCode.outOfOrderSequenceNumber);
    }
    const last = known.accepted.at(-1);
    if (!last) return { kind: 'append' };
    const duplicate = known.accepted.find(
      ({ firstSequence, lastSequence }) =>
        firstSequence === batch.baseSequence && lastSequence === lastSequenceOf(batch),
    );
    if (duplicate) return { kind: 'duplicate', baseOffset: duplicate.baseOffset };
    if (batch.baseSequence === following(last.lastSequence)) return { kind: 'append' };
    return refuse(ErrorCode.outOfOrderSequenceNumber);
  }

  /** Remembers a batch that was appended. A control batch raises the epoch and fences what is older. */
  accept(batch: LogBatch, baseOffset: bigint): void {
    if (batch.producerId === -1n) return;
    const known = this.#producers.get(batch.producerId);
    const kept = known && known.epoch === batch.producerEpoch ? known.accepted : [];
    const added = batch.isControl
      ? []
      : [{ firstSequence: batch.baseSequence, lastSequence: lastSequenceOf(batch), baseOffset }];
    const accepted = [...kept, ...added].slice(-remembered);
    const lastTimestamp = Number(batch.maxTimestamp);
    this.#producers.set(batch.producerId, { epoch: batch.producerEpoch, accepted, lastTimestamp });
  }

  /** Forgets producers: whatever they send next is taken as it comes (producer.id.expiration.ms). */
  expire(isExpired: (producerId: bigint, lastTimestamp: number) => boolean): void {
    for (const [producerId, { lastTimestamp }] of this.#producers) {
      if (isExpired(producerId, lastTimestamp)) this.#producers.delete(producerId);
    }
  }
}

function refuse(error: ErrorCode): SequenceVerdict {
  return { kind: 'refuse', error };
}

function lastSequenceOf(batch: LogBatch): number {
  return (batch.baseSequence + batch.lastOffsetDelta) % 2 ** 31;
}

function following(sequence: number): number {
  return (sequence + 1) % 2 ** 31;
}
