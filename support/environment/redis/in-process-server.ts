import { createServer, type Server, type Socket } from 'node:net';

const loopback = '127.0.0.1';
const databaseCount = 16;

/** A Redis server in this process. */
export interface InProcessRedis {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * js-redis-server behind a listener of our own: its own one accepts connections from every interface,
 * and its close() waits for clients to leave.
 * @param port 0 takes a free one
 */
export async function startInProcessRedis(port: number): Promise<InProcessRedis> {
  const redis = await import('js-redis-server/core');
  const compatibility = redis.resolveCompatibilityProfile(undefined);
  const state = new redis.RedisServerState({ databaseCount, compatibility });
  const executor = redis.createRedisCommandExecutor({ compatibility });
  const sockets = new Set<Socket>();
  const server = createServer({ keepAlive: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // a client that went away; 'close' follows
    socket.once('close', () => sockets.delete(socket));
    const clientAddress = `${socket.remoteAddress ?? loopback}:${socket.remotePort ?? 0}`;
    redis.attachSession(new redis.SocketConnectionTransport(socket), { state, executor, clientAddress });
  });
  const bound = await listen(server, port);
  return {
    host: loopback,
    port: bound,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
      state.close();
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, loopback, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
