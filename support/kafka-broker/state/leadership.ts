import type { Nodes } from './nodes';

/** No node leads: none of the replicas runs. */
export const noLeader = -1;

interface EpochStart {
  readonly epoch: number;
  readonly startOffset: bigint;
}

/** The last epoch that is not larger than the one asked for, and where it ended. -1 and -1n when that is not known. */
export interface EpochEnd {
  readonly epoch: number;
  readonly endOffset: bigint;
}

const unknownEpoch: EpochEnd = { epoch: -1, endOffset: -1n };

/**
 * Who holds and who leads one partition, and since which offset (KIP-101, KIP-320): the epoch grows with each change
 * of the leader. Simplified: all replicas share one log, so whichever runs is in sync.
 */
export class Leadership {
  #replicas: readonly number[];
  #leader: number;
  #epoch = 0;
  #starts: EpochStart[] = [{ epoch: 0, startOffset: 0n }];

  constructor(replicas: readonly number[], leader = replicas[0] ?? noLeader) {
    this.#replicas = replicas;
    this.#leader = leader;
  }

  /** Ids of nodes, the preferred leader first. */
  get replicas(): readonly number[] {
    return this.#replicas;
  }

  /** Who leads is not changed by it. */
  reassign(replicas: readonly number[]): void {
    this.#replicas = replicas;
  }

  /** The id of a node, or {@link noLeader}. */
  get leader(): number {
    return this.#leader;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The replicas that run. When none does, nobody: as with Kafka 4.1, which then knows who may lead by other means (KIP-966). */
  inSync(nodes: Nodes): number[] {
    return this.replicas.filter((id) => nodes.isRunning(id));
  }

  offline(nodes: Nodes): number[] {
    return this.replicas.filter((id) => !nodes.isRunning(id));
  }

  /** @param endOffset of the log, where the new epoch begins */
  change(leader: number, endOffset: bigint): void {
    this.#leader = leader;
    this.#epoch += 1;
    if (leader === noLeader) return;
    // An epoch in which nothing was written leaves no trace.
    const kept = this.#starts.filter(({ startOffset }) => startOffset < endOffset);
    this.#starts = [...kept, { epoch: this.#epoch, startOffset: endOffset }];
  }

  /** As LeaderEpochFileCache.endOffsetFor of Kafka. @param endOffset of the log */
  endOf(epoch: number, endOffset: bigint): EpochEnd {
    if (epoch === this.#starts.at(-1)?.epoch) return { epoch, endOffset };
    const next = epoch < 0 ? undefined : this.#starts.find((start) => start.epoch > epoch);
    if (!next) return unknownEpoch;
    const found = this.#starts.findLast((start) => start.epoch <= epoch);
    return { epoch: found?.epoch ?? epoch, endOffset: next.startOffset };
  }

  /** The epoch in which the record at the offset was written, or is going to be. */
  epochAt(offset: bigint): number {
    return this.#starts.findLast(({ startOffset }) => startOffset <= offset)?.epoch ?? this.#epoch;
  }
}
