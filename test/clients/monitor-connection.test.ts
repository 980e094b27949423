import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { MonitorConnection } from '../../support/clients/monitor-connection';

const shown = '+1795955557.495770 [3 10.200.0.1:39856] "pttl" "order:1"\r\n';

/** Answers OK to everything, INFO included; to MONITOR with `answer`. */
async function answering(answer: string) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setEncoding('latin1').on('data', (text) => {
      const commands = String(text).match(/(?<=\r\n)(MONITOR|monitor|info|client)(?=\r\n)/g) ?? [];
      socket.write(
        commands.map((command) => (command.toLowerCase() === 'monitor' ? answer : '+OK\r\n')).join(''),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const redis = new Redis({ port, lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  return {
    redis,
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test('what others send at the moment at which the server says OK is shown', async () => {
  await using server = await answering(`+OK\r\n${shown}`);
  const commands: unknown[] = [];
  const connection = await MonitorConnection.open(server.redis, (...command) => commands.push(command));
  connection.disconnect();
  assert.deepEqual(commands, [[['pttl', 'order:1'], '10.200.0.1:39856', '3']]);
});

test('a server that refuses to be watched is told with its words', async () => {
  await using server = await answering(
    "-NOPERM User app has no permissions to run the 'monitor' command\r\n",
  );
  await assert.rejects(
    MonitorConnection.open(server.redis, () => {}),
    /NOPERM User app has no permissions/,
  );
});

test('a server that is not there is told, and not waited for', async () => {
  await using gone = await answering('');
  gone.redis.options.port = 1;
  await assert.rejects(
    MonitorConnection.open(gone.redis, () => {}),
    /ECONNREFUSED/,
  );
});
