import assert from 'node:assert/strict';
import { addOffsetsToTxnApi } from '../../../support/kafka-broker/wire/messages/add-offsets-to-txn';
import { addPartitionsToTxnApi } from '../../../support/kafka-broker/wire/messages/add-partitions-to-txn';
import { endTxnApi } from '../../../support/kafka-broker/wire/messages/end-txn';
import { initProducerIdApi } from '../../../support/kafka-broker/wire/messages/init-producer-id';
import { txnOffsetCommitApi } from '../../../support/kafka-broker/wire/messages/txn-offset-commit';
import type { RawClient } from '../../kafka-broker/raw-client';
import { Checks } from '../check';
import {
  addPartition,
  committed,
  endTransaction,
  fetch,
  initProducer,
  listOffsets,
  produce,
  type TransactionalId,
} from '../requests';
import type { Target } from '../target';

export const checks = new Checks();
const { add } = checks;

const transactional = 0x10;

async function begin(
  target: Target,
  client: RawClient,
  transactionalId = target.name('tx'),
): Promise<TransactionalId> {
  for (;;) {
    const { errorCode, producerId, producerEpoch } = await initProducer(client, transactionalId);
    if (errorCode === 0) return { transactionalId, producerId, producerEpoch };
    assert.equal(errorCode, 51, 'a real Kafka may still be ending what was open');
  }
}

/** Adds the partition; a real Kafka may still be writing markers of the transaction before (51). */
async function added(
  client: RawClient,
  producer: TransactionalId,
  topic: string,
  version = 2,
): Promise<number> {
  for (;;) {
    const error = await addPartition(client, producer, topic, version);
    if (error !== 51) return error;
  }
}

async function write(
  client: RawClient,
  producer: TransactionalId,
  topic: string,
  baseSequence: number,
  values = ['a'],
) {
  const batch = { values, attributes: transactional, baseSequence, ...producer };
  return (await produce(client, topic, batch, { transactionalId: producer.transactionalId })).errorCode;
}

add(
  'InitProducerId without a transactional id gives a fresh id each time, in every version',
  async (target, client) => {
    for (const version of target.versions(initProducerIdApi)) {
      const first = await initProducer(client, null, version);
      const second = await initProducer(client, null, version);
      assert.deepEqual([first.errorCode, first.producerEpoch, second.producerEpoch], [0, 0, 0]);
      assert.notEqual(first.producerId, second.producerId);
    }
  },
);

add(
  'InitProducerId with a transactional id keeps the id and raises the epoch, in every version',
  async (target, client) => {
    for (const version of target.versions(initProducerIdApi)) {
      const transactionalId = target.name('tx');
      const first = await initProducer(client, transactionalId, version);
      const second = await initProducer(client, transactionalId, version);
      assert.deepEqual(
        [second.producerId, first.producerEpoch, second.producerEpoch],
        [first.producerId, 0, 1],
      );
    }
  },
);

add(
  'InitProducerId: an empty id is 42, a time-out that is too long or none is 50',
  async (target, client) => {
    const error = async (transactionalId: string, transactionTimeoutMs: number) =>
      (await client.send(initProducerIdApi, 1, { transactionalId, transactionTimeoutMs })).errorCode;
    assert.equal(await error('', 60_000), 42);
    assert.equal(await error(target.name('tx'), 900_001), 50);
    assert.equal(await error(target.name('tx'), 0), 50);
  },
);

add(
  'Adding to and ending a transaction: wrong id 49, wrong epoch 47, in every version',
  async (target, client) => {
    const topic = await target.topic();
    for (const version of target.versions(addPartitionsToTxnApi)) {
      const producer = await begin(target, client);
      const epoch = version >= 2 ? 90 : 47;
      assert.equal(await addPartition(client, { ...producer, producerId: 4711n }, topic, version), 49);
      assert.equal(
        await addPartition(client, { ...producer, transactionalId: target.name('tx') }, topic, version),
        49,
      );
      assert.equal(await addPartition(client, { ...producer, producerEpoch: 5 }, topic, version), epoch);
      assert.equal(await addPartition(client, { ...producer, transactionalId: '' }, topic, version), 42);
      assert.equal(await addPartition(client, producer, target.name(), version), 3);
      assert.equal(await added(client, producer, topic, version), 0);
      assert.equal(await added(client, producer, topic, version), 0, 'again');
    }
  },
);

