import { ErrorCode } from '../error-code';
import type { Clock, Timer } from './clock';

export type Outcome = 'commit' | 'abort';

/** Who produces: an id, and an epoch that fences its predecessors. */
export interface Producer {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

/** How a transactional id stands. The states are those of Kafka that last: an end is carried out at once. */
export interface TransactionSnapshot extends Producer {
  readonly transactionalId: string;
  readonly state: 'Empty' | 'Ongoing' | 'CompleteCommit' | 'CompleteAbort';
  readonly timeoutMs: number;
  /** Milliseconds since the epoch; -1 when nothing is open. */
  readonly startedAt: number;
  readonly partitions: ReadonlyArray<{ topic: string; partition: number }>;
}

/** What a transaction touched, for whoever carries out its end. */
export interface EndedTransaction extends Producer {
  readonly outcome: Outcome;
  readonly partitions: ReadonlyArray<{ topic: string; partition: number }>;
  readonly groups: readonly string[];
}

export interface TransactionsOptions {
  readonly clock: Clock;
  /** transaction.max.timeout.ms */
  readonly maxTimeoutMs: number;
  /** Writes the markers and settles the offsets. */
  readonly onEnd: (ended: EndedTransaction) => void;
}

/** Epochs are 16 bits: after this one, a fresh producer id begins anew. */
const lastEpoch = 0x7fff;

interface Transaction {
  readonly producerId: bigint;
  producerEpoch: number;
  timeoutMs: number;
  isOpen: boolean;
  startedAt: number;
  lastOutcome: Outcome | undefined;
  readonly partitions: Map<string, { topic: string; partition: number }>;
  readonly groups: Set<string>;
  timer: Timer | undefined;
}

/** Hands out producer ids and coordinates transactions (KIP-98). An end is carried out at once, never half done. */
export class Transactions {
  readonly #options: TransactionsOptions;
  readonly #transactions = new Map<string, Transaction>();
  readonly #byProducer = new Map<bigint, Transaction>();
  #nextProducerId = 1000n;

  constructor(options: TransactionsOptions) {
    this.#options = options;
  }

  /** A fresh id for a producer that is idempotent only. */
  newProducer(): Producer {
    return { producerId: this.#nextProducerId++, producerEpoch: 0 };
  }

  /** The next epoch of a transactional id. What its predecessor left open is aborted. */
  /** @param expected who asks, if it tells; id -1: it does not */
  initialize(
    transactionalId: string,
    timeoutMs: number,
    expected: Producer,
  ): Producer | { error: ErrorCode } {
    if (transactionalId === '') return { error: ErrorCode.invalidRequest };
    if (timeoutMs <= 0 || timeoutMs > this.#options.maxTimeoutMs) {
      return { error: ErrorCode.invalidTransactionTimeout };
    }
    const known = this.#transactions.get(transactionalId);
    if (!known) return this.#register(transactionalId, timeoutMs);
    if (expected.producerId !== -1n && !isSame(expected, known))
      return { error: ErrorCode.invalidProducerEpoch };
    known.producerEpoch += 1;
    known.timeoutMs = timeoutMs;
    if (known.isOpen) this.#finish(known, 'abort');
    if (known.producerEpoch >= lastEpoch) return this.#register(transactionalId, timeoutMs);
    known.lastOutcome = undefined;
    return { producerId: known.producerId, producerEpoch: known.producerEpoch };
  }

  /** Raises the epoch, and aborts what is open. @returns whether the transactional id is known */
  fence(transactionalId: string): boolean {
    const known = this.#transactions.get(transactionalId);
    if (!known) return false;
    known.producerEpoch += 1;
    if (known.isOpen) this.#finish(known, 'abort');
    known.lastOutcome = undefined;
    return true;
  }

  addPartitions(
    transactionalId: string,
    producer: Producer,
    partitions: ReadonlyArray<{ topic: string; partition: number }>,
  ): ErrorCode {
    const found = this.#find(transactionalId, producer);
    if ('error' in found) return found.error;
    this.#open(found.transaction);
    for (const added of partitions) {
      found.transaction.partitions.set(`${added.topic}/${added.partition}`, added);
    }
    return ErrorCode.none;
  }

  addGroup(transactionalId: string, producer: Producer, groupId: string): ErrorCode {
    const found = this.#find(transactionalId, producer);
    if ('error' in found) return found.error;
    this.#open(found.transaction);
    found.transaction.groups.add(groupId);
    return ErrorCode.none;
  }

  /** Whether offsets of the group may be committed within the producer's transaction. */
  checkGroup(transactionalId: string, producer: Producer, groupId: string): ErrorCode {
    const found = this.#find(transactionalId, producer);
    if ('error' in found) return found.error;
    return found.transaction.groups.has(groupId) ? ErrorCode.none : ErrorCode.invalidTransactionState;
  }

  /** Whether the producer may write to the partition within its transaction. */
  checkProduce(producer: Producer, topic: string, partition: number): ErrorCode {
    const transaction = this.#byProducer.get(producer.producerId);
    if (!transaction) return ErrorCode.invalidProducerIdMapping;
    if (producer.producerEpoch !== transaction.producerEpoch) return ErrorCode.invalidProducerEpoch;
    const added = transaction.isOpen && transaction.partitions.has(`${topic}/${partition}`);
    return added ? ErrorCode.none : ErrorCode.invalidTransactionState;
  }

  end(transactionalId: string, producer: Producer, outcome: Outcome): ErrorCode {
    const found = this.#find(transactionalId, producer);
    if ('error' in found) return found.error;
    const { transaction } = found;
    // A client that lost the first answer asks again: the same end is no error.
    if (!transaction.isOpen) {
      return transaction.lastOutcome === outcome ? ErrorCode.none : ErrorCode.invalidTransactionState;
    }
    this.#finish(transaction, outcome);
    return ErrorCode.none;
  }

  all(): TransactionSnapshot[] {
    return [...this.#transactions].map(([transactionalId, transaction]) => {
      const { producerId, producerEpoch, timeoutMs, startedAt, partitions } = transaction;
      const of = { transactionalId, producerId, producerEpoch, timeoutMs, startedAt };
      return { ...of, state: stateOf(transaction), partitions: [...partitions.values()] };
    });
  }

