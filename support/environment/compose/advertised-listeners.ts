import { isIP } from 'node:net';
import type { AddressRoute } from '../provider';

const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)$/;

/**
 * The address that a Kafka container tells clients in other containers, by the variables of its image: of the listeners that it
 * advertises, the first that is neither of this machine nor a controller's.
 * @param outside its address on this machine
 */
export function routeInside(
  outside: string,
  environment: ReadonlyMap<string, string>,
): AddressRoute | undefined {
  const controllers = listOf(environment.get('KAFKA_CONTROLLER_LISTENER_NAMES'));
  for (const listener of listOf(environment.get('KAFKA_ADVERTISED_LISTENERS'))) {
    const [, name = '', host = '', port = ''] = /^([^:]+):\/\/(.*):(\d+)$/.exec(listener) ?? [];
    const inside = `${host}:${port}`;
    if (host === '' || loopback.test(host) || inside === outside || controllers.includes(name)) continue;
    return { outside, inside };
  }
  return undefined;
}

function listOf(text = ''): string[] {
  return text.split(',').map((part) => part.trim());
}

/** The name by which it must be known in a network, so that the address leads to it; undefined for a number. */
export function nameIn({ inside }: AddressRoute): string | undefined {
  const host = inside.replace(/:\d+$/, '');
  return isIP(host) === 0 ? host : undefined;
}
