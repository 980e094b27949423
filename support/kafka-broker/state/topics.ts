import type { Leadership } from './leadership';
import type { LogBatch, StoredBatch } from './log-batch';
import { PartitionLog } from './partition-log';
import { Signal } from './signal';

export interface Topic<B extends LogBatch = LogBatch> {
  readonly name: string;
  /** Another one when it is deleted and made again (KIP-516). */
  readonly id: string;
  readonly partitions: PartitionLog<B>[];
  /** What was set for this topic alone: the name of the setting, and its value. */
  readonly configs: Map<string, string>;
}

/** Batches that became readable by everyone, in the order of their partition. */
export interface Visible<B extends LogBatch> {
  readonly topic: string;
  readonly partition: number;
  readonly batches: readonly StoredBatch<B>[];
}

/** A batch was appended, whoever may read it. */
export interface Appended<B extends LogBatch> {
  readonly topic: Topic<B>;
  readonly log: PartitionLog<B>;
  readonly bytes: number;
}

/** The topics of the broker, and the only way to write to their logs. */
export class Topics<B extends LogBatch = LogBatch> {
  readonly visible = new Signal<Visible<B>>();
  readonly appended = new Signal<Appended<B>>();
  readonly #topics = new Map<string, Topic<B>>();
  readonly #names = new Map<string, string>();
  /** Gives an id that no topic has, or has had. */
  readonly newId: () => string;
  #ordinal = 0;

  /** @param newId gives each topic an id of its own */
  constructor(newId: () => string) {
    this.newId = newId;
  }

  /** Kafka's rule: 1 to 249 of letters, digits, dot, underscore and hyphen, and neither "." nor "..". */
  static isValidName(name: string): boolean {
    return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..';
  }

  get(name: string): Topic<B> | undefined {
    return this.#topics.get(name);
  }

  /** The name of the topic that has this id. */
  nameOf(id: string): string | undefined {
    return this.#names.get(id);
  }

  partition(name: string, index: number): PartitionLog<B> | undefined {
    return this.#topics.get(name)?.partitions[index];
  }

  /** A topic whose name differs in dots and underscores only: their metrics would have one name (Kafka's rule). */
  collidingWith(name: string): string | undefined {
    const plain = (each: string) => each.replaceAll('.', '_');
    return [...this.#topics.keys()].find((other) => other !== name && plain(other) === plain(name));
  }

  all(): Topic<B>[] {
    return [...this.#topics.values()];
  }

  /** One partition for each leadership. The caller has checked that the name is valid and free. */
  create(
    name: string,
    leaderships: readonly Leadership[],
    configs: ReadonlyMap<string, string> = new Map(),
  ): Topic<B> {
    const logs = leaderships.map((leadership) => new PartitionLog<B>(leadership));
    const topic: Topic<B> = {
      name,
      id: this.newId(),
      partitions: logs,
      configs: new Map(configs),
    };
    this.#topics.set(name, topic);
    this.#names.set(topic.id, name);
    return topic;
  }

  /** @returns whether there was such a topic */
  delete(name: string): boolean {
    const topic = this.#topics.get(name);
    this.#topics.delete(name);
    if (topic) this.#names.delete(topic.id);
    topic?.partitions.forEach((log) => {
      log.changed.emit();
    });
    return topic !== undefined;
  }

  addPartitions(topic: Topic<B>, leaderships: readonly Leadership[]): void {
    topic.partitions.push(...leaderships.map((leadership) => new PartitionLog<B>(leadership)));
  }

  append(topic: string, partition: number, log: PartitionLog<B>, batch: B): StoredBatch<B> {
    const stored = log.append(batch, this.#ordinal++);
    log.changed.emit();
    if (!batch.isTransactional) this.visible.emit({ topic, partition, batches: [stored] });
    const owner = this.#topics.get(topic);
    if (owner) this.appended.emit({ topic: owner, log, bytes: batch.size });
    return stored;
  }

  endTransaction(topic: string, partition: number, marker: B, outcome: 'commit' | 'abort'): void {
    const log = this.partition(topic, partition);
    if (!log) return;
    const decided = log.endTransaction(marker, outcome, this.#ordinal++);
    log.changed.emit();
    if (outcome === 'commit') this.visible.emit({ topic, partition, batches: decided });
  }
}
