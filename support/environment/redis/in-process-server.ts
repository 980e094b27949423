import { createServer, type Socket } from 'node:net';
import { listenOnLoopback, loopback } from '../../loopback/server';

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
  const bound = await listenOnLoopback(server, port);
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
