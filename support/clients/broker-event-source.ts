import type { KafkaBroker } from '../kafka-broker';
import type { EventSource, GroupProgress, SourceRecord } from './event-source';

/** The events of the lane's own embedded broker, seen as they are appended: no consumer, no delay. */
export class BrokerEventSource implements EventSource {
  private stop: (() => void) | undefined;

  constructor(private readonly broker: KafkaBroker) {}

  follow(listener: (record: SourceRecord) => void): void {
    for (const { name } of this.broker.topics()) this.broker.records(name).forEach(listener);
    this.stop = this.broker.observe(listener);
  }

  async watch(topic: string): Promise<void> {
    if (!this.exists(topic)) this.broker.createTopic(topic);
  }

  isWatched(topic: string): boolean {
    return this.exists(topic);
  }

  /** Records are told of as they are appended. */
  async caughtUp(): Promise<void> {}

  async createTopic(topic: string, partitions: number): Promise<number> {
    if (!this.exists(topic)) this.broker.createTopic(topic, { partitions });
    return this.broker.partitions(topic).length;
  }

  async ends(): Promise<ReadonlyMap<string, bigint>> {
    return new Map(
      this.broker.endOffsets().map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]),
    );
  }

  async progress(): Promise<GroupProgress[]> {
    return this.broker
      .groups()
      .filter(({ members }) => members.length > 0)
      .flatMap(({ groupId, offsets }) => offsets.map((offset) => ({ group: groupId, ...offset })));
  }

  async topics(): Promise<readonly string[]> {
    return this.broker.topics().map(({ name }) => name);
  }

  private exists(topic: string): boolean {
    return this.broker.topics().some(({ name }) => name === topic);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop?.();
  }
}
