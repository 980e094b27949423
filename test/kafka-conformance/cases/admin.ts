import assert from 'node:assert/strict';
import { alterPartitionReassignmentsApi } from '../../../support/kafka-broker/wire/messages/alter-partition-reassignments';
import { alterUserScramCredentialsApi } from '../../../support/kafka-broker/wire/messages/alter-user-scram-credentials';
import { createAclsApi } from '../../../support/kafka-broker/wire/messages/create-acls';
import { deleteAclsApi } from '../../../support/kafka-broker/wire/messages/delete-acls';
import { describeAclsApi } from '../../../support/kafka-broker/wire/messages/describe-acls';
import { describeClusterApi } from '../../../support/kafka-broker/wire/messages/describe-cluster';
import { describeGroupsApi } from '../../../support/kafka-broker/wire/messages/describe-groups';
import { describeProducersApi } from '../../../support/kafka-broker/wire/messages/describe-producers';
import { describeTransactionsApi } from '../../../support/kafka-broker/wire/messages/describe-transactions';
import { describeUserScramCredentialsApi } from '../../../support/kafka-broker/wire/messages/describe-user-scram-credentials';
import { electLeadersApi } from '../../../support/kafka-broker/wire/messages/elect-leaders';
import { findCoordinatorApi } from '../../../support/kafka-broker/wire/messages/find-coordinator';
import { listPartitionReassignmentsApi } from '../../../support/kafka-broker/wire/messages/list-partition-reassignments';
import { listTransactionsApi } from '../../../support/kafka-broker/wire/messages/list-transactions';
import { metadataApi } from '../../../support/kafka-broker/wire/messages/metadata';
import { offsetDeleteApi } from '../../../support/kafka-broker/wire/messages/offset-delete';
import { offsetFetchApi } from '../../../support/kafka-broker/wire/messages/offset-fetch';
import { Checks } from '../check';
import {
  addPartition,
  commit,
  committed,
  endTransaction,
  initProducer,
  produce,
  soleMember,
} from '../requests';

export const checks = new Checks();
const { add } = checks;

add(
  'OffsetDelete: offsets of an empty group go; unknown groups, topics and partitions are told',
  async (target, raw) => {
    const [topic, groupId] = [await target.topic(), target.name('group')];
    const remove = (group: string, name: string, partitionIndex = 0) =>
      raw.send(offsetDeleteApi, 0, { groupId: group, topics: [{ name, partitions: [{ partitionIndex }] }] });
    const codeOf = (answer: Awaited<ReturnType<typeof remove>>) => [
      answer.errorCode,
      answer.topics[0]?.partitions[0]?.errorCode,
    ];
    assert.deepEqual(codeOf(await remove(groupId, topic)), [69, undefined]);
    assert.equal(await commit(raw, groupId, topic, 5n), 0);
    assert.deepEqual(codeOf(await remove(groupId, topic)), [0, 0]);
    assert.equal((await committed(raw, groupId, topic)).committedOffset, -1n);
    assert.deepEqual(codeOf(await remove(groupId, topic, 7)), [0, 3]);
  },
);

add(
  'OffsetDelete: not of a topic to which a member is subscribed, nor of groups of another kind',
  async (target, raw) => {
    const topic = await target.topic();
    const remove = (groupId: string) =>
      raw.send(offsetDeleteApi, 0, {
        groupId,
        topics: [{ name: topic, partitions: [{ partitionIndex: 0 }] }],
      });
    const subscription = Buffer.alloc(2 + 4 + 2 + topic.length + 4);
    subscription.writeInt32BE(1, 2);
    subscription.writeInt16BE(topic.length, 6);
    subscription.write(topic, 8);
    subscription.writeInt32BE(-1, 8 + topic.length);
    const consumers = target.name('group');
    await soleMember(raw, consumers, { protocols: [{ name: 'range', metadata: subscription }] });
    const answer = await remove(consumers);
    assert.deepEqual([answer.errorCode, answer.topics[0]?.partitions[0]?.errorCode], [0, 86]);
    const others = target.name('group');
    await soleMember(raw, others, { protocolType: 'connect' });
    assert.equal((await remove(others)).errorCode, 68);
  },
);