  #register(transactionalId: string, timeoutMs: number): Producer {
    const transaction: Transaction = {
      ...this.newProducer(),
      timeoutMs,
      isOpen: false,
      startedAt: -1,
      lastOutcome: undefined,
      partitions: new Map(),
      groups: new Set(),
      timer: undefined,
    };
    this.#transactions.set(transactionalId, transaction);
    this.#byProducer.set(transaction.producerId, transaction);
    return { producerId: transaction.producerId, producerEpoch: transaction.producerEpoch };
  }

  #find(
    transactionalId: string,
    producer: Producer,
  ): { readonly transaction: Transaction } | { readonly error: ErrorCode } {
    if (transactionalId === '') return { error: ErrorCode.invalidRequest };
    const transaction = this.#transactions.get(transactionalId);
    if (!transaction || transaction.producerId !== producer.producerId) {
      return { error: ErrorCode.invalidProducerIdMapping };
    }
    if (transaction.producerEpoch !== producer.producerEpoch) {
      return { error: ErrorCode.invalidProducerEpoch };
    }
    return { transaction };
  }

  #open(transaction: Transaction): void {
    if (transaction.isOpen) return;
    transaction.isOpen = true;
    transaction.startedAt = this.#options.clock.now();
    transaction.lastOutcome = undefined;
    transaction.timer = this.#options.clock.after(transaction.timeoutMs, () => {
      transaction.producerEpoch += 1; // fences the producer that took too long
      this.#finish(transaction, 'abort');
      transaction.lastOutcome = undefined;
    });
  }

  #finish(transaction: Transaction, outcome: Outcome): void {
    const { producerId, producerEpoch } = transaction;
    const partitions = [...transaction.partitions.values()];
    const groups = [...transaction.groups];
    transaction.timer?.cancel();
    transaction.isOpen = false;
    transaction.startedAt = -1;
    transaction.lastOutcome = outcome;
    transaction.partitions.clear();
    transaction.groups.clear();
    this.#options.onEnd({ producerId, producerEpoch, outcome, partitions, groups });
  }
}

function stateOf({ isOpen, lastOutcome }: Transaction): TransactionSnapshot['state'] {
  if (isOpen) return 'Ongoing';
  if (lastOutcome === undefined) return 'Empty';
  return lastOutcome === 'commit' ? 'CompleteCommit' : 'CompleteAbort';
}

function isSame(a: Producer, b: Producer): boolean {
  return a.producerId === b.producerId && a.producerEpoch === b.producerEpoch;
}
