import assert from 'node:assert/strict';
import { crc32c } from '../../../support/kafka-broker/records/crc32c';
import { batchLayout } from '../../../support/kafka-broker/records/record-batch';
import { deleteRecordsApi } from '../../../support/kafka-broker/wire/messages/delete-records';
import { fetchApi } from '../../../support/kafka-broker/wire/messages/fetch';
import { listOffsetsApi } from '../../../support/kafka-broker/wire/messages/list-offsets';
import { metadataApi } from '../../../support/kafka-broker/wire/messages/metadata';
import { offsetForLeaderEpochApi } from '../../../support/kafka-broker/wire/messages/offset-for-leader-epoch';
import { produceApi } from '../../../support/kafka-broker/wire/messages/produce';
import { WireWriter } from '../../../support/kafka-broker/wire/writer';
import type { RawClient } from '../../kafka-broker/raw-client';
import { sampleBatch } from '../../kafka-broker/sample-batch';
import { Checks } from '../check';
import {
  fetch,
  fetchRequest,
  firstFetchById,
  initProducer,
  listOffsets,
  produce,
  produceRequest,
} from '../requests';

export const checks = new Checks();
const { add } = checks;

const one = { values: ['a'] };

/** Changes a batch after it was made, and gives it a fitting checksum unless told otherwise. */
function altered(change: (batch: Buffer) => void, { fixCrc = true } = {}): Buffer {
  const batch = sampleBatch({ values: ['a', 'b'] });
  change(batch);
  if (fixCrc) batch.writeUInt32BE(crc32c(batch.subarray(batchLayout.attributes)), batchLayout.crc);
  return batch;
}

add(
  'Produce gives offsets in order, no append time, and the start of the log, in every version',
  async (target, client) => {
    for (const version of target.versions(produceApi)) {
      const topic = await target.topic();
      assert.equal((await produce(client, topic, { values: ['a', 'b'] }, { version })).baseOffset, 0n);
      const { errorCode, baseOffset, logAppendTimeMs, logStartOffset } = await produce(client, topic, one, {
        version,
      });
      const start = version >= 5 ? 0n : -1n;
      assert.deepEqual(
        { errorCode, baseOffset, logAppendTimeMs, logStartOffset },
        {
          errorCode: 0,
          baseOffset: 2n,
          logAppendTimeMs: -1n,
          logStartOffset: start,
        },
      );
    }
  },
);

add('Produce to an unknown topic or partition is error 3, in every version', async (target, client) => {
  const topic = await target.topic();
  for (const version of target.versions(produceApi)) {
    assert.equal((await produce(client, target.name(), one, { version })).errorCode, 3);
    assert.equal((await produce(client, topic, one, { version, index: 1 })).errorCode, 3);
    assert.equal((await produce(client, topic, one, { version, index: -1 })).errorCode, 3);
  }
});

add('Produce with acks other than -1, 0 and 1 is error 21', async (target, client) => {
  const topic = await target.topic();
  for (const acks of [2, -2]) assert.equal((await produce(client, topic, one, { acks })).errorCode, 21);
});

add('Produce with acks 0 has no answer, and the next request has its own', async (target, client) => {
  const topic = await target.topic();
  const body = new WireWriter();
  produceApi.request.write(body, produceRequest(topic, one, 0), { version: 7, flexible: false });
  client.post(produceApi.key, 7, body.toBuffer());
  await client.send(metadataApi, 1, { topics: [] });
  assert.equal((await listOffsets(client, topic, -1n)).offset, 1n);
});

add('Produce with acks 0 that fails ends the connection', async (target, client) => {
  const body = new WireWriter();
  produceApi.request.write(body, produceRequest(target.name(), one, 0), { version: 7, flexible: false });
  client.post(produceApi.key, 7, body.toBuffer());
  await client.ended();
});