add('OffsetFetch: several groups at once, each with its own offsets', async (target, raw) => {
  const [topic, first, second] = [await target.topic(), target.name('group'), target.name('group')];
  await commit(raw, first, topic, 5n);
  await commit(raw, second, topic, 6n);
  for (const version of target.versions(offsetFetchApi).filter((each) => each >= 8)) {
    const topics = [{ name: topic, partitionIndexes: [0, 1] }];
    const { groups } = await raw.send(offsetFetchApi, version, {
      groups: [
        { groupId: first, topics },
        { groupId: second, topics: null },
      ],
    });
    const seen = groups.map(({ groupId, errorCode, topics: found }) => [
      groupId,
      errorCode,
      ...found.flatMap(({ partitions }) => partitions.map(({ committedOffset }) => committedOffset)),
    ]);
    assert.deepEqual(seen, [
      [first, 0, 5n, -1n],
      [second, 0, 6n],
    ]);
  }
});

add('FindCoordinator: several keys at once; a kind that does not exist is error 42', async (target, raw) => {
  for (const version of target.versions(findCoordinatorApi).filter((each) => each >= 4)) {
    for (const keyType of [0, 1]) {
      const request = { keyType, coordinatorKeys: ['one', 'two'] };
      const { coordinators } = await raw.send(findCoordinatorApi, version, request);
      assert.deepEqual(
        coordinators.map(({ key, errorCode, port }) => [key, errorCode, port > 0]),
        [
          ['one', 0, true],
          ['two', 0, true],
        ],
      );
    }
  }
});

add(
  'DescribeCluster: the brokers, and what may be done with the cluster when it is asked for',
  async (target, raw) => {
    for (const version of target.versions(describeClusterApi)) {
      const asked = await raw.send(describeClusterApi, version, { includeClusterAuthorizedOperations: true });
      assert.equal(asked.errorCode, 0);
      assert.equal(asked.brokers.length, 1);
      assert.equal(asked.controllerId, asked.brokers[0]?.brokerId);
      assert.equal(asked.clusterAuthorizedOperations, 0b1111110100000);
      const plain = await raw.send(describeClusterApi, version, {
        includeClusterAuthorizedOperations: false,
      });
      assert.equal(plain.clusterAuthorizedOperations, -0x80000000);
    }
    for (const [endpointType, code] of [
      [2, 114],
      [3, 115],
    ] as const) {
      const request = { includeClusterAuthorizedOperations: false, endpointType };
      assert.equal((await raw.send(describeClusterApi, 1, request)).errorCode, code);
    }
  },
);

add('Authorized operations of topics and groups are told to who asks', async (target, raw) => {
  const [topic, groupId] = [await target.topic(), target.name('group')];
  const asking = { topics: [{ name: topic }], includeTopicAuthorizedOperations: true };
  const { topics } = await raw.send(metadataApi, 8, asking);
  assert.equal(topics[0]?.topicAuthorizedOperations, 0b110111111000);
  await soleMember(raw, groupId);
  const { groups } = await raw.send(describeGroupsApi, 4, {
    groups: [groupId],
    includeAuthorizedOperations: true,
  });
  assert.equal(groups[0]?.authorizedOperations, 0b110101001000);
});

add('DescribeProducers: who writes to a partition, and where its transaction began', async (target, raw) => {
  const [topic, transactionalId] = [await target.topic(), target.name('tx')];
  const describe = async (name: string) => {
    const { topics } = await raw.send(describeProducersApi, 0, { topics: [{ name, partitionIndexes: [0] }] });
    return topics[0]!.partitions[0]!;
  };
  assert.equal((await describe(target.name('nowhere'))).errorCode, 3);
  assert.deepEqual((await describe(topic)).activeProducers, []);
  const { producerId, producerEpoch } = await initProducer(raw, transactionalId);
  const producer = { transactionalId, producerId, producerEpoch };
  assert.equal(await addPartition(raw, producer, topic), 0);
  const batch = { values: ['a', 'b'], producerId, producerEpoch, baseSequence: 0, attributes: 0x10 };
  const { errorCode } = await produce(raw, topic, batch, { transactionalId });
  assert.equal(errorCode, 0);
  const [open] = (await describe(topic)).activeProducers;
  assert.deepEqual(
    [open?.producerId, open?.producerEpoch, open?.lastSequence, open?.currentTxnStartOffset],
    [producerId, producerEpoch, 1, 0n],
  );
  assert.equal(open?.coordinatorEpoch, -1);
  assert.equal(await endTransaction(raw, producer, true), 0);
});