add('AddPartitionsToTxn: one unknown partition, and none is added (3 and 55)', async (target, client) => {
  const topic = await target.topic();
  const producer = await begin(target, client);
  const topics = [{ name: topic, partitions: [0, 6] }];
  const { results } = await client.send(addPartitionsToTxnApi, 2, { ...producer, topics });
  const errors = results[0]!.results.map(({ partitionIndex, errorCode }) => [partitionIndex, errorCode]);
  assert.deepEqual(
    new Map(errors as [number, number][]),
    new Map([
      [0, 55],
      [6, 3],
    ]),
  );
  assert.equal(await endTransaction(client, producer, true), 48);
});

add(
  'EndTxn: nothing added 48, wrong id 49, wrong epoch 47 or 90, the other end 48, the same end again 0',
  async (target, client) => {
    const topic = await target.topic();
    for (const version of target.versions(endTxnApi)) {
      const producer = await begin(target, client);
      assert.equal(await endTransaction(client, producer, true, version), 48);
      assert.equal(await endTransaction(client, { ...producer, producerId: 4711n }, true, version), 49);
      assert.equal(
        await endTransaction(client, { ...producer, producerEpoch: 5 }, true, version),
        version >= 2 ? 90 : 47,
      );
      await added(client, producer, topic);
      assert.equal(await endTransaction(client, producer, true, version), 0);
      assert.equal(await endTransaction(client, producer, true, version), 0);
      assert.equal(await endTransaction(client, producer, false, version), 48);
    }
  },
);

add(
  'Records of an open transaction: above the last stable offset; after the commit below',
  async (target, client) => {
    const topic = await target.topic();
    const producer = await begin(target, client);
    await produce(client, topic, { values: ['before'] });
    assert.equal(await added(client, producer, topic), 0);
    assert.equal(await write(client, producer, topic, 0, ['x', 'y']), 0);
    await produce(client, topic, { values: ['after'] });
    const open = await fetch(client, topic, { committed: true });
    assert.deepEqual([open.highWatermark, open.lastStableOffset], [4n, 1n]);
    assert.equal((await listOffsets(client, topic, -1n, { committed: true })).offset, 1n);
    assert.equal((await listOffsets(client, topic, -1n)).offset, 4n);
    assert.equal((await fetch(client, topic, { committed: true, offset: 1n })).records?.length, 0);
    assert.ok((await fetch(client, topic, { offset: 1n })).records!.length > 0);
    assert.equal(await endTransaction(client, producer, true), 0);
    await settled(client, topic, 5n);
    const done = await fetch(client, topic, { committed: true });
    assert.deepEqual([done.highWatermark, done.lastStableOffset, done.abortedTransactions], [5n, 5n, []]);
  },
);

/** A real Kafka writes the markers after its answer. */
async function settled(client: RawClient, topic: string, end: bigint): Promise<void> {
  while ((await listOffsets(client, topic, -1n, { committed: true })).offset !== end);
}

add(
  'Aborted transactions are told with their first offsets, in order, for read_committed only',
  async (target, client) => {
    const topic = await target.topic();
    const [first, second] = [await begin(target, client), await begin(target, client)];
    for (const producer of [first, second]) {
      await added(client, producer, topic);
      assert.equal(await write(client, producer, topic, 0), 0);
    }
    assert.equal(await endTransaction(client, second, false), 0);
    assert.equal(await endTransaction(client, first, false), 0);
    await settled(client, topic, 4n);
    const { abortedTransactions } = await fetch(client, topic, { committed: true });
    const told = abortedTransactions!
      .map(({ producerId, firstOffset }) => `${producerId} ${firstOffset}`)
      .sort();
    assert.deepEqual(told, [`${first.producerId} 0`, `${second.producerId} 1`].sort());
    assert.equal((await fetch(client, topic, {})).abortedTransactions, null);
  },
);

add('A waiting read_committed fetch is answered as the transaction ends', async (target, client) => {
  const topic = await target.topic();
  const producer = await begin(target, client);
  await added(client, producer, topic);
  await write(client, producer, topic, 0);
  using reader = await target.connect();
  const waiting = fetch(reader, topic, { committed: true, maxWaitMs: 30_000 });
  await endTransaction(client, producer, true);
  assert.ok((await waiting).records!.length > 0);
});