add('Produce refuses damaged batches, each with its error', async (target, client) => {
  const topic = await target.topic();
  const error = async (batch: Buffer | null) => (await produce(client, topic, batch)).errorCode;
  const flip = (batch: Buffer) => batch.writeUInt8(batch.readUInt8(batch.length - 1) ^ 1, batch.length - 1);
  assert.equal(await error(altered(flip, { fixCrc: false })), 2, 'checksum');
  assert.equal(
    await error(altered((batch) => batch.writeInt16BE(0x20, batchLayout.attributes))),
    87,
    'control',
  );
  assert.equal(await error(altered((batch) => batch.writeInt32BE(3, batchLayout.recordCount))), 87, 'count');
  assert.equal(
    await error(altered((batch) => batch.writeInt32BE(5, batchLayout.lastOffsetDelta))),
    87,
    'delta',
  );
  assert.equal(await error(Buffer.concat([sampleBatch(one), sampleBatch(one)])), 87, 'two batches');
});

add('Produce of more than max.message.bytes is error 10, and nothing is stored', async (target, client) => {
  const topic = await target.topic(1, { 'max.message.bytes': '1000' });
  assert.equal((await produce(client, topic, { values: ['x'.repeat(2_000)] })).errorCode, 10);
  assert.equal((await listOffsets(client, topic, -1n)).offset, 0n);
});

add('Produce: one partition refused, the others stored', async (target, client) => {
  const topic = await target.topic(2);
  const partitions = [0, 7, 1].map((index) => ({ index, records: [sampleBatch(one)] }));
  const answer = await client.send(produceApi, 7, {
    acks: -1,
    timeoutMs: 5_000,
    topics: [{ name: topic, partitions }],
  });
  const errors = answer.topics[0]!.partitions.map(({ index, errorCode }) => [index, errorCode]);
  assert.deepEqual(
    new Map(errors as [number, number][]),
    new Map([
      [0, 0],
      [7, 3],
      [1, 0],
    ]),
  );
});

add(
  'Idempotent producer: duplicates get the first offset, gaps 45, an older epoch 47, a new one starts at 0',
  async (target, client) => {
    const topic = await target.topic();
    const { producerId } = await initProducer(client);
    const send = async (baseSequence: number, producerEpoch = 0, values = ['a', 'b']) => {
      const { errorCode, baseOffset } = await produce(client, topic, {
        values,
        producerId,
        producerEpoch,
        baseSequence,
      });
      return [errorCode, baseOffset];
    };
    for (let batch = 0; batch < 7; batch++) assert.deepEqual(await send(batch * 2), [0, BigInt(batch * 2)]);
    assert.deepEqual(await send(12), [0, 12n], 'the last again');
    assert.deepEqual(await send(4), [0, 4n], 'the fifth last again');
    assert.deepEqual((await send(2))[0], 45, 'the sixth last again');
    assert.deepEqual((await send(20))[0], 45, 'a gap');
    assert.deepEqual((await send(5, 1))[0], 45, 'a new epoch, not from 0');
    assert.deepEqual(await send(0, 1), [0, 14n], 'a new epoch, from 0');
    assert.deepEqual((await send(14, 0))[0], 47, 'the old epoch');
  },
);

add('Idempotent producer: whoever is not known may begin with any sequence', async (target, client) => {
  const topic = await target.topic();
  const { producerId } = await initProducer(client);
  const batch = { ...one, producerId, producerEpoch: 0, baseSequence: 9 };
  assert.equal((await produce(client, topic, batch)).errorCode, 0);
});

add('Idempotent producer: sequences go on at 0 after the largest number', async (target, client) => {
  const topic = await target.topic();
  const { producerId } = await initProducer(client);
  const send = async (baseSequence: number, values: string[]) =>
    (await produce(client, topic, { values, producerId, producerEpoch: 0, baseSequence })).errorCode;
  assert.equal(await send(2 ** 31 - 2, ['a', 'b']), 0);
  assert.equal(await send(0, ['c']), 0);
  assert.equal(await send(2 ** 31 - 2, ['d', 'e', 'f']), 45);
});

