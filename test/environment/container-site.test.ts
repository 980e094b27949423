import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { ContainerSite, type RunWithContainers } from '../../support/environment/services/container-site';
import { Relay } from '../../support/environment/services/relay';

const postgres = {
  provider: 'container',
  version: '',
  route: { outside: 'localhost:15432', inside: 'postgres:5432' },
};

/** A site on an engine whose network's gateway is an address of this machine, or not. */
function siteOf(t: TestContext, gateway: string): ContainerSite {
  const run = { runId: 'r', network: { id: 'n', gateway }, postgres } as RunWithContainers;
  const site = ContainerSite.of(run);
  assert.ok(site);
  t.after(() => site[Symbol.asyncDispose]());
  return site;
}

async function inside(site: ContainerSite, name: string, value: string): Promise<string | undefined> {
  return (await site.reachable(new Map([[name, value]]), [`{{${name}}}`], 'orders')).get(name);
}

describe('a value of a template, for a service in a container', () => {
  it('has the name of a container instead of its port outside', async (t) => {
    const site = siteOf(t, '127.0.0.1');
    const url = 'postgres://brine:12@localhost:15432/brine_1_0_orders';
    assert.equal(
      await inside(site, 'postgres.url', url),
      'postgres://brine:12@postgres:5432/brine_1_0_orders',
    );
    // neither a longer name nor a longer port is that address
    assert.equal(await inside(site, 'x', 'http://my.localhost:15432/'), 'http://my.localhost:15432/');
    assert.doesNotMatch((await inside(site, 'y', 'http://localhost:1543/')) ?? '', /postgres/);
  });

  it('has a relay for what listens on this machine, one for each port', async (t) => {
    const site = siteOf(t, '127.0.0.1');
    const first = await inside(site, 'stubs.pay.url', 'http://127.0.0.1:4000/a');
    assert.match(first ?? '', /^http:\/\/127\.0\.0\.1:\d+\/a$/);
    assert.doesNotMatch(first ?? '', /:4000/);
    assert.equal(await inside(site, 'services.other.url', 'http://localhost:4000/a'), first);
  });

  it('is as it is where no text names it, or where it is elsewhere', async (t) => {
    const site = siteOf(t, '203.0.113.1');
    const values = new Map([['a', 'http://localhost:4000']]);
    assert.deepEqual(await site.reachable(values, ['{{b}}'], 'orders'), values);
    assert.equal(
      await inside(site, 'redis.url', 'redis://cache.example.com:6379/1'),
      'redis://cache.example.com:6379/1',
    );
  });

  it('is refused where the engine is on another machine', async (t) => {
    await assert.rejects(inside(siteOf(t, '203.0.113.1'), 'stubs.pay.url', 'http://127.0.0.1:4000'), {
      code: 'BRINE_CONFIG_004',
      message:
        /service "orders" .* names \{\{stubs\.pay\.url\}\}, which listens on this machine at port 4000: the Docker engine is on another one/,
    });
  });
});

describe('a relay', () => {
  it('hands both directions on, and closes what is open when it ends', async (t) => {
    const echo = createServer((socket) => socket.pipe(socket));
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    t.after(() => echo.close());
    const address = echo.address();
    assert.ok(typeof address === 'object' && address !== null);
    const relay = await Relay.start('127.0.0.1', address.port);
    const { connect } = await import('node:net');
    const [host, port] = relay.address.split(':');
    const client = connect({ host, port: Number(port) });
    client.write('hello');
    const heard = await new Promise((resolve) => client.once('data', resolve));
    assert.equal(String(heard), 'hello');
    const closed = new Promise((resolve) => client.once('close', resolve));
    await relay[Symbol.asyncDispose]();
    await closed;
  });
});
