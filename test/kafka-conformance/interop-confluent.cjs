// @ts-nocheck -- the package is not installed here, and so has no types
/** What a service with @confluentinc/kafka-javascript does. usage: interop-confluent.cjs FOLDER HOST:PORT, where it was built in FOLDER */
const assert = require('node:assert/strict');
const { createRequire } = require('node:module');

const [folder, address] = process.argv.slice(2);
const { Kafka, logLevel } = createRequire(`${folder}/`)('@confluentinc/kafka-javascript').KafkaJS;

async function main() {
  const kafka = new Kafka({
    kafkaJS: { clientId: 'confluent', brokers: [address], logLevel: logLevel.ERROR },
  });
  const admin = kafka.admin();
  await admin.connect();
  assert.equal(await admin.createTopics({ topics: [{ topic: 'topic', numPartitions: 2 }] }), true);

  const producer = kafka.producer({ kafkaJS: { transactionalId: 'tx', idempotent: true } });
  await producer.connect();
  for (const outcome of ['abort', 'commit']) {
    const transaction = await producer.transaction();
    await transaction.send({
      topic: 'topic',
      messages: [
        { key: 'k', value: outcome },
        { key: 'l', value: outcome },
      ],
    });
    await transaction[outcome]();
  }
  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd']) {
    const plain = kafka.producer({ kafkaJS: { compression } });
    await plain.connect();
    await plain.send({ topic: 'topic', messages: [{ key: 'k', value: compression }] });
    await plain.disconnect();
  }

  const consumer = kafka.consumer({ kafkaJS: { groupId: 'group', fromBeginning: true } });
  await consumer.connect();
  await consumer.subscribe({ topics: ['topic'] });
  const received = [];
  await new Promise((resolve) => {
    consumer.run({
      eachMessage: async ({ message }) => {
        received.push(String(message.value));
        if (received.length === 6) resolve();
      },
    });
  });
  assert.deepEqual(received.sort(), ['commit', 'commit', 'gzip', 'lz4', 'snappy', 'zstd']);
  assert.ok((await admin.listGroups()).groups.some(({ groupId }) => groupId === 'group'));
  await consumer.disconnect();
  assert.equal((await admin.fetchOffsets({ groupId: 'group' })).length, 1);
  await admin.deleteGroups(['group']);
  await admin.deleteTopics({ topics: ['topic'] });
  await producer.disconnect();
  await admin.disconnect();
  process.stdout.write('all is well\n');
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