add('Fetch gives whole batches with the high watermark, in every version', async (target, client) => {
  const topic = await target.topic();
  await produce(client, topic, { values: ['a', 'b', 'c'] });
  for (const version of target.versions(fetchApi).filter((version) => version >= 4)) {
    const { errorCode, highWatermark, lastStableOffset, logStartOffset, records, abortedTransactions } =
      await fetch(client, topic, { version, offset: 1n });
    assert.deepEqual(
      { errorCode, highWatermark, lastStableOffset, logStartOffset, abortedTransactions },
      {
        errorCode: 0,
        highWatermark: 3n,
        lastStableOffset: 3n,
        logStartOffset: version >= 5 ? 0n : -1n,
        abortedTransactions: null,
      },
    );
    assert.equal(
      records?.readBigInt64BE(batchLayout.baseOffset),
      0n,
      'the batch that holds the offset, whole',
    );
    assert.equal(records?.readInt32BE(batchLayout.leaderEpoch), 0);
  }
});

add(
  'Fetch: empty at the end, 1 beyond it and below the start, 3 for what is unknown, in every version',
  async (target, client) => {
    const topic = await target.topic();
    await produce(client, topic, { values: ['a', 'b', 'c'] });
    const partitions = [{ partitionIndex: 0, offset: 2n }];
    await client.send(deleteRecordsApi, 1, { topics: [{ name: topic, partitions }], timeoutMs: 5_000 });
    for (const version of target.versions(fetchApi).filter((version) => version >= 4)) {
      const end = await fetch(client, topic, { version, offset: 3n });
      assert.deepEqual([end.errorCode, end.records?.length], [0, 0]);
      assert.equal((await fetch(client, topic, { version, offset: 4n })).errorCode, 1);
      assert.equal((await fetch(client, topic, { version, offset: 1n })).errorCode, 1);
      assert.equal((await fetch(client, topic, { version, offset: -1n })).errorCode, 1);
      assert.equal(
        (await fetch(client, target.name(), { version })).errorCode,
        version < firstFetchById ? 3 : 100,
      );
      assert.equal((await fetch(client, topic, { version, index: 3 })).errorCode, 3);
    }
  },
);

add('Fetch: what goes with an error', async (target, client) => {
  const topic = await target.topic();
  const { highWatermark, lastStableOffset, logStartOffset, records } = await fetch(client, topic, {
    offset: 9n,
  });
  assert.deepEqual([highWatermark, lastStableOffset, logStartOffset, records?.length], [-1n, -1n, -1n, 0]);
});

add(
  'Fetch: the first batch comes whole whatever the limits; the next only if it fits',
  async (target, client) => {
    const topic = await target.topic();
    const size = sampleBatch({ values: ['x'.repeat(500)] }).length;
    for (let count = 0; count < 3; count++) await produce(client, topic, { values: ['x'.repeat(500)] });
    const sizes = async (limits: object) => (await fetch(client, topic, limits)).records?.length;
    assert.equal(await sizes({ partitionMaxBytes: 1 }), size);
    assert.equal(await sizes({ maxBytes: 1 }), size);
    assert.equal(await sizes({ partitionMaxBytes: size * 2 }), size * 2);
    assert.equal(await sizes({ maxBytes: size * 2 }), size * 2);
    assert.equal(await sizes({}), size * 3);
  },
);

add('Fetch cuts the last batch that does not fit, or leaves it out', async (target, client) => {
  const topic = await target.topic();
  const size = sampleBatch({ values: ['x'.repeat(500)] }).length;
  for (let count = 0; count < 3; count++) await produce(client, topic, { values: ['x'.repeat(500)] });
  const { records } = await fetch(client, topic, { partitionMaxBytes: size * 2 + 100 });
  assert.equal(
    records?.length,
    target.differs('whole-batches', { embedded: size * 2, real: size * 2 + 100 }),
  );
});

