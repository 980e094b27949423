import { once } from 'node:events';
import { type Command, Redis, type RedisOptions } from 'ioredis';

/** A command that some client has sent, as MONITOR shows it. */
export type OnCommand = (args: string[], source: string, database: string) => void;

/**
 * A connection that is shown what all clients of a server send. ioredis makes one with `monitor()`, but takes the
 * server's `OK` a moment later than it comes: what another client sends at that moment arrives with it, and is taken for
 * a reply that nobody waits for ("Command queue state error").
 */
export class MonitorConnection extends Redis {
  private constructor(options: RedisOptions, onCommand: OnCommand) {
    super({ ...options, connectionName: 'brine-watch', monitor: true, lazyConnect: true });
    this.on('error', () => {}); // who waits for it is told, and a fence tells when it has ended
    this.on('monitor', (_time: string, args: string[], source: string, database: string) =>
      onCommand(args, source, database),
    );
  }

  /**
   * @param redis a connection to the same server
   * @throws the server's error when it does not let itself be watched
   */
  static async open(redis: Redis, onCommand: OnCommand): Promise<MonitorConnection> {
    const connection = new MonitorConnection(redis.options, onCommand);
    try {
      const monitoring = once(connection, 'monitoring'); // rejects when there is an error first
      await Promise.all([connection.connect(), monitoring]);
      return connection;
    } catch (error) {
      connection.disconnect();
      throw error;
    }
  }

  /** All replies that follow that to MONITOR, also in the same chunk, are commands of others. */
  override sendCommand(command: Command, ...rest: []): unknown {
    if (command.name.toLowerCase() === 'monitor') {
      const { resolve } = command;
      command.resolve = (reply) => {
        Reflect.set(this, 'status', 'monitoring'); // ioredis's own word, which its type does not know
        resolve(reply);
      };
    }
    return super.sendCommand(command, ...rest);
  }
}
