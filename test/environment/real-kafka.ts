import type { TestContext } from 'node:test';
import { kafkaContainer } from '../../support/environment/kafka/container';
import { dockerHas, engine, images, testRun } from './containers';
import { settings } from './postgres';

/** The brokers of a real Kafka: that of KAFKA_BROKERS, else one in a container; undefined, and skipped, without either. */
export async function realKafka(
  t: TestContext,
  stack: AsyncDisposableStack,
): Promise<readonly string[] | undefined> {
  const given = process.env.KAFKA_BROKERS?.split(',');
  if (given !== undefined) return given;
  if (!(await dockerHas(images.kafka, t))) return undefined;
  const { testPrefix } = settings;
  const provider = kafkaContainer({ image: images.kafka, startTimeoutMs: 60_000, testPrefix }, engine);
  return stack.use(await provider.start(testRun(t))).facts.brokers;
}
