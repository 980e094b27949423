import { createServer } from 'node:net';
import type { KafkaBroker } from '../../kafka-broker';
import { ActivatedServer } from '../../loopback/activated-server';
import { loopback } from '../../loopback/server';
import { portInUse } from '../ports';
import type { Started } from '../provider';
import type { EmbeddedKafkaSettings } from './embedded';
import type { KafkaFacts, LaneEventsFacts } from './facts';

/** The topics of one lane, and the broker itself where the lane has one of its own. */
export interface EventsLane extends Started<LaneEventsFacts> {
  /** Loaded when the first client comes, or whoever needs it activates it. */
  readonly broker?: Pick<ActivatedServer<KafkaBroker>, 'isActive' | 'activate'>;
}

/** What tells the topics and groups of a lane on a shared cluster. */
export interface LaneName {
  readonly testPrefix: string;
  readonly runId: string;
  readonly index: number;
}

/** How the names of the lane's topics and groups begin; '' where it has a broker of its own. */
export function topicPrefixOf(facts: KafkaFacts, { testPrefix, runId, index }: LaneName): string {
  return facts.brokers === undefined ? '' : `${testPrefix}${runId}_${index}_`;
}

/**
 * A broker of the lane's own where Kafka is embedded, else a prefix for its topics on the run's cluster.
 * @param prepare is given the lane's own broker before its first client is served
 */
export async function openEventsLane(
  facts: KafkaFacts,
  settings: EmbeddedKafkaSettings,
  lane: LaneName,
  prepare: (broker: KafkaBroker) => void = () => {},
): Promise<EventsLane> {
  const topicPrefix = topicPrefixOf(facts, lane);
  if (facts.brokers !== undefined) {
    return { facts: { brokers: facts.brokers, topicPrefix }, [Symbol.asyncDispose]: async () => {} };
  }
  const broker = await listen(settings, lane.index, prepare);
  return {
    facts: { brokers: [`${loopback}:${broker.port}`], topicPrefix },
    broker,
    [Symbol.asyncDispose]: () => broker.close(),
  };
}

async function listen(
  settings: EmbeddedKafkaSettings,
  lane: number,
  prepare: (broker: KafkaBroker) => void,
): Promise<ActivatedServer<KafkaBroker>> {
  const port = settings.port === undefined ? 0 : settings.port + lane;
  try {
    return await ActivatedServer.listen(createServer(), port, (server) => {
      const broker = loadBroker().KafkaBroker.over(server);
      prepare(broker);
      return broker;
    });
  } catch (error) {
    throw port === 0 ? error : portInUse(port, `kafka of lane ${lane}`, 'kafka.port', error);
  }
}

/** Some 170 files, which only a lane that uses Kafka loads. */
function loadBroker(): typeof import('../../kafka-broker') {
  return require('../../kafka-broker');
}
