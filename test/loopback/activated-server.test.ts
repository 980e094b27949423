import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { ActivatedServer } from '../../support/loopback/activated-server';

/** Gives back what it gets, and notes how it came to serve. */
class Echo {
  private readonly sockets = new Set<Socket>();
  served = 0;

  constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.served += 1;
      this.sockets.add(socket.on('error', () => {}));
      socket.pipe(socket);
    });
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

async function listen() {
  const made: Echo[] = [];
  const activated = await ActivatedServer.listen(createServer(), 0, (server) => {
    made.push(new Echo(server));
    return made[0]!;
  });
  return { activated, made };
}

/** What comes back of a text that is sent before the connection is there. */
async function echoed(port: number, text: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' }).setEncoding('utf8');
  socket.end(text);
  let answer = '';
  socket.on('data', (part) => {
    answer += part;
  });
  await once(socket, 'close');
  return answer;
}

describe('a port whose server is made when somebody comes', () => {
  it('serves the first client with every byte that it sent before', async () => {
    const { activated, made } = await listen();
    assert.equal(activated.isActive, false);
    const text = 'first '.repeat(100_000);
    assert.equal(await echoed(activated.port, text), text);
    assert.equal(activated.isActive, true);
    assert.equal(made[0]?.served, 1);
    await activated.close();
  });

  it('is made once for many who come at once, and serves them all', async () => {
    const { activated, made } = await listen();
    const texts = Array.from({ length: 100 }, (_, index) => `client ${index}`);
    assert.deepEqual(await Promise.all(texts.map((text) => echoed(activated.port, text))), texts);
    assert.equal(made.length, 1);
    assert.equal(made[0]?.served, 100);
    await activated.close();
  });

  it('is made by its owner, too, and serves clients then', async () => {
    const { activated, made } = await listen();
    assert.equal(activated.activate(), activated.activate());
    assert.equal(activated.isActive, true);
    assert.equal(await echoed(activated.port, 'later'), 'later');
    assert.equal(made.length, 1);
    await activated.close();
  });

  it('is never made when it is closed before, and gives its port up', async () => {
    const { activated, made } = await listen();
    await activated.close();
    assert.deepEqual(made, []);
    await assert.rejects(once(connect({ port: activated.port, host: '127.0.0.1' }), 'connect'), {
      code: 'ECONNREFUSED',
    });
  });

  it('lets go of a client that connects while it closes', async () => {
    const { activated } = await listen();
    const socket = connect({ port: activated.port, host: '127.0.0.1' }).on('error', () => {});
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.write('too late');
    await activated.close();
    await ended;
  });

  it('refuses a port that is taken', async () => {
    const { activated } = await listen();
    const second = ActivatedServer.listen(createServer(), activated.port, (server) => new Echo(server));
    await assert.rejects(second, { code: 'EADDRINUSE' });
    await activated.close();
  });

  it('ends the connections of clients that it cannot serve, and tells its owner why', async () => {
    const broken = () => {
      throw new Error('a file is missing');
    };
    const activated = await ActivatedServer.listen<Echo>(createServer(), 0, broken);
    for (const text of ['one', 'two']) {
      const socket = connect({ port: activated.port, host: '127.0.0.1' }).on('error', () => {});
      socket.write(text);
      await new Promise((resolve) => socket.once('close', resolve));
    }
    assert.equal(activated.isActive, true);
    assert.throws(() => activated.activate(), { message: 'a file is missing' });
    await activated.close();
  });
});
