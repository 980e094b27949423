import { BrineError, messageOf } from '../../errors';
import type { Availability, Provider, RunContext, Started } from '../provider';
import type { KafkaFacts } from './facts';
import { describeCluster, reach } from './probe';
import { shareCluster } from './shared-cluster';

/** Somebody's Kafka cluster. */
export interface ExternalKafkaSettings {
  /** `host:port` of one or more brokers. */
  readonly brokers: readonly string[];
  /** What the names of topics begin with that Brine may remove; absent where the cluster ends with the run. */
  readonly testPrefix?: string;
}

const answerLimitMs = 3_000;
const highestPort = 65_535;

/** A Kafka cluster that runs already. Nothing is ended but what this run, or one that was killed, has made there. */
export function kafkaExternal(settings: ExternalKafkaSettings): Provider<KafkaFacts> {
  return {
    service: 'kafka',
    name: 'external',
    check: () => check(settings.brokers),
    start: (context) => start(settings, context),
  };
}

async function check(brokers: readonly string[]): Promise<Availability> {
  try {
    assertAddresses(brokers);
    return { available: true, reason: `${await nameOf(brokers)} answers` };
  } catch (error) {
    if (error instanceof BrineError) return { available: false, reason: error.message };
    return { available: false, reason: `no Kafka can be used at ${brokers.join(',')}: ${messageOf(error)}` };
  }
}

async function start(
  { brokers, testPrefix }: ExternalKafkaSettings,
  context: RunContext,
): Promise<Started<KafkaFacts>> {
  assertAddresses(brokers);
  try {
    const version = await nameOf(brokers);
    const share = testPrefix === undefined ? undefined : await shareCluster(brokers, testPrefix, context);
    return {
      facts: { provider: 'external', version, brokers, outlivesRun: testPrefix !== undefined },
      [Symbol.asyncDispose]: async () => share?.[Symbol.asyncDispose](),
    };
  } catch (error) {
    throw new BrineError(
      'BRINE_ENV_008',
      {
        service: 'Kafka',
        address: brokers.join(','),
        reason: messageOf(error),
        advice: 'start it, or correct KAFKA_BROKERS (or kafka.brokers)',
      },
      { cause: error },
    );
  }
}

/**
 * `Kafka at host:port (3 brokers)`: the protocol does not tell the server's version.
 * @throws Error when no broker answers, or when one cannot be reached where it says that it is
 */
async function nameOf(brokers: readonly string[]): Promise<string> {
  const { advertised } = await describeCluster(brokers, answerLimitMs);
  await Promise.all(advertised.map(assertReachable));
  const count = `${advertised.length} ${advertised.length === 1 ? 'broker' : 'brokers'}`;
  return `Kafka at ${brokers.join(',')} (${count})`;
}

/** A broker in a container or behind a proxy often advertises a name that only its own network knows. */
async function assertReachable(address: string): Promise<void> {
  try {
    await reach(address, answerLimitMs);
  } catch (error) {
    throw new Error(
      `it advertises the address ${address} (advertised.listeners), which cannot be reached from here: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** @throws BrineError BRINE_CONFIG_002 naming the first that is not `host:port` */
function assertAddresses(brokers: readonly string[]): void {
  if (brokers.length === 0) throw badBrokers('', 'it names no broker');
  for (const broker of brokers) {
    if (broker.includes('://')) throw badBrokers(broker, 'an address of Kafka has no scheme');
    const port = /^(?:[^\s:[\]]+|\[[\da-fA-F:.]+\]):(\d+)$/.exec(broker)?.[1];
    if (port === undefined) throw badBrokers(broker, 'it is not host:port');
    if (Number(port) < 1 || Number(port) > highestPort) throw badBrokers(broker, `${port} is not a port`);
  }
}

function badBrokers(value: string, reason: string): BrineError {
  return new BrineError('BRINE_CONFIG_002', {
    key: 'kafka.brokers',
    source: 'the configuration or the environment (KAFKA_BROKERS)',
    value: `"${value}"`,
    reason,
    suggestion: '',
    expected: 'host:port of one or more brokers, separated by commas: localhost:9092',
  });
}
