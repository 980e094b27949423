import { BrineError } from '../../errors';
import { DockerEngine } from '../docker';
import type { NetworkFacts } from '../network';
import type { AddressRoute, BackingFacts } from '../provider';
import { type TemplateValues, templateNames } from '../template';
import { Relay } from './relay';

/** `localhost:5432` and the like: an address that means another machine inside a container. */
const loopbackAddress = /(?<![\w.-])(?:localhost|127\.0\.0\.1|\[::1\]):(\d+)/g;

/** What a lane's containers must know of their run. */
export interface RunWithContainers {
  readonly runId: string;
  readonly network?: NetworkFacts;
  readonly postgres?: BackingFacts;
  readonly redis?: BackingFacts;
  readonly kafka?: BackingFacts;
}

/**
 * Where a lane's service containers run, and how they reach the rest: other containers by their names in the network,
 * what listens on this machine's loopback interface through a {@link Relay} on the network's gateway.
 */
export class ContainerSite implements AsyncDisposable {
  private readonly routes = new Map<string, string>();
  private readonly relays = new Map<string, Promise<Relay>>();

  private constructor(
    readonly engine: DockerEngine,
    readonly network: NetworkFacts,
    readonly runId: string,
    routes: readonly AddressRoute[],
  ) {
    for (const route of routes) this.add(route);
  }

  /** That of a lane of the run; undefined when the run has no service that is an image. */
  static of({ network, runId, ...run }: RunWithContainers): ContainerSite | undefined {
    if (network === undefined) return undefined;
    const routes = [run.postgres, run.redis, run.kafka].flatMap((facts) => facts?.route ?? []);
    return new ContainerSite(new DockerEngine(), network, runId, routes);
  }

  add({ outside, inside }: AddressRoute): void {
    this.routes.set(outside, inside);
  }

  /**
   * The values with the addresses that a container can reach; of those that the texts name, the others it does not need.
   * @param service whose texts they are, for messages
   * @throws BrineError BRINE_CONFIG_004 for an address that no container can reach
   */
  async reachable(
    values: TemplateValues,
    texts: readonly string[],
    service: string,
  ): Promise<TemplateValues> {
    const named = new Set(texts.flatMap(templateNames));
    const reachable = new Map(values);
    for (const [name, value] of values) {
      if (named.has(name)) reachable.set(name, await this.translated(value, name, service));
    }
    return reachable;
  }

  private async translated(value: string, name: string, service: string): Promise<string> {
    let text = value;
    for (const [outside, inside] of this.routes) text = replaceAddress(text, outside, inside);
    for (const [address, port] of text.matchAll(loopbackAddress)) {
      if (name === 'kafka.brokers') throw kafkaOutOfReach(service, address);
      text = replaceAddress(text, address, await this.relayed(Number(port), `{{${name}}}`, service));
    }
    return text;
  }

  private async relayed(port: number, reference: string, service: string): Promise<string> {
    const key = String(port);
    const relay = this.relays.get(key) ?? Relay.start(this.network.gateway, port);
    this.relays.set(key, relay);
    try {
      return (await relay).address;
    } catch (cause) {
      const reason = `service "${service}" runs in a container and names ${reference}, which listens on this machine at port ${port}: the Docker engine is on another one, and its containers cannot reach it`;
      const advice = `run it by services.${service}.command, or use an engine on this machine`;
      throw new BrineError('BRINE_CONFIG_004', { reason, advice }, { cause });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const started = await Promise.allSettled(this.relays.values());
    for (const result of started) {
      if (result.status === 'fulfilled') await result.value[Symbol.asyncDispose]();
    }
  }
}

/** `localhost:90` is not the beginning of `localhost:9092`. */
function replaceAddress(text: string, from: string, to: string): string {
  const literal = from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\w.-])${literal}(?!\\d)`, 'g'), to);
}

/** Its clients are sent on to the address that it advertises, so a relay is of no use. */
function kafkaOutOfReach(service: string, address: string): BrineError {
  return new BrineError('BRINE_CONFIG_004', {
    reason: `service "${service}" runs in a container and names {{kafka.brokers}}, but Kafka advertises ${address}, which leads nowhere there`,
    advice: `set kafka.provider to "container", or run the service by services.${service}.command`,
  });
}
