export interface CommittedOffset {
  readonly offset: bigint;
  readonly leaderEpoch: number;
  readonly metadata: string;
}

export interface TopicPartitionOffset extends CommittedOffset {
  readonly topic: string;
  readonly partition: number;
}

type ByPartition = Map<number, CommittedOffset>;

/** The offsets that a group has committed, and those that wait for the end of a transaction. */
export class GroupOffsets {
  readonly #committed = new Map<string, ByPartition>();
  readonly #pending = new Map<bigint, TopicPartitionOffset[]>();

  get(topic: string, partition: number): CommittedOffset | undefined {
    return this.#committed.get(topic)?.get(partition);
  }

  all(): TopicPartitionOffset[] {
    return [...this.#committed].flatMap(([topic, partitions]) =>
      [...partitions].map(([partition, committed]) => ({ topic, partition, ...committed })),
    );
  }

  partitionsOf(topic: string): number[] {
    return [...(this.#committed.get(topic)?.keys() ?? [])];
  }

  commit({ topic, partition, offset, leaderEpoch, metadata }: TopicPartitionOffset): void {
    const partitions = this.#committed.get(topic) ?? new Map();
    partitions.set(partition, { offset, leaderEpoch, metadata });
    this.#committed.set(topic, partitions);
  }

  /** Keeps an offset until the producer's transaction ends. */
  commitInTransaction(producerId: bigint, offset: TopicPartitionOffset): void {
    this.#pending.set(producerId, [...(this.#pending.get(producerId) ?? []), offset]);
  }

  /** Whether a transaction that is open has an offset for the partition. */
  isPending(topic: string, partition: number): boolean {
    return [...this.#pending.values()].some((offsets) =>
      offsets.some((offset) => offset.topic === topic && offset.partition === partition),
    );
  }

  endTransaction(producerId: bigint, outcome: 'commit' | 'abort'): void {
    const offsets = this.#pending.get(producerId) ?? [];
    this.#pending.delete(producerId);
    if (outcome === 'commit') {
      for (const offset of offsets) this.commit(offset);
    }
  }

  forget(topic: string, partition: number): void {
    this.#committed.get(topic)?.delete(partition);
  }

  forgetTopic(topic: string): void {
    this.#committed.delete(topic);
  }
}
