import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runOnce } from './project';

/** Own plain steps: nobody knows what they use, so everything that is configured is started for them. */
const steps = `
const { Given, Then, AfterAll } = require('@cucumber/cucumber');
const assert = require('node:assert/strict');
const { Kafka, logLevel } = require('kafkajs');
const { createConnection } = require('node:net');

const engines = { redis: 'js-redis-server', ioredis: 'ioredis', kafka: 'support/kafka-broker' };
const isLoaded = (engine) => Object.keys(require.cache).some((file) => file.includes('/' + engines[engine] + '/'));

Given('nothing is done', () => {});

Given('it fails', () => {
  throw new Error('it does');
});

Then('nothing of {word} is loaded', (engine) => {
  assert.ok(!isLoaded(engine), engine + ' is loaded');
});

Then('{word} is loaded', (engine) => {
  assert.ok(isLoaded(engine), engine + ' is not loaded');
});

Given('the world writes {string}', async function (key) {
  await this.cache.redis.set(key, 'by the world');
});

Given('a client of Redis writes {string} by itself', async function (key) {
  const url = new URL([...this.lane.values].find(([name]) => name === 'redis.url')[1]);
  const socket = createConnection({ host: url.hostname, port: Number(url.port) });
  socket.setEncoding('utf8').write('SET ' + key + ' x\\r\\n'); // before it is connected
  const answer = await new Promise((resolve, reject) => socket.once('data', resolve).once('error', reject));
  assert.equal(answer, '+OK\\r\\n');
  socket.end();
});

Then('the cache has {string}', async function (keys) {
  assert.equal((await this.cache.keys()).join(' '), keys);
});

Given('a producer sends {string} to {string} by itself', async function (value, topic) {
  const brokers = this.lane.values.get('kafka.brokers').split(',');
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  assert.equal(topics[0].partitions.length, 3);
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: [{ value }] });
  await producer.disconnect();
});

Then('the topic {string} has {string}', async function (topic, values) {
  await this.events.find(topic);
  const events = this.events.recorder.since(topic);
  assert.equal(events.map(({ value }) => value).join(' '), values);
});
`;

function feature(...scenarios: readonly string[]): string {
  const named = scenarios.map(
    (text, index) => `\n  Scenario: number ${index + 1}\n    ${text.replaceAll('; ', '\n    ')}`,
  );
  return `Feature: stores\n${named.join('')}`;
}

const untouched =
  'Then nothing of redis is loaded; And nothing of ioredis is loaded; And nothing of kafka is loaded';

async function passes(text: string, brine: string, args: readonly string[] = []): Promise<void> {
  const { output, exitCode } = await runOnce(
    { brine, files: { 'steps.js': steps, 'features/a.feature': text } },
    args,
  );
  assert.equal(exitCode, 0, output);
}

describe('a store in the process that nobody has used yet', () => {
  for (const args of [[], ['--parallel', '2']])
    it(`is not loaded (${args.join(' ') || 'serial'})`, () =>
      passes(feature(untouched, untouched, untouched), '{}', args));

  it('is loaded by the first who uses it, and emptied then between scenarios', () =>
    passes(
      feature(
        untouched,
        'Given the world writes "first"; Then the cache has "first"; And redis is loaded; And nothing of kafka is loaded',
        'Given the world writes "second"; Then the cache has "second"',
      ),
      '{}',
    ));

  it('is loaded, and emptied, for a client of its own, too: what it sends at once is not lost', () =>
    passes(
      feature(
        `${untouched}; Given a client of Redis writes "first" by itself; Then redis is loaded; And nothing of ioredis is loaded`,
        'Then the cache has ""; Given a client of Redis writes "second" by itself; Then the cache has "second"',
      ),
      '{}',
    ));

  it('has the topics of the configuration, and records the first event of all', () =>
    passes(
      feature(
        untouched,
        `${untouched}; Given a producer sends "one" to "audit" by itself; Then the topic "audit" has "one"; And nothing of redis is loaded`,
        'Then the topic "audit" has ""; Given a producer sends "two" to "audit" by itself; Then the topic "audit" has "two"',
      ),
      '{ kafka: { topics: { audit: { partitions: 3 } } } }',
    ));

  it('is not asked after a failure, for it ends with the process', async () => {
    const text = feature('Given it fails', untouched, untouched);
    const { messages, output } = await runOnce({ files: { 'steps.js': steps, 'features/a.feature': text } });
    const failed = messages.filter(({ testStepFinished: one }) => one?.testStepResult.status === 'FAILED');
    assert.equal(failed.length, 1, output);
  });
});
