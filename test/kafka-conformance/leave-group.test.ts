import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { removeRun } from '../../support/environment/leftovers/store-remove.js';
import { KafkaBroker } from '../../support/kafka-broker';
import { kafkaJars, RealKafka } from './real-kafka';

const brokers = {
  'the embedded broker': () => KafkaBroker.start(),
  'a real Kafka': () => RealKafka.start(kafkaJars ?? ''),
};

const members = `
const { Kafka, logLevel } = require('kafkajs');
const [address, topic, ...groups] = process.argv.slice(1);
const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING });
async function join(groupId) {
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topic });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({ eachMessage: async () => {} });
  await joined;
}
(async () => {
  for (const group of groups) await join(group);
  process.stdout.write('joined');
})();
`;

/** Starts a process whose consumers join the groups, and ends it as SIGKILL does: nobody leaves. */
async function membersThatDied(address: string, topic: string, groups: readonly string[]): Promise<void> {
  const program = ['--disable-warning=TimeoutNegativeWarning', '-e', members, address, topic, ...groups];
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`it ended with ${code}`))),
    ]);
  } finally {
    child.kill('SIGKILL');
  }
}

async function ours(admin: Admin): Promise<string[]> {
  const { groups } = await admin.listGroups();
  const names = [...groups.map(({ groupId }) => groupId), ...(await admin.listTopics())];
  return names.filter((name) => name.startsWith('brine_')).sort();
}

for (const [name, start] of Object.entries(brokers)) {
  const skip = name === 'a real Kafka' && kafkaJars === undefined && 'BRINE_KAFKA_JARS names no jars';
  test(`groups whose members never left are removed with the rest of a run, on ${name}`, {
    skip,
  }, async () => {
    await using stack = new AsyncDisposableStack();
    const { address } = stack.use(await start());
    const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    stack.defer(() => admin.disconnect());
    const topics = ['brine_dead_alive-x', 'brine_dead_t', 'brine_other_t'];
    await admin.createTopics({ topics: topics.map((topic) => ({ topic })), waitForLeaders: true });
    const dead = ['brine_dead_g', 'brine_dead_g', 'brine_dead_h'];
    await membersThatDied(address, 'brine_dead_t', [...dead, 'brine_other_g']);
    assert.equal((await ours(admin)).length, 6, 'three topics and three groups');

    assert.deepEqual(await removeRun(admin, [address], 'brine_dead_'), []);

    assert.deepEqual(await ours(admin), ['brine_other_g', 'brine_other_t']);
    const { groups } = await admin.describeGroups(['brine_other_g']);
    assert.equal(groups[0]?.members.length, 1, 'what is of another run keeps its members');
  });
}
