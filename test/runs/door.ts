import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from '../../support/environment/services/relay';

const host = '127.0.0.1';

/** The way to a server, which can be shut: then connections break, and new ones are refused. Told so by HTTP. */
export class Door implements AsyncDisposable {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private port = 0;

  private constructor(
    private readonly target: number,
    private readonly http: HttpServer,
  ) {}

  /** An open door to a port of this machine. */
  static async to(target: number): Promise<Door> {
    const http = createHttpServer(async (request, response) => {
      await (request.url === '/shut' ? door.shut() : door.open());
      response.end();
    });
    const door = new Door(target, http);
    await new Promise<void>((done) => http.listen(0, host, done));
    await door.open();
    return door;
  }

  /** The port that is told `/shut` and `/open`. */
  get control(): number {
    return (this.http.address() as AddressInfo).port;
  }

  /** The same URL, through the door. */
  through(url: string): string {
    const other = new URL(url);
    other.port = String(this.port);
    return other.href;
  }

  private async open(): Promise<void> {
    const server = createServer((client) => this.pass(client));
    await new Promise<void>((done) => server.listen(this.port, host, done));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  private async shut(): Promise<void> {
    const closed = new Promise((done) => this.server?.close(done));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private pass(client: Socket): void {
    join(client, connect(this.target, host), this.sockets);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shut();
    this.http.closeAllConnections();
    await new Promise((done) => this.http.close(done));
  }
}
