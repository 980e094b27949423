import { createServer, type Server, type Socket } from 'node:net';
import { ActivatedServer, type Engine } from '../../loopback/activated-server';
import { loopback } from '../../loopback/server';

const databaseCount = 16;

/** A Redis server in this process. */
export interface InProcessRedis {
  readonly host: string;
  readonly port: number;
  /** Whether it was loaded: a client has come. */
  readonly isActive: boolean;
  /** Loads it now. @throws when it cannot be loaded */
  activate(): void;
  close(): Promise<void>;
}

/**
 * js-redis-server behind a listener of our own: its own one accepts connections from every interface,
 * and its close() waits for clients to leave. It is loaded when the first client comes.
 * @param port 0 takes a free one
 */
export async function startInProcessRedis(port: number): Promise<InProcessRedis> {
  const server = createServer({ keepAlive: true, noDelay: true });
  const activated = await ActivatedServer.listen(server, port, serve);
  return {
    host: loopback,
    port: activated.port,
    get isActive() {
      return activated.isActive;
    },
    activate: () => void activated.activate(),
    close: () => activated.close(),
  };
}

function serve(server: Server): Engine {
  const redis = loadRedis();
  const compatibility = redis.resolveCompatibilityProfile(undefined);
  const state = new redis.RedisServerState({ databaseCount, compatibility });
  const executor = redis.createRedisCommandExecutor({ compatibility });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // a client that went away; 'close' follows
    socket.once('close', () => sockets.delete(socket));
    const clientAddress = `${socket.remoteAddress ?? loopback}:${socket.remotePort ?? 0}`;
    redis.attachSession(new redis.SocketConnectionTransport(socket), { state, executor, clientAddress });
  });
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
      state.close();
    },
  };
}

/** It takes some 20 ms, which a lane that uses no cache need not pay. */
function loadRedis(): typeof import('js-redis-server/core') {
  return require('js-redis-server/core');
}