add('DescribeTransactions and ListTransactions: how transactional ids stand', async (target, raw) => {
  const [topic, transactionalId] = [await target.topic(), target.name('tx')];
  const describe = async (id: string) =>
    (await raw.send(describeTransactionsApi, 0, { transactionalIds: [id] })).transactionStates[0]!;
  assert.equal((await describe(transactionalId)).errorCode, 105);
  const { producerId, producerEpoch } = await initProducer(raw, transactionalId);
  const producer = { transactionalId, producerId, producerEpoch };
  assert.deepEqual(await describe(transactionalId), {
    errorCode: 0,
    transactionalId,
    transactionState: 'Empty',
    transactionTimeoutMs: 60_000,
    transactionStartTimeMs: -1n,
    producerId,
    producerEpoch,
    topics: [],
  });
  await addPartition(raw, producer, topic);
  const ongoing = await describe(transactionalId);
  assert.equal(ongoing.transactionState, 'Ongoing');
  assert.ok(ongoing.transactionStartTimeMs > 0n);
  assert.deepEqual(ongoing.topics, [{ topic, partitions: [0] }]);
  const list = async (stateFilters: string[], producerIdFilters: bigint[]) => {
    const request = { stateFilters, producerIdFilters };
    return raw.send(listTransactionsApi, 1, request);
  };
  const states = [{ transactionalId, producerId, transactionState: 'Ongoing' }];
  assert.deepEqual((await list([], [producerId])).transactionStates, states);
  assert.deepEqual((await list(['Ongoing'], [producerId])).transactionStates, states);
  assert.deepEqual((await list(['Empty'], [producerId])).transactionStates, []);
  const unknown = await list(['Sleeping'], [producerId]);
  assert.deepEqual([unknown.unknownStateFilters, unknown.transactionStates], [['Sleeping'], []]);
  await endTransaction(raw, producer, true);
});

add('Reassignments: to where a partition is, or cannot be; none is ever under way', async (target, raw) => {
  const topic = await target.topic();
  const reassign = async (name: string, replicas: number[] | null) => {
    const topics = [{ name, partitions: [{ partitionIndex: 0, replicas }] }];
    const answer = await raw.send(alterPartitionReassignmentsApi, 0, { timeoutMs: 5_000, topics });
    assert.equal(answer.errorCode, 0);
    return answer.responses[0]?.partitions[0]?.errorCode;
  };
  assert.equal(await reassign(topic, [1]), 0);
  assert.equal(await reassign(topic, null), 85);
  assert.equal(await reassign(topic, [99]), 39);
  assert.equal(await reassign(topic, []), 39);
  assert.equal(await reassign(topic, [1, 1]), 39);
  assert.equal(await reassign(target.name('nowhere'), [1]), 3);
  const listed = await raw.send(listPartitionReassignmentsApi, 0, { timeoutMs: 5_000, topics: null });
  assert.deepEqual([listed.errorCode, listed.topics], [0, []]);
});

add('ElectLeaders: not needed where the preferred replica leads', async (target, raw) => {
  const topic = await target.topic();
  for (const version of target.versions(electLeadersApi)) {
    const elect = async (name: string, electionType = 0) => {
      const topicPartitions = [{ topic: name, partitions: [0] }];
      const answer = await raw.send(electLeadersApi, version, {
        electionType,
        topicPartitions,
        timeoutMs: 5_000,
      });
      return answer.replicaElectionResults[0]?.partitionResult[0]?.errorCode;
    };
    assert.equal(await elect(topic), 84);
    assert.equal(await elect(target.name('nowhere')), 3);
    const all = await raw.send(electLeadersApi, version, { topicPartitions: null, timeoutMs: 5_000 });
    assert.deepEqual(
      all.replicaElectionResults.flatMap(({ partitionResult }) => partitionResult),
      [],
    );
  }
  const unclean = { electionType: 1, topicPartitions: [{ topic, partitions: [0] }], timeoutMs: 5_000 };
  const { replicaElectionResults } = await raw.send(electLeadersApi, 2, unclean);
  assert.equal(replicaElectionResults[0]?.partitionResult[0]?.errorCode, 84);
});

