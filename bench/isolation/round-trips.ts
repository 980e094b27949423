import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';

const readyForQuery = 'Z'.charCodeAt(0);

/** Stands between a client and a PostgreSQL server, and counts how often the server has got ready for a query. */
export class RoundTripCounter implements Disposable {
  count = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async before(url: string): Promise<RoundTripCounter> {
    const target = new URL(url);
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const through = new URL(url);
    through.host = `127.0.0.1:${port}`;
    const counter = new RoundTripCounter(server, through.href);
    server.on('connection', (client) => counter.connect(client, target));
    return counter;
  }

  private connect(client: Socket, { hostname, port }: URL): void {
    const upstream = new Socket().connect(Number(port), hostname);
    client.pipe(upstream).pipe(client);
    upstream.on(
      'data',
      frames((type) => (this.count += type === readyForQuery ? 1 : 0)),
    );
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true).on('error', () => this[Symbol.dispose]());
      this.sockets.add(socket);
    }
  }

  [Symbol.dispose](): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

/** A message of the server is a byte for its type, and four for its length, which counts itself. */
function frames(onFrame: (type: number) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length > rest.readUInt32BE(1)) {
      onFrame(rest[0] ?? 0);
      rest = rest.subarray(1 + rest.readUInt32BE(1));
    }
  };
}
