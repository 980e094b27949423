import type { KafkaBroker } from '../../kafka-broker';
import { portInUse } from '../ports';
import type { Started } from '../provider';
import type { EmbeddedKafkaSettings } from './embedded';
import type { KafkaFacts, LaneEventsFacts } from './facts';

/** The topics of one lane, and the broker itself where the lane has one of its own. */
export interface EventsLane extends Started<LaneEventsFacts> {
  readonly broker?: KafkaBroker;
}

/** How the names of a lane's topics and groups begin on a shared cluster. */
export interface LaneName {
  readonly testPrefix: string;
  readonly runId: string;
  readonly index: number;
}

/** A broker of the lane's own where Kafka is embedded, else a prefix for its topics on the run's cluster. */
export async function openEventsLane(
  facts: KafkaFacts,
  settings: EmbeddedKafkaSettings,
  lane: LaneName,
): Promise<EventsLane> {
  if (facts.brokers !== undefined) {
    const topicPrefix = `${lane.testPrefix}${lane.runId}_${lane.index}_`;
    return { facts: { brokers: facts.brokers, topicPrefix }, [Symbol.asyncDispose]: async () => {} };
  }
  const broker = await startBroker(settings, lane.index);
  return {
    facts: { brokers: [broker.address], topicPrefix: '' },
    broker,
    [Symbol.asyncDispose]: () => broker.close(),
  };
}

async function startBroker(settings: EmbeddedKafkaSettings, lane: number): Promise<KafkaBroker> {
  const port = settings.port === undefined ? 0 : settings.port + lane;
  const { KafkaBroker } = loadBroker();
  try {
    return await KafkaBroker.start({ port });
  } catch (error) {
    throw port === 0 ? error : portInUse(port, `kafka of lane ${lane}`, 'kafka.port', error);
  }
}

/** Some 170 files, which only a lane that uses Kafka loads. */
function loadBroker(): typeof import('../../kafka-broker') {
  return require('../../kafka-broker');
}
