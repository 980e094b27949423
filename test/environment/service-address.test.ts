import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { resolveConfiguration } from '../../support/config';
import { Ledger } from '../../support/environment/leftovers/ledger';
import { ServiceUnderTest } from '../../support/environment/services/service-under-test';

test('what answers at the address of a service that is to start is not taken for it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'brine-service-'));
  const { services } = resolveConfiguration({ services: { orders: { command: 'node -e 0' } } }, {});
  const options = { name: 'orders', lane: 0, startTimeoutMs: 5_000, retryCount: 0, retryDelayMs: 0 };
  await using service = await ServiceUnderTest.declare(
    { ...options, configuration: services.orders! },
    { directory, projectDirectory: directory, ledger: new Ledger(directory) },
  );
  const { host, port } = new URL(service.url);
  const other = createServer((_request, response) => response.end()).listen(Number(port), '127.0.0.1');
  await once(other, 'listening');
  await assert.rejects(
    service.start(new Map()),
    new RegExp(
      `service "orders" cannot listen on ${host}: the port is in use \\(by .*process ${process.pid}.*services\\.orders\\.port`,
      's',
    ),
  );
  other.close();
  await rm(directory, { recursive: true, force: true });
});
