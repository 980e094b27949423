import { EventClient } from '../support/clients';
import type { ResolvedConfiguration } from '../support/config';
import type { KafkaFacts, LaneEventsFacts } from '../support/environment/kafka/facts';
import { type EventsLane, type LaneName, openEventsLane } from '../support/environment/kafka/lane';
import type { KafkaBroker } from '../support/kafka-broker';
import type { EventDecoder } from '../support/schema-registry/facts';
import { opened } from './opened';

/** What events are like in this run. */
export interface EventSettings
  extends Pick<ResolvedConfiguration['kafka'], 'port' | 'eventMemory' | 'topics'> {
  /** Decodes keys and values that bear a schema. */
  readonly decoder: EventDecoder | undefined;
}

/**
 * The topics of a lane, and the world's own client of them, which records all that comes. A broker of the lane's own is
 * loaded when somebody uses it: a scenario that does not need not wait for it.
 */
export class LaneEvents implements AsyncDisposable {
  private made: EventClient | undefined;
  private lane: EventsLane | undefined;

  private constructor(private readonly settings: EventSettings) {}

  /** Connects to a cluster, and makes the configured topics there; a broker of the lane's own only listens. */
  static async open(facts: KafkaFacts, settings: EventSettings, name: LaneName): Promise<LaneEvents> {
    const events = new LaneEvents(settings);
    events.lane = await openEventsLane(facts, settings, name, (broker) => events.prepare(broker));
    try {
      if (events.lane.broker === undefined) await events.connect(events.lane.facts);
      return events;
    } catch (error) {
      await events[Symbol.asyncDispose]().catch(() => {}); // the first error is the one to tell
      throw error;
    }
  }

  get facts(): LaneEventsFacts {
    return opened(this.lane).facts;
  }

  /** The world's own. @throws when a broker of the lane's own cannot be loaded */
  get client(): EventClient {
    opened(this.lane).broker?.activate(); // which prepares it
    return opened(this.made);
  }

  /** As {@link client}; undefined while nobody has used a broker of the lane's own, so that there is nothing to see. */
  get used(): EventClient | undefined {
    const { broker } = opened(this.lane);
    return broker?.isActive === false ? undefined : this.client;
  }

  private async connect({ brokers, topicPrefix }: LaneEventsFacts): Promise<void> {
    const client = await EventClient.connect({ brokers, topicPrefix, ...this.settings });
    this.made = client;
    const topics = Object.entries(this.settings.topics);
    await Promise.all(topics.map(([topic, { partitions }]) => client.createTopic(topic, partitions)));
  }

  /** Before anybody is served: the topics are there, and nothing escapes the recorder. */
  private prepare(broker: KafkaBroker): void {
    for (const [topic, { partitions }] of Object.entries(this.settings.topics))
      broker.createTopic(topic, { partitions });
    this.made = EventClient.beside(broker, { brokers: [broker.address], topicPrefix: '', ...this.settings });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.made?.[Symbol.asyncDispose]();
    await this.lane?.[Symbol.asyncDispose]();
  }
}
