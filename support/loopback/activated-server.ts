import type { Server, Socket } from 'node:net';
import { listenOnLoopback } from './server';

/** What serves the connections of a server. */
export interface Engine {
  /** Ends all connections, and the server. */
  close(): Promise<void>;
}

/**
 * Socket activation, as inetd and systemd have it: the port listens from the start, and what serves it is made when the
 * first client comes, or when its owner needs it. It may be that nobody ever does.
 */
export class ActivatedServer<E extends Engine> {
  private made: { readonly engine: E } | { readonly failure: unknown } | undefined;
  private bound = 0;

  private constructor(
    private readonly server: Server,
    private readonly serve: (server: Server) => E,
  ) {
    server.once('connection', this.welcomeFirst);
  }

  /**
   * @param server does not listen yet, and has no handler of connections
   * @param port 0 takes a free one
   * @param serve handles the server's connections from then on. It does not wait: nothing is read of the first one before.
   * @throws the listener's error when the port is in use
   */
  static async listen<E extends Engine>(
    server: Server,
    port: number,
    serve: (server: Server) => E,
  ): Promise<ActivatedServer<E>> {
    const activated = new ActivatedServer(server, serve);
    activated.bound = await listenOnLoopback(server, port);
    return activated;
  }

  get port(): number {
    return this.bound;
  }

  /** Whether anybody has come, also one who could not be served. */
  get isActive(): boolean {
    return this.made !== undefined;
  }

  /**
   * Makes what serves, unless it is there.
   * @throws what it threw when it was made, also to those who come later
   */
  activate(): E {
    this.made ??= this.make();
    if ('failure' in this.made) throw this.made.failure;
    return this.made.engine;
  }

  private make(): { engine: E } | { failure: unknown } {
    this.server.off('connection', this.welcomeFirst);
    try {
      return { engine: this.serve(this.server) };
    } catch (failure) {
      this.server.removeAllListeners('connection').on('connection', (socket: Socket) => socket.destroy());
      return { failure };
    }
  }

  private readonly welcomeFirst = (socket: Socket): void => {
    this.made = this.make();
    this.server.emit('connection', socket); // whoever serves sees it as the first of its own
  };

  /** May be called once. */
  async close(): Promise<void> {
    if (this.made !== undefined && 'engine' in this.made) return this.made.engine.close();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