add(
  'Fetch: the limit counts for all partitions together, the exception for the first only',
  async (target, client) => {
    const topic = await target.topic(2);
    for (const index of [0, 1]) await produce(client, topic, { values: ['x'.repeat(500)] }, { index });
    const request = fetchRequest(topic, { maxBytes: 10 });
    const [partition] = request.topics[0]!.partitions;
    request.topics[0]!.partitions = [partition!, { ...partition!, partition: 1 }];
    const { responses } = await client.send(fetchApi, 11, request);
    const lengths = responses[0]!.partitions.map(({ records }) => records?.length ?? 0);
    assert.ok(lengths[0]! > 0);
    assert.equal(lengths[1], 0);
  },
);

add('Fetch waits for records, and answers as they come', async (target, client) => {
  const topic = await target.topic();
  const waiting = fetch(client, topic, { maxWaitMs: 30_000 });
  using writer = await target.connect();
  await produce(writer, topic, one);
  assert.ok(((await waiting).records?.length ?? 0) > 0);
});

add('Fetch waits for as many bytes as it wants', async (target, client) => {
  const topic = await target.topic();
  const size = sampleBatch(one).length;
  const waiting = fetch(client, topic, { maxWaitMs: 30_000, minBytes: size * 2 });
  using writer = await target.connect();
  await produce(writer, topic, one);
  await produce(writer, topic, one);
  assert.equal((await waiting).records?.length, size * 2);
});

add('Fetch does not wait when a partition has an error', async (target, client) => {
  const topic = await target.topic();
  assert.equal((await fetch(client, topic, { maxWaitMs: 60_000, offset: 5n })).errorCode, 1);
});

add('Fetch: an unknown session is error 70', async (target, client) => {
  const topic = await target.topic();
  const request = { ...fetchRequest(topic), sessionId: 4711, sessionEpoch: 1 };
  for (const version of target.versions(fetchApi).filter((each) => each >= 7)) {
    assert.equal((await client.send(fetchApi, version, request)).errorCode, 70);
  }
});

add(
  'Fetch and ListOffsets: an older leader epoch is 74, a newer one 75, the current one is right',
  async (target, client) => {
    const topic = await target.topic();
    for (const [currentLeaderEpoch, error] of [
      [0, 0],
      [-1, 0],
      [5, 75],
    ] as const) {
      assert.equal((await fetch(client, topic, { currentLeaderEpoch })).errorCode, error);
      assert.equal((await listOffsets(client, topic, -1n, { currentLeaderEpoch })).errorCode, error);
    }
  },
);

add(
  'OffsetForLeaderEpoch: where an epoch ended; a later one -1; wrong current epochs 74 and 75; unknown 3; in every version',
  async (target, client) => {
    const topic = await target.topic();
    await produce(client, topic, { values: ['a', 'b', 'c'] });
    const ask = async (
      version: number,
      leaderEpoch: number,
      currentLeaderEpoch = -1,
      name = topic,
      partition = 0,
    ) => {
      const partitions = [{ partition, currentLeaderEpoch, leaderEpoch }];
      const request = { replicaId: -1, topics: [{ topic: name, partitions }] };
      const { topics } = await client.send(offsetForLeaderEpochApi, version, request);
      const { errorCode, leaderEpoch: epoch, endOffset } = topics[0]!.partitions[0]!;
      return [errorCode, epoch, endOffset];
    };
    const withCurrentEpoch = 2;
    for (const version of target
      .versions(offsetForLeaderEpochApi)
      .filter((each) => each >= withCurrentEpoch)) {
      assert.deepEqual(await ask(version, 0), [0, 0, 3n]);
      assert.deepEqual(await ask(version, 0, 0), [0, 0, 3n]);
      assert.deepEqual(await ask(version, 1), [0, -1, -1n], 'an epoch that is still to come');
      assert.deepEqual(await ask(version, 0, 1), [75, -1, -1n], 'the broker knows of no such epoch');
      assert.deepEqual(await ask(version, 0, -1, target.name()), [3, -1, -1n]);
      assert.deepEqual(await ask(version, 0, -1, topic, 7), [3, -1, -1n]);
    }
  },
);

