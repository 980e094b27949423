import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TlsOptions } from './broker-options';
import type { Node } from './state/nodes';

interface Ending {
  destroy(): void;
}

/** The door of one node: it listens, keeps track of connections, and can be shut and opened again on the same port. */
export class NodeListener {
  readonly node: Node;
  readonly #accept: (socket: Socket, node: Node) => Ending;
  readonly #log: (line: string) => void;
  readonly #connections = new Set<Ending>();
  readonly #tls: TlsOptions | undefined;
  #server: Server | undefined;

  /** @param accept serves a connection; the result ends it */
  constructor(
    node: Node,
    accept: (socket: Socket, node: Node) => Ending,
    log: (line: string) => void,
    tls?: TlsOptions,
  ) {
    this.#tls = tls;
    this.node = node;
    this.#accept = accept;
    this.#log = log;
  }

  /**
   * @param port 0: any free one, which the node then has for good
   * @throws when the address cannot be listened on; the message names it
   */
  async open(port: number): Promise<void> {
    const server = this.#tls ? this.#tlsServer(this.#tls) : createServer((socket) => this.#welcome(socket));
    this.#server = server;
    this.node.port = await listen(server, this.node.host, port);
    this.#logErrorsOf(server);
  }

  /**
   * Takes over a server that listens already, and has no handler of connections yet.
   * @throws when it does not listen on a port
   */
  adopt(server: Server): void {
    const bound = server.address();
    if (typeof bound !== 'object' || bound === null) throw new Error('the server does not listen on a port');
    this.#server = server;
    this.node.port = bound.port;
    server.on('connection', (socket) => this.#welcome(socket));
    this.#logErrorsOf(server);
  }

  #logErrorsOf(server: Server): void {
    server.on('error', (error) => this.#log(`kafka-broker: ${error.message}`));
  }

  /** Ends all connections at once. May be called again. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => {
      if (server) server.close(() => resolve());
      else resolve();
    });
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }

  #tlsServer({ clientCertificates = 'none', ...tls }: TlsOptions): Server {
    const requestCert = clientCertificates !== 'none';
    const rejectUnauthorized = clientCertificates === 'required';
    const server = createTlsServer({ ...tls, requestCert, rejectUnauthorized }, (socket) =>
      this.#welcome(socket),
    );
    server.on('tlsClientError', (error, socket) => {
      this.#log(`kafka-broker: connection of ${socket.remoteAddress} ended (TLS): ${error.message}`);
    });
    // A handshake that never ends must not keep the server from closing.
    return server.on('connection', (socket: Socket) => this.#track(socket, socket));
  }

  #welcome(socket: Socket): void {
    this.#track(socket, this.#accept(socket, this.node));
  }

  #track(socket: Socket, connection: Ending): void {
    this.#connections.add(connection);
    socket.on('close', () => this.#connections.delete(connection));
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new Error(`the Kafka broker cannot listen on ${host}:${port}: ${cause.message}`, { cause }));
    });
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
    });
  });
}
