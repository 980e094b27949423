import assert from 'node:assert/strict';
import { apiVersionsApi } from '../../../support/kafka-broker/wire/messages/api-versions';
import { consumerGroupDescribeApi } from '../../../support/kafka-broker/wire/messages/consumer-group-describe';
import { consumerGroupHeartbeatApi } from '../../../support/kafka-broker/wire/messages/consumer-group-heartbeat';
import { Checks } from '../check';
import { offeredApis } from '../target';

export const checks = new Checks();
const { add } = checks;

const client = { clientSoftwareName: 'conformance', clientSoftwareVersion: '1' };

add('ApiVersions: every version gives the same list', async (target, raw) => {
  const lists = [];
  for (const version of target.versions(apiVersionsApi)) {
    if (version > 3) continue;
    const { errorCode, apiKeys } = await raw.send(apiVersionsApi, version, client);
    assert.equal(errorCode, 0);
    lists.push(apiKeys.map(({ apiKey }) => apiKey).sort());
  }
  for (const list of lists) assert.deepEqual(list, lists[0]);
});

add('ApiVersions: a version that is too new is error 35 in the layout of version 0', async (_target, raw) => {
  const answer = await raw.exchange(18, 99, Buffer.from([1, 1, 0]), true);
  assert.equal(answer.readInt16BE(0), 35);
  assert.ok(answer.readInt32BE(2) > 0);
});

add(
  'A real Kafka 4 has dropped the oldest versions; the embedded broker has them, for old clients',
  (target) => {
    const dropped = offeredApis
      .filter((api) => (target.lowest(api) ?? 0) > api.versions[0])
      .sort((a, b) => a.key - b.key)
      .map((api) => `${api.key}: ${target.lowest(api)}`);
    const expected = target.differs<string[]>('old-versions', {
      embedded: [],
      real: [
        '0: 3',
        '1: 4',
        '2: 1',
        '8: 2',
        '9: 1',
        '19: 2',
        '20: 1',
        '23: 2',
        '29: 1',
        '30: 1',
        '31: 1',
        '32: 1',
        '35: 1',
      ],
    });
    assert.deepEqual(dropped, expected);
    return Promise.resolve();
  },
);

add('Every API that the embedded broker offers, a real one offers in a common version', (target) => {
  const missing = offeredApis.filter((api) => target.versions(api).length === 0);
  assert.deepEqual(
    missing.map(({ key }) => key),
    [],
  );
  return Promise.resolve();
});

add('A real Kafka 4.1 offers more: for administration, quotas, share groups and streams', (target) => {
  const offered = new Set(offeredApis.map(({ key }) => key));
  const more = target.keys.filter((key) => !offered.has(key)).sort((a, b) => a - b);
  const expected = target.differs<number[]>('fewer-apis', {
    embedded: [],
    real: [
      ...[27, 34, 38, 39, 40, 41, 48, 49, 55, 57, 64, 66, 74, 75].filter((key) => !offered.has(key)),
      ...[76, 77, 78, 79, 80, 81, 83, 84, 85, 86, 87, 90, 91, 92],
    ],
  });
  assert.deepEqual(more, expected);
  return Promise.resolve();
});

add('The consumer protocol of KIP-848 is switched off: error 35, in every version', async (target, raw) => {
  const heartbeat = {
    groupId: 'new-protocol',
    memberId: 'm',
    memberEpoch: 0,
    instanceId: null,
    rackId: null,
    rebalanceTimeoutMs: 1_000,
    subscribedTopicNames: ['t'],
    serverAssignor: null,
    topicPartitions: [],
  };
  for (const version of target.versions(consumerGroupHeartbeatApi)) {
    const answer = await raw.send(consumerGroupHeartbeatApi, version, heartbeat);
    assert.deepEqual(answer, {
      throttleTimeMs: 0,
      errorCode: 35,
      errorMessage: null,
      memberId: null,
      memberEpoch: 0,
      heartbeatIntervalMs: 0,
      assignment: null,
    });
  }
  assert.deepEqual(target.versions(consumerGroupDescribeApi), [0, 1]);
  for (const version of target.versions(consumerGroupDescribeApi)) {
    const asked = { groupIds: ['b', 'a', 'b'], includeAuthorizedOperations: true };
    const { groups } = await raw.send(consumerGroupDescribeApi, version, asked);
    const expected = asked.groupIds.map((groupId) => ({
      errorCode: 35,
      errorMessage: null,
      groupId,
      groupState: '',
      groupEpoch: 0,
      assignmentEpoch: 0,
      assignorName: '',
      members: [],
      authorizedOperations: -0x80000000,
    }));
    assert.deepEqual(groups, expected);
  }
});

add(
  'An unknown API, one for brokers alone, one that was removed, a version not offered, or bytes that are no request end the connection',
  async (target) => {
    for (const [key, version] of [
      [0x7ffe, 0],
      [4, 0], // LeaderAndIsr, removed
      [52, 0], // Vote, of controllers
      [58, 0], // Envelope, of brokers
      [3, 99],
      [68, 9],
      [69, -1],
    ] as const) {
      using bad = await target.connect();
      bad.post(key, version, Buffer.alloc(8));
      await bad.ended();
    }
    for (const bytes of ['00000003ffffff', 'ffffffff', '7fffffff', '00000000']) {
      using bad = await target.connect();
      bad.socket.write(Buffer.from(bytes, 'hex'));
      await bad.ended();
    }
  },
);