add('SCRAM credentials are made, described and removed; what cannot be is told', async (target, raw) => {
  const user = target.name('user');
  const upsertion = {
    name: user,
    mechanism: 1,
    iterations: 4096,
    salt: Buffer.from('salt'),
    saltedPassword: Buffer.alloc(32),
  };
  const alter = async (
    upsertions: Array<typeof upsertion>,
    deletions: Array<{ name: string; mechanism: number }> = [],
  ) => {
    const { results } = await raw.send(alterUserScramCredentialsApi, 0, { upsertions, deletions });
    return results.map(({ errorCode, errorMessage }) => [errorCode, errorMessage]);
  };
  const describe = async (users: Array<{ name: string }>) => {
    const { results } = await raw.send(describeUserScramCredentialsApi, 0, { users });
    return results.map(({ user: name, errorCode, credentialInfos }) => ({
      name,
      errorCode,
      credentialInfos,
    }));
  };
  assert.deepEqual(await describe([{ name: user }]), [{ name: user, errorCode: 91, credentialInfos: [] }]);
  assert.deepEqual(await alter([{ ...upsertion, iterations: 4095 }]), [[93, 'Too few iterations']]);
  assert.deepEqual(await alter([{ ...upsertion, iterations: 16385 }]), [[93, 'Too many iterations']]);
  assert.deepEqual(await alter([{ ...upsertion, name: '' }]), [[93, 'Username must not be empty']]);
  assert.deepEqual(await alter([{ ...upsertion, mechanism: 9 }]), [[33, 'Unknown SCRAM mechanism']]);
  assert.deepEqual(
    (await alter([upsertion, upsertion])).map(([code]) => code),
    [92],
  );
  assert.deepEqual(await alter([], [{ name: user, mechanism: 1 }]), [
    [91, 'Attempt to delete a user credential that does not exist'],
  ]);
  assert.deepEqual(await alter([upsertion]), [[0, null]]);
  const described = { name: user, errorCode: 0, credentialInfos: [{ mechanism: 1, iterations: 4096 }] };
  // A real Kafka's broker learns of it from its controller a moment later.
  for (;;) {
    const [found] = await describe([{ name: user }]);
    if (found?.errorCode === 91) continue;
    assert.deepEqual(found, described);
    break;
  }
  assert.deepEqual(
    (await describe([{ name: user }, { name: user }])).map(({ errorCode }) => errorCode),
    [92],
  );
  assert.deepEqual(await alter([], [{ name: user, mechanism: 1 }]), [[0, null]]);
});

add('ACLs: without an authorizer, error 54', async (target, raw) => {
  const any = { operation: 1, permissionType: 1, principalFilter: null, hostFilter: null };
  const filter = { ...any, resourceTypeFilter: 1, resourceNameFilter: null, patternTypeFilter: 1 };
  const acl = {
    resourceType: 2,
    resourceName: 'x',
    principal: 'User:a',
    host: '*',
    operation: 3,
    permissionType: 3,
  };
  for (const version of target.versions(describeAclsApi).filter((each) => each >= 1)) {
    const described = await raw.send(describeAclsApi, version, filter);
    assert.deepEqual(
      [described.errorCode, described.errorMessage],
      [54, 'No Authorizer is configured on the broker'],
    );
    const created = await raw.send(createAclsApi, version, { creations: [acl] });
    assert.deepEqual(created.results, [{ errorCode: 54, errorMessage: 'No Authorizer is configured.' }]);
    const deleted = await raw.send(deleteAclsApi, version, { filters: [filter] });
    assert.deepEqual(
      deleted.filterResults.map(({ errorCode }) => errorCode),
      [54],
    );
  }
});