add('Producing to a partition that is not in the transaction is error 48', async (target, client) => {
  const [topic, other] = [await target.topic(), await target.topic()];
  const producer = await begin(target, client);
  assert.equal(await write(client, producer, topic, 0), 48, 'no transaction');
  await added(client, producer, topic);
  assert.equal(await write(client, producer, topic, 0), 0);
  assert.equal(await write(client, producer, other, 0), 48, 'another topic');
  await endTransaction(client, producer, true);
});

add('Producing in a transaction without saying in which is error 53', async (target, client) => {
  const topic = await target.topic();
  const producer = await begin(target, client);
  await added(client, producer, topic);
  const batch = { values: ['a'], ...producer, baseSequence: 0, attributes: 0x10 };
  assert.equal((await produce(client, topic, batch)).errorCode, 53);
  assert.equal(await write(client, producer, topic, 0), 0);
  await endTransaction(client, producer, true);
});

add('A successor fences its predecessor and aborts what it left open', async (target, client) => {
  const topic = await target.topic();
  const old = await begin(target, client);
  await added(client, old, topic);
  await write(client, old, topic, 0);
  const successor = await begin(target, client, old.transactionalId);
  assert.deepEqual(successor.producerId, old.producerId);
  assert.ok(successor.producerEpoch > old.producerEpoch);
  assert.equal(await write(client, old, topic, 1), 47);
  assert.equal(await addPartition(client, old, topic), 90);
  assert.equal(await endTransaction(client, old, true), 90);
  await settled(client, topic, 2n);
  const { abortedTransactions } = await fetch(client, topic, { committed: true });
  assert.deepEqual(
    abortedTransactions!.map(({ firstOffset }) => firstOffset),
    [0n],
  );
});

add("The successor's epoch is one or two higher when a transaction was open", async (target, client) => {
  const topic = await target.topic();
  const old = await begin(target, client);
  await added(client, old, topic);
  const successor = await begin(target, client, old.transactionalId);
  assert.equal(successor.producerEpoch, target.differs('epoch-after-abort', { embedded: 1, real: 2 }));
});

async function addGroup(client: RawClient, producer: TransactionalId, groupId: string, version = 2) {
  for (;;) {
    const { errorCode } = await client.send(addOffsetsToTxnApi, version, { ...producer, groupId });
    if (errorCode !== 51) return errorCode;
  }
}

async function commitIn(
  client: RawClient,
  producer: TransactionalId,
  groupId: string,
  name: string,
  offset: bigint,
  version = 2,
) {
  const topics = [
    { name, partitions: [{ partitionIndex: 0, committedOffset: offset, committedMetadata: '' }] },
  ];
  const answer = await client.send(txnOffsetCommitApi, version, { ...producer, groupId, topics });
  return answer.topics[0]!.partitions[0]!.errorCode;
}

add(
  'Offsets in a transaction count once it is committed, and not when it is aborted, in every version',
  async (target, client) => {
    const topic = await target.topic();
    const offset = async (group: string) => (await committed(client, group, topic)).committedOffset;
    for (const version of target.versions(txnOffsetCommitApi)) {
      const group = target.name('group');
      const producer = await begin(target, client);
      assert.equal(await addGroup(client, { ...producer, producerId: 4711n }, group, version), 49);
      assert.equal(
        await addGroup(client, { ...producer, producerEpoch: 9 }, group, version),
        version >= 2 ? 90 : 47,
      );
      assert.equal(await addGroup(client, producer, group, version), 0);
      assert.equal(await commitIn(client, producer, '', topic, 5n, version), 24);
      assert.equal(await commitIn(client, producer, group, topic, 5n, version), 0);
      assert.equal(await offset(group), -1n);
      assert.equal(await endTransaction(client, producer, false), 0);
      assert.equal(await addGroup(client, producer, group, version), 0);
      assert.equal(await commitIn(client, producer, group, topic, 6n, version), 0);
      assert.equal(await endTransaction(client, producer, true), 0);
      while ((await offset(group)) === -1n);
      assert.equal(await offset(group), 6n);
    }
  },
);
