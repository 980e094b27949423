import { Agent } from 'node:http';
import { type AgentOptions, Agent as SecureAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '../time';

/** Servers end connections that nobody uses: Node's after five seconds, hardly any within one. */
const mostIdleMs = 1_000;

/**
 * The connections of one client, kept open between requests that follow each other. One that was idle for longer is not used
 * again: its server may be ending it at this very moment, and the request would be reset (RFC 9112, 9.5), which cannot be
 * told from a service that died of it.
 */
export class HttpConnections implements Disposable {
  private readonly agents: { readonly plain: Agent; readonly secure: SecureAgent };
  private readonly idleSince = new WeakMap<Duplex, number>();

  constructor(
    tls: AgentOptions,
    private readonly clock: Clock = systemClock,
  ) {
    this.agents = {
      plain: this.watched(new Agent({ keepAlive: true })),
      secure: this.watched(new SecureAgent({ keepAlive: true, ...tls })),
    };
  }

  /** What makes the next request's connection, or has one that was used just now. */
  agentFor(url: string): Agent {
    const agent = url.startsWith('https:') ? this.agents.secure : this.agents.plain;
    for (const sockets of Object.values(agent.freeSockets)) {
      for (const socket of sockets ?? []) if (this.isStale(socket)) socket.destroy(); // the agent passes it over
    }
    return agent;
  }

  private isStale(socket: Duplex): boolean {
    const since = this.idleSince.get(socket) ?? Number.NEGATIVE_INFINITY;
    return this.clock.monotonic() - since > mostIdleMs;
  }

  private watched<A extends Agent>(agent: A): A {
    const keep = agent.keepSocketAlive.bind(agent);
    agent.keepSocketAlive = (socket) => {
      this.idleSince.set(socket, this.clock.monotonic());
      return keep(socket);
    };
    return agent;
  }

  [Symbol.dispose](): void {
    this.agents.plain.destroy();
    this.agents.secure.destroy();
  }
}