add(
  'ListOffsets: the earliest, the latest and what there is at a time, in every version',
  async (target, client) => {
    const topic = await target.topic();
    await produce(client, topic, { values: ['a', 'b'], timestamps: [1_000, 2_000] });
    await produce(client, topic, { values: ['c', 'd'], timestamps: [3_000, 4_000] });
    for (const version of target.versions(listOffsetsApi).filter((each) => each >= 1)) {
      const at = async (time: bigint) => {
        const { errorCode, offset, timestamp } = await listOffsets(client, topic, time, { version });
        return [errorCode, offset, timestamp];
      };
      assert.deepEqual(await at(-1n), [0, 4n, -1n]);
      assert.deepEqual(await at(-2n), [0, 0n, -1n]);
      assert.deepEqual(await at(0n), [0, 0n, 1_000n]);
      assert.deepEqual(await at(1_500n), [0, 1n, 2_000n], 'inside of a batch');
      assert.deepEqual(await at(2_001n), [0, 2n, 3_000n]);
      assert.deepEqual(await at(4_001n), [0, -1n, -1n], 'after the last');
      assert.equal((await listOffsets(client, target.name(), -1n, { version })).errorCode, 3);
      assert.equal((await listOffsets(client, topic, -1n, { version, index: 4 })).errorCode, 3);
    }
  },
);

add('ListOffsets: a partition that is asked for twice is error 42, once', async (target, client) => {
  const topic = await target.topic(2);
  const partitions = [0, 1, 0].map((partitionIndex) => ({ partitionIndex, timestamp: -1n }));
  const topics = [{ name: topic, partitions }];
  for (const version of target.versions(listOffsetsApi).filter((each) => each >= 1)) {
    const answer = await client.send(listOffsetsApi, version, { replicaId: -1, topics });
    const errors = answer.topics
      .flatMap((each) => each.partitions)
      .map((each) => [each.partitionIndex, each.errorCode]);
    assert.deepEqual(errors.sort(), [
      [0, 42],
      [1, 0],
    ]);
  }
});

add('ListOffsets of an empty partition: 0 twice, and nothing at any time', async (target, client) => {
  const topic = await target.topic();
  const offsets = await Promise.all([-1n, -2n, 0n].map((time) => ask(time)));
  async function ask(time: bigint): Promise<bigint> {
    using own = await target.connect();
    return (await listOffsets(own, topic, time)).offset;
  }
  assert.deepEqual(offsets, [0n, 0n, -1n]);
  assert.equal((await listOffsets(client, topic, -1n)).leaderEpoch, 0);
});

async function deleteBefore(
  client: RawClient,
  name: string,
  offset: bigint,
  version: number,
  partitionIndex = 0,
) {
  const partitions = [{ partitionIndex, offset }];
  const { topics } = await client.send(deleteRecordsApi, version, {
    topics: [{ name, partitions }],
    timeoutMs: 5_000,
  });
  const { errorCode, lowWatermark } = topics[0]!.partitions[0]!;
  return [errorCode, lowWatermark];
}

add(
  'DeleteRecords: up to an offset, below the start, beyond the end, all, unknown; in every version',
  async (target, client) => {
    for (const version of target.versions(deleteRecordsApi)) {
      const topic = await target.topic();
      await produce(client, topic, { values: ['a', 'b', 'c', 'd'] });
      assert.deepEqual(await deleteBefore(client, topic, 2n, version), [0, 2n]);
      assert.deepEqual(await deleteBefore(client, topic, 1n, version), [0, 2n]);
      assert.deepEqual(await deleteBefore(client, topic, 5n, version), [1, -1n]);
      assert.deepEqual(await deleteBefore(client, topic, -2n, version), [1, -1n]);
      assert.equal((await listOffsets(client, topic, -2n)).offset, 2n);
      assert.equal((await fetch(client, topic, { offset: 1n })).errorCode, 1);
      assert.deepEqual(await deleteBefore(client, topic, -1n, version), [0, 4n]);
      assert.equal((await produce(client, topic, one)).logStartOffset, 4n);
      assert.deepEqual(await deleteBefore(client, target.name(), 0n, version), [3, -1n]);
      assert.deepEqual(await deleteBefore(client, topic, 0n, version, 8), [3, -1n]);
    }
  },
);
