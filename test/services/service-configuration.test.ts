import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { readConfig as readInventoryConfig } from '../../services/inventory/src/config';
import { readConfig } from '../../services/orders/src/config';

const REQUIRED = {
  PORT: '0',
  DATABASE_URL: 'postgres://127.0.0.1/orders',
  REDIS_URL: 'redis://127.0.0.1:6379/1',
  KAFKA_BROKERS: '127.0.0.1:9092, localhost:9093',
  PAYMENT_URL: 'http://127.0.0.1:8080',
  ADMIN_TOKEN: 'secret',
};

test('the required variables suffice; the others have defaults', () => {
  const config = readConfig(REQUIRED);
  assert.equal(config.host, '127.0.0.1');
  assert.deepEqual(config.kafkaBrokers, ['127.0.0.1:9092', 'localhost:9093']);
  assert.equal(config.kafkaTopicPrefix, '');
  assert.equal(config.orderCacheTtlSeconds, 300);
  assert.equal(config.payment.circuitFailures, 3);
  assert.equal(readInventoryConfig(REQUIRED).maxRetries, 3);
});

test('all faulty variables are named in one line', () => {
  const faulty = { ...REQUIRED, PORT: '70000', REDIS_URL: 'localhost', ADMIN_TOKEN: ' ', LOG_LEVEL: 'loud' };
  assert.throws(() => readConfig(faulty), {
    name: 'ConfigurationError',
    message:
      'PORT must be an integer from 0 to 65535, not "70000"; ' +
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, not "loud"; ' +
      'REDIS_URL must be a URL that starts with redis:// or rediss://; ' +
      'ADMIN_TOKEN is missing',
  });
});

test('a wrong URL is not repeated, as it may hold a password', () => {
  const faulty = { ...REQUIRED, DATABASE_URL: 'mysql://shop:hunter2@db/orders' };
  assert.throws(
    () => readConfig(faulty),
    (error: Error) => !error.message.includes('hunter2'),
  );
});

test('a broker without a port is refused', () => {
  assert.throws(
    () => readInventoryConfig({ ...REQUIRED, KAFKA_BROKERS: 'localhost' }),
    /KAFKA_BROKERS must be/,
  );
});

for (const service of ['orders', 'inventory']) {
  test(`${service} started without its configuration exits with 1 and one line`, () => {
    const cwd = path.resolve(__dirname, '../../services', service);
    const run = spawnSync(process.execPath, ['-r', 'ts-node/register', 'src/main.ts'], {
      cwd,
      env: { PATH: process.env.PATH },
      encoding: 'utf8',
    });
    assert.equal(run.status, 1);
    assert.match(run.stderr, new RegExp(`^${service}: PORT is missing; .*DATABASE_URL is missing.*\\n$`));
  });
}
