import assert from 'node:assert/strict';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { KafkaBroker } from '../../support/kafka-broker';
import { metadataApi } from '../../support/kafka-broker/wire/messages/metadata';
import { RawClient } from './raw-client';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

async function cycle(): Promise<void> {
  await using broker = await KafkaBroker.start();
  using client = await RawClient.connect(broker.address);
  await client.send(metadataApi, 1, { topics: [{ name: 'x' }] });
}

async function heapUsed(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test('a thousand starts and ends leave neither memory nor handles behind', async () => {
  for (let count = 0; count < 100; count++) await cycle();
  const before = await heapUsed();
  const handles = process.getActiveResourcesInfo().length;
  for (let count = 0; count < 1_000; count++) await cycle();
  const grown = (await heapUsed()) - before;
  assert.ok(grown < 3_000_000, `the heap has grown by ${grown} bytes`);
  assert.ok(process.getActiveResourcesInfo().length <= handles + 1);
});
