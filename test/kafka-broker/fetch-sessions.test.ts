import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import test from 'node:test';
import { ErrorCode } from '../../support/kafka-broker/error-code';
import { FetchSessions, type SessionUse } from '../../support/kafka-broker/state/fetch-sessions';
import { noUuid } from '../../support/kafka-broker/uuid';
import { fetchApi } from '../../support/kafka-broker/wire/messages/fetch';
import { startBroker } from './harness';
import { ManualClock } from './manual-clock';
import { RawClient } from './raw-client';
import { produceTo } from './raw-requests';

interface Wanted {
  readonly sessionId?: number;
  readonly sessionEpoch?: number;
  /** Partition and offset. */
  readonly at?: ReadonlyArray<readonly [number, bigint]>;
  readonly forget?: readonly number[];
  readonly maxBytes?: number;
}

async function start(t: TestContext) {
  const broker = await startBroker(t);
  broker.createTopic('s', { partitions: 3 });
  const client = await RawClient.connect(broker.address);
  t.after(() => client[Symbol.dispose]());
  const fetch = async ({ at = [], forget = [], ...rest }: Wanted) => {
    const partitions = at.map(([partition, fetchOffset]) => ({
      partition,
      fetchOffset,
      partitionMaxBytes: 1_000_000,
    }));
    const answer = await client.send(fetchApi, 11, {
      replicaId: -1,
      maxWaitMs: 0,
      minBytes: 1,
      topics: partitions.length > 0 ? [{ topic: 's', partitions }] : [],
      forgottenTopicsData: forget.length > 0 ? [{ topic: 's', partitions: forget }] : [],
      ...rest,
    });
    const told = answer.responses.flatMap((response) =>
      response.partitions.map(({ partitionIndex, errorCode, records }) =>
        [partitionIndex, errorCode, records?.length ? 'records' : 'none'].join(' '),
      ),
    );
    return { errorCode: answer.errorCode, sessionId: answer.sessionId, told };
  };
  return { client, fetch, produce: (index: number) => produceTo(client, 's', { values: ['x'] }, index) };
}

test('a session is told what is new, and nothing else', async (t) => {
  const { fetch, produce } = await start(t);
  await produce(0);
  const at = [0, 1, 2].map((partition) => [partition, 0n] as const);
  const first = await fetch({ sessionEpoch: 0, at });
  assert.notEqual(first.sessionId, 0);
  assert.deepEqual(first.told, ['0 0 records', '1 0 none', '2 0 none'], 'the first answer is whole');
  const { sessionId } = first;
  const next = await fetch({ sessionId, sessionEpoch: 1, at: [[0, 1n]] });
  assert.deepEqual(next, { errorCode: 0, sessionId, told: [] });
  await produce(1);
  assert.deepEqual((await fetch({ sessionId, sessionEpoch: 2 })).told, ['1 0 records']);
  await produce(2);
  await produce(0);
  assert.deepEqual(
    (await fetch({ sessionId, sessionEpoch: 3, forget: [2] })).told,
    ['0 0 records', '1 0 records'],
    'who was served last comes last, and a partition that was forgotten not at all',
  );
});

test('a wrong epoch is 71, an unknown session 70; a full request begins anew, a final one ends it', async (t) => {
  const { fetch } = await start(t);
  const at = [[0, 0n]] as const;
  const { sessionId } = await fetch({ sessionEpoch: 0, at });
  assert.equal((await fetch({ sessionId, sessionEpoch: 2 })).errorCode, ErrorCode.invalidFetchSessionEpoch);
  assert.equal((await fetch({ sessionId, sessionEpoch: 1 })).errorCode, ErrorCode.none);
  const renewed = await fetch({ sessionId, sessionEpoch: 0, at });
  assert.notEqual(renewed.sessionId, sessionId);
  assert.equal((await fetch({ sessionId, sessionEpoch: 2 })).errorCode, ErrorCode.fetchSessionIdNotFound);
  const final = await fetch({ sessionId: renewed.sessionId, sessionEpoch: -1, at });
  assert.deepEqual(final, { errorCode: 0, sessionId: 0, told: ['0 0 none'] });
  const gone = await fetch({ sessionId: renewed.sessionId, sessionEpoch: 1 });
  assert.equal(gone.errorCode, ErrorCode.fetchSessionIdNotFound);
});

test('an error is told again in each answer until it is over', async (t) => {
  const { fetch } = await start(t);
  const { sessionId } = await fetch({ sessionEpoch: 0, at: [[0, 5n]] });
  for (const sessionEpoch of [1, 2]) {
    assert.deepEqual((await fetch({ sessionId, sessionEpoch })).told, ['0 1 none']);
  }
  assert.deepEqual((await fetch({ sessionId, sessionEpoch: 3, at: [[0, 0n]] })).told, ['0 0 none']);
  assert.deepEqual((await fetch({ sessionId, sessionEpoch: 4 })).told, []);
});

test('partitions take turns when an answer has no room for all', async (t) => {
  const { fetch, produce } = await start(t);
  for (const partition of [0, 1, 2, 0, 1, 2]) await produce(partition);
  const served: string[] = [];
  const at = [0, 1, 2].map((partition) => [partition, 0n] as const);
  const { sessionId, told } = await fetch({ sessionEpoch: 0, at, maxBytes: 1 });
  served.push(...told);
  for (const sessionEpoch of [1, 2, 3]) {
    served.push(...(await fetch({ sessionId, sessionEpoch, maxBytes: 1 })).told);
  }
  const withRecords = served.filter((each) => each.endsWith('records')).map((each) => each[0]);
  assert.deepEqual(withRecords, ['0', '0', '1', '2']);
});

test('when all slots are taken, a session that was not used for two minutes gives way', () => {
  const clock = new ManualClock();
  let random = 0;
  const sessions = new FetchSessions({ clock, random: () => (random += 0.01), slots: 2 });
  const wanted = {
    partition: 0,
    currentLeaderEpoch: -1,
    fetchOffset: 0n,
    logStartOffset: -1n,
    partitionMaxBytes: 1,
  };
  const open = () => {
    const topics = [{ topic: 't', topicId: noUuid, partitions: [wanted] }];
    const use = sessions.begin({ sessionId: 0, sessionEpoch: 0, topics, forgottenTopicsData: [] }, 1);
    return (use as SessionUse).answer([]).sessionId;
  };
  const use = (sessionId: number, sessionEpoch: number, node = 1) =>
    sessions.begin({ sessionId, sessionEpoch, topics: [], forgottenTopicsData: [] }, node);
  const [first, second] = [open(), open()];
  assert.equal(open(), 0);
  clock.advance(120_000);
  assert.ok('topics' in use(first, 1));
  const third = open();
  assert.notEqual(third, 0);
  assert.equal(sessions.count, 2);
  assert.deepEqual(use(second, 1), { error: ErrorCode.fetchSessionIdNotFound });
  assert.deepEqual(use(first, 2, 2), { error: ErrorCode.fetchSessionIdNotFound }, 'of another node');
  assert.ok('topics' in use(first, 2));
});
