import { connect, createServer, type Server, type Socket } from 'node:net';
import { loopback } from '../../loopback/server';

/** Lets containers reach a port of this machine's loopback interface, and nobody else: it listens in their network. */
export class Relay implements AsyncDisposable {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    /** `host:port`, as containers reach it. */
    readonly address: string,
  ) {}

  /**
   * @param host the address of this machine in the containers' network
   * @param port the port of the loopback interface
   * @throws Error when this machine has no such address
   */
  static start(host: string, port: number): Promise<Relay> {
    return new Promise((resolve, reject) => {
      const server = createServer((client) => relay.forward(client, port));
      let relay: Relay;
      server.once('error', reject);
      server.listen({ host, port: 0, exclusive: true }, () => {
        const address = server.address();
        const own = typeof address === 'object' && address !== null ? address.port : 0;
        relay = new Relay(server, `${host}:${own}`);
        resolve(relay);
      });
    });
  }

  private forward(client: Socket, port: number): void {
    join(client, connect({ host: loopback, port }), this.sockets);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

/** Hands both directions on; what ends or breaks on one side ends the other. Both are in the set as long as they are open. */
export function join(client: Socket, target: Socket, open: Set<Socket>): void {
  for (const [socket, other] of [
    [client, target],
    [target, client],
  ] as const) {
    open.add(socket);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      open.delete(socket);
      other.destroy();
    });
    socket.pipe(other);
  }
}
