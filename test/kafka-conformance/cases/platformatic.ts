import assert from 'node:assert/strict';
import {
  Admin,
  Consumer,
  type MessagesStream,
  MessagesStreamModes,
  ProduceAcks,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';
import { Checks } from '../check';
import type { Target } from '../target';

export const checks = new Checks();

type Values = MessagesStream<string, string, string, string>;

interface Clients {
  admin(): Admin;
  producer(more?: object): Producer<string, string, string, string>;
  consume(topic: string, groupId: string, more?: object): Promise<Values>;
}

function add(name: string, body: (target: Target, clients: Clients) => Promise<void>): void {
  checks.add(`@platformatic/kafka: ${name}`, async (target) => {
    await using scope = new AsyncDisposableStack();
    const base = { clientId: 'platformatic', bootstrapBrokers: [target.address] };
    const ended = <C extends { close(force?: boolean): Promise<void> }>(client: C): C => {
      scope.defer(() => client.close(true));
      return client;
    };
    await body(target, {
      admin() {
        const admin = new Admin(base);
        scope.defer(() => admin.close());
        return admin;
      },
      producer: (more = {}) => ended(new Producer({ ...base, serializers: stringSerializers, ...more })),
      consume(topic, groupId, more = {}) {
        const consumer = ended(
          new Consumer({ ...base, groupId, deserializers: stringDeserializers, maxWaitTime: 100 }),
        );
        return consumer.consume({
          topics: [topic],
          mode: MessagesStreamModes.EARLIEST,
          autocommit: true,
          ...more,
        });
      },
    });
  });
}

async function first(stream: Values, count: number): Promise<string[]> {
  const values: string[] = [];
  for await (const { value } of stream) {
    values.push(value);
    if (values.length === count) break;
  }
  return values;
}

add('produces and consumes, and goes on where the group has committed', async (target, clients) => {
  const topic = await target.topic();
  const producer = clients.producer();
  const messages = ['a', 'b'].map((value) => ({ topic, key: 'k', value, headers: { h: 'x' } }));
  await producer.send({ messages, acks: ProduceAcks.ALL });
  assert.deepEqual(await first(await clients.consume(topic, target.name('group')), 2), ['a', 'b']);
});

for (const compression of ['gzip', 'zstd'] as const) {
  add(`${compression}`, async (target, clients) => {
    const topic = await target.topic();
    const messages = Array.from({ length: 20 }, (_, index) => ({ topic, value: `value ${index}` }));
    await clients.producer({ compression }).send({ messages });
    assert.equal((await first(await clients.consume(topic, target.name('group')), 20)).length, 20);
  });
}

add('an idempotent producer', async (target, clients) => {
  const topic = await target.topic();
  const producer = clients.producer({ idempotent: true });
  for (const value of ['a', 'b', 'c'])
    await producer.send({ messages: [{ topic, value }], acks: ProduceAcks.ALL });
  assert.deepEqual(await first(await clients.consume(topic, target.name('group')), 3), ['a', 'b', 'c']);
});

add('transactions: aborted and committed', async (target, clients) => {
  const topic = await target.topic();
  const producer = clients.producer({ idempotent: true, transactionalId: target.name('tx') });
  const aborted = await producer.beginTransaction();
  await aborted.send({ messages: [{ topic, value: 'aborted' }] });
  await aborted.abort();
  const committed = await producer.beginTransaction();
  await committed.send({ messages: [{ topic, value: 'committed' }] });
  await committed.commit();
  assert.deepEqual(await first(await clients.consume(topic, target.name('group')), 1), ['committed']);
});

add('admin: topics, groups, settings, offsets, records', async (target, clients) => {
  const admin = clients.admin();
  const topic = target.name('topic');
  await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
  assert.ok((await admin.listTopics()).includes(topic));
  await assert.rejects(admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 }));
  await clients.producer().send({ messages: ['a', 'b', 'c'].map((value) => ({ topic, value })) });
  const groupId = target.name('group');
  const stream = await clients.consume(topic, groupId);
  assert.ok((await admin.listGroups()).has(groupId));
  assert.equal((await admin.describeGroups({ groups: [groupId] })).get(groupId)?.members.size, 1);
  assert.deepEqual(await first(stream, 3), ['a', 'b', 'c']);
  const latest = await admin.listOffsets({
    topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -1n }] }],
  });
  assert.equal(latest[0]?.partitions[0]?.offset, 3n);
  await admin.deleteTopics({ topics: [topic] });
});
