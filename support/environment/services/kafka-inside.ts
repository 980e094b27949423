import type { ResolvedConfiguration } from '../../config';
import { BrineError } from '../../errors';
import type { KafkaFacts } from '../kafka/facts';
import { templateNames } from '../template';

const brokersTemplate = 'kafka.brokers';
const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\]):/;

/**
 * Makes sure, before lanes are opened, that services in containers get an address of Kafka that leads somewhere there. A relay
 * is of no use: its clients are sent on to the address that Kafka advertises.
 * @param containers the names of the services that run in containers
 * @throws BrineError BRINE_CONFIG_004 naming the service, and what to write
 */
export function assertKafkaInside(
  configuration: ResolvedConfiguration,
  containers: Iterable<string>,
  facts: KafkaFacts,
): void {
  const advertised = facts.brokers?.find((address) => loopback.test(address)) ?? facts.brokers?.[0];
  const isReachable = facts.route !== undefined || (advertised !== undefined && !loopback.test(advertised));
  if (isReachable) return;
  for (const name of containers) {
    if (namesBrokers(configuration, name))
      throw outOfReach(name, advertised ?? '127.0.0.1', facts, configuration);
  }
}

function namesBrokers({ services }: ResolvedConfiguration, name: string): boolean {
  const { env = {}, command = '' } = services[name] ?? {};
  return [...Object.values(env), command].flatMap(templateNames).includes(brokersTemplate);
}

function outOfReach(
  service: string,
  address: string,
  { provider }: KafkaFacts,
  { compose }: ResolvedConfiguration,
): BrineError {
  const another = `set kafka.provider to "container", or run the service by services.${service}.command`;
  const broker = compose.services.kafka?.service ?? 'broker';
  const listener = `give "${broker}" of ${compose.file} a listener for containers beside that for this machine: INSIDE://0.0.0.0:9095 in KAFKA_LISTENERS, INSIDE://${broker}:9095 in KAFKA_ADVERTISED_LISTENERS, and INSIDE:PLAINTEXT in KAFKA_LISTENER_SECURITY_PROTOCOL_MAP; or ${another}`;
  return new BrineError('BRINE_CONFIG_004', {
    reason: `service "${service}" runs in a container and names {{${brokersTemplate}}}, but Kafka (${provider}) advertises ${address}, which leads nowhere there`,
    advice: provider === 'compose' ? listener : another,
  });
}
