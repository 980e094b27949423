import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KafkaBroker } from '../../support/kafka-broker';
import { EmbeddedRegistry } from '../../support/schema-registry';
import { failureMessages } from './failures';
import { outcomes, runOnce } from './project';

const order = JSON.stringify({ type: 'record', name: 'Order', fields: [{ name: 'n', type: 'long' }] });
const feature = `Feature: orders
  Scenario: one
    When topic "orders" receives an event of schema "order.avsc":
      """
      { "n": 1 }
      """
    Then topic "orders" has events:
      | value.n | schema.subject | schema.version |
      | 1       | orders-value   | 1              |
  Scenario: two
    Given schema "order.avsc" is registered as subject "Order"
    Then subject "Order" has 1 version
`;
const files = { 'test-data/order.avsc': order, 'features/a.feature': feature };

async function subjectsOf({ url }: EmbeddedRegistry): Promise<unknown> {
  return (await fetch(`${url}/subjects`)).json();
}

test('on a cluster and a registry of others, the subjects of topics carry the prefix and are removed', async () => {
  const broker = await KafkaBroker.start();
  await using registry = await EmbeddedRegistry.start();
  const { body } = await fetch(`${registry.url}/subjects/orders-value/versions`, {
    method: 'POST',
    body: JSON.stringify({ schema: '"string"' }),
  });
  await body?.cancel();
  const run = await runOnce({
    brine: `{ provider: 'embedded', kafka: { provider: 'external', brokers: ['${broker.address}'], schemaRegistry: '${registry.url}' } }`,
    files,
  });
  await broker.close();
  assert.deepEqual(outcomes(run), { one: 'PASSED', two: 'PASSED' }, run.output);
  assert.deepEqual(await subjectsOf(registry), ['Order', 'orders-value']);
});

test('on a registry of others beside the embedded broker, what steps register stays', async () => {
  await using registry = await EmbeddedRegistry.start();
  const run = await runOnce({
    brine: `{ provider: 'embedded', kafka: { schemaRegistry: '${registry.url}' } }`,
    files,
  });
  assert.deepEqual(outcomes(run), { one: 'PASSED', two: 'PASSED' }, run.output);
  assert.deepEqual(await subjectsOf(registry), ['Order', 'orders-value']);
});

test('each lane has a registry of its own, whose URL its services are told', async () => {
  const service = `
    const http = require('node:http');
    http.createServer(async (request, response) => {
      const subjects = await fetch(process.env.SCHEMAS + '/subjects').then((answer) => answer.json());
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ subjects }));
    }).listen(Number(process.env.PORT), '127.0.0.1');
  `;
  const lane = (name: string) => `Feature: ${name}
  Scenario: ${name}
    Given schema "order.avsc" is registered for topic "${name}"
    When I send GET "/"
    Then the response body is exactly:
      """
      { "subjects": ["${name}-value"] }
      """
`;
  const run = await runOnce({
    brine: `{ provider: 'embedded', parallel: 2, kafka: { schemaRegistry: 'embedded' },
      services: { api: { command: 'node api.js', health: '/', env: { PORT: '{{self.port}}', SCHEMAS: '{{kafka.schemaRegistry}}' } } } }`,
    files: {
      'api.js': service,
      'test-data/order.avsc': order,
      'features/a.feature': lane('one'),
      'features/b.feature': lane('two'),
    },
  });
  assert.deepEqual(outcomes(run), { one: 'PASSED', two: 'PASSED' }, run.output);
});

test('a registry that does not answer ends the run before its first scenario', async () => {
  const registry = await EmbeddedRegistry.start();
  await registry[Symbol.asyncDispose]();
  const run = await runOnce({
    brine: `{ provider: 'embedded', kafka: { schemaRegistry: '${registry.url}' } }`,
    files,
  });
  assert.equal(run.exitCode, 1, run.output);
  assert.deepEqual([...failureMessages(run).keys()], []);
  assert.match(
    run.output,
    /the schema registry at http:\/\/127\.0\.0\.1:\d+ gives no answer: connect ECONNREFUSED/,
  );
  assert.match(run.output, /start it, or correct kafka\.schemaRegistry \(BRINE_KAFKA_SCHEMA_REGISTRY\)/);
});

test('a template of a registry that there is not is an error before anything is started', async () => {
  const run = await runOnce({
    brine: `{ provider: 'embedded', services: { api: { command: 'node api.js', env: { SCHEMAS: '{{kafka.schemaRegistry}}' } } } }`,
    files,
  });
  assert.match(run.output, /services\.api\.env\.SCHEMAS: .*\{\{kafka\.schemaRegistry\}\}/);
});
