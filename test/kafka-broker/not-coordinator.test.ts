import assert from 'node:assert/strict';
import test from 'node:test';
import { ErrorCode } from '../../support/kafka-broker/error-code';
import { addOffsetsToTxnApi } from '../../support/kafka-broker/wire/messages/add-offsets-to-txn';
import { addPartitionsToTxnApi } from '../../support/kafka-broker/wire/messages/add-partitions-to-txn';
import { deleteGroupsApi } from '../../support/kafka-broker/wire/messages/delete-groups';
import { describeGroupsApi } from '../../support/kafka-broker/wire/messages/describe-groups';
import { endTxnApi } from '../../support/kafka-broker/wire/messages/end-txn';
import { findCoordinatorApi } from '../../support/kafka-broker/wire/messages/find-coordinator';
import { heartbeatApi } from '../../support/kafka-broker/wire/messages/heartbeat';
import { initProducerIdApi } from '../../support/kafka-broker/wire/messages/init-producer-id';
import { joinGroupApi } from '../../support/kafka-broker/wire/messages/join-group';
import { leaveGroupApi } from '../../support/kafka-broker/wire/messages/leave-group';
import { offsetCommitApi } from '../../support/kafka-broker/wire/messages/offset-commit';
import { offsetFetchApi } from '../../support/kafka-broker/wire/messages/offset-fetch';
import { syncGroupApi } from '../../support/kafka-broker/wire/messages/sync-group';
import { txnOffsetCommitApi } from '../../support/kafka-broker/wire/messages/txn-offset-commit';
import { startBroker } from './harness';
import { RawClient } from './raw-client';

const group = { groupId: 'id', memberId: 'm', generationId: 1 };
const transaction = { transactionalId: 'id', producerId: 0n, producerEpoch: 0 };
const offset = { partitionIndex: 0, committedOffset: 0n, committedMetadata: null };
const { notCoordinator } = ErrorCode;
const none = { throttleTimeMs: 0 };

type Ask = (client: RawClient) => Promise<unknown>;

/** Each answer in full: the error stands where that version of that API has it. */
const cases: ReadonlyArray<readonly [name: string, ask: Ask, answer: unknown]> = [
  [
    'JoinGroup 5',
    (client) =>
      client.send(joinGroupApi, 5, {
        ...group,
        sessionTimeoutMs: 10_000,
        protocolType: 'consumer',
        protocols: [{ name: 'x', metadata: Buffer.alloc(0) }],
      }),
    {
      ...none,
      errorCode: 16,
      generationId: -1,
      protocolType: null,
      protocolName: '',
      leader: '',
      memberId: '',
      members: [],
    },
  ],
  [
    'SyncGroup 3',
    (client) => client.send(syncGroupApi, 3, { ...group, assignments: [] }),
    { ...none, errorCode: 16, protocolType: null, protocolName: null, assignment: Buffer.alloc(0) },
  ],
  ['Heartbeat 0', (client) => client.send(heartbeatApi, 0, group), { ...none, errorCode: 16 }],
  [
    'LeaveGroup 3',
    (client) =>
      client.send(leaveGroupApi, 3, { groupId: 'id', members: [{ memberId: 'm', groupInstanceId: null }] }),
    { ...none, errorCode: 16, members: [] },
  ],
  [
    'OffsetCommit 7',
    (client) =>
      client.send(offsetCommitApi, 7, {
        ...group,
        topics: [{ name: 't', partitions: [offset, { ...offset, partitionIndex: 4 }] }],
      }),
    {
      ...none,
      topics: [
        {
          name: 't',
          partitions: [
            { partitionIndex: 0, errorCode: 16 },
            { partitionIndex: 4, errorCode: 16 },
          ],
        },
      ],
    },
  ],
  [
    'OffsetFetch 1, which has no error of its own',
    (client) =>
      client.send(offsetFetchApi, 1, { groupId: 'id', topics: [{ name: 't', partitionIndexes: [2] }] }),
    {
      ...none,
      errorCode: 0,
      groups: [],
      topics: [
        {
          name: 't',
          partitions: [
            {
              partitionIndex: 2,
              committedOffset: -1n,
              committedLeaderEpoch: -1,
              metadata: '',
              errorCode: 16,
            },
          ],
        },
      ],
    },
  ],
  [
    'OffsetFetch 5',
    (client) => client.send(offsetFetchApi, 5, { groupId: 'id', topics: null }),
    { ...none, errorCode: 16, topics: [], groups: [] },
  ],
  [
    'DescribeGroups 4',
    async (client) =>
      (await client.send(describeGroupsApi, 4, { groups: ['id'] })).groups.map(({ groupId, errorCode }) => ({
        groupId,
        errorCode,
      })),
    [{ groupId: 'id', errorCode: 16 }],
  ],
  [
    'DeleteGroups 1',
    (client) => client.send(deleteGroupsApi, 1, { groupsNames: ['id'] }),
    { ...none, results: [{ groupId: 'id', errorCode: 16 }] },
  ],
  [
    'InitProducerId 1',
    (client) => client.send(initProducerIdApi, 1, { transactionalId: 'id', transactionTimeoutMs: 1_000 }),
    { ...none, errorCode: 16, producerId: -1n, producerEpoch: -1 },
  ],
  [
    'AddPartitionsToTxn 1',
    (client) =>
      client.send(addPartitionsToTxnApi, 1, { ...transaction, topics: [{ name: 't', partitions: [3] }] }),
    { ...none, results: [{ name: 't', results: [{ partitionIndex: 3, errorCode: 16 }] }] },
  ],
  [
    'AddOffsetsToTxn 1',
    (client) => client.send(addOffsetsToTxnApi, 1, { ...transaction, groupId: 'g' }),
    { ...none, errorCode: 16 },
  ],
  [
    'EndTxn 1',
    (client) => client.send(endTxnApi, 1, { ...transaction, committed: true }),
    { ...none, errorCode: 16 },
  ],
  [
    'TxnOffsetCommit 2',
    (client) =>
      client.send(txnOffsetCommitApi, 2, {
        ...transaction,
        groupId: 'id',
        topics: [{ name: 't', partitions: [offset] }],
      }),
    { ...none, topics: [{ name: 't', partitions: [{ partitionIndex: 0, errorCode: 16 }] }] },
  ],
];

for (const [name, ask, answer] of cases) {
  test(`who does not coordinate answers error 16 in its place: ${name}`, async (t) => {
    const broker = await startBroker(t, { brokers: 2 });
    using client = await RawClient.connect(broker.address.split(',')[0]!);
    const { nodeId } = await client.send(findCoordinatorApi, 2, { key: 'id', keyType: 0 });
    const { port } = broker.brokers.find(({ id }) => id !== nodeId)!;
    using other = await RawClient.connect(`127.0.0.1:${port}`);
    assert.deepEqual(await ask(other), answer);
    assert.equal(notCoordinator, 16);
  });
}
