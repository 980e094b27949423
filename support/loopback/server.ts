import type { Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';

/** Where everything listens that Brine starts in its own process. */
export const loopback = '127.0.0.1';

/**
 * Lets a server listen on the loopback interface.
 * @param port 0 takes a free one
 * @returns the port
 * @throws the listener's error when the port is in use
 */
export async function listenOnLoopback(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, loopback, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** Ends a server with its connections, also those that are in use. */
export async function endHttpServer(server: HttpServer): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
