import assert from 'node:assert/strict';
import { operation, pattern, permission, resource } from '../../../support/kafka-broker/state/acls';
import { addOffsetsToTxnApi } from '../../../support/kafka-broker/wire/messages/add-offsets-to-txn';
import { addPartitionsToTxnApi } from '../../../support/kafka-broker/wire/messages/add-partitions-to-txn';
import { alterConfigsApi } from '../../../support/kafka-broker/wire/messages/alter-configs';
import { alterPartitionReassignmentsApi } from '../../../support/kafka-broker/wire/messages/alter-partition-reassignments';
import { alterUserScramCredentialsApi } from '../../../support/kafka-broker/wire/messages/alter-user-scram-credentials';
import { createAclsApi } from '../../../support/kafka-broker/wire/messages/create-acls';
import { createPartitionsApi } from '../../../support/kafka-broker/wire/messages/create-partitions';
import { createTopicsApi } from '../../../support/kafka-broker/wire/messages/create-topics';
import { deleteAclsApi } from '../../../support/kafka-broker/wire/messages/delete-acls';
import { deleteGroupsApi } from '../../../support/kafka-broker/wire/messages/delete-groups';
import { deleteRecordsApi } from '../../../support/kafka-broker/wire/messages/delete-records';
import { deleteTopicsApi } from '../../../support/kafka-broker/wire/messages/delete-topics';
import { describeAclsApi } from '../../../support/kafka-broker/wire/messages/describe-acls';
import { describeClusterApi } from '../../../support/kafka-broker/wire/messages/describe-cluster';
import { describeConfigsApi } from '../../../support/kafka-broker/wire/messages/describe-configs';
import { describeGroupsApi } from '../../../support/kafka-broker/wire/messages/describe-groups';
import { describeLogDirsApi } from '../../../support/kafka-broker/wire/messages/describe-log-dirs';
import { describeProducersApi } from '../../../support/kafka-broker/wire/messages/describe-producers';
import { describeTransactionsApi } from '../../../support/kafka-broker/wire/messages/describe-transactions';
import { describeUserScramCredentialsApi } from '../../../support/kafka-broker/wire/messages/describe-user-scram-credentials';
import { electLeadersApi } from '../../../support/kafka-broker/wire/messages/elect-leaders';
import { endTxnApi } from '../../../support/kafka-broker/wire/messages/end-txn';
import { fetchApi } from '../../../support/kafka-broker/wire/messages/fetch';
import { findCoordinatorApi } from '../../../support/kafka-broker/wire/messages/find-coordinator';
import { heartbeatApi } from '../../../support/kafka-broker/wire/messages/heartbeat';
import { incrementalAlterConfigsApi } from '../../../support/kafka-broker/wire/messages/incremental-alter-configs';
import { initProducerIdApi } from '../../../support/kafka-broker/wire/messages/init-producer-id';
import { joinGroupApi } from '../../../support/kafka-broker/wire/messages/join-group';
import { leaveGroupApi } from '../../../support/kafka-broker/wire/messages/leave-group';
import { listGroupsApi } from '../../../support/kafka-broker/wire/messages/list-groups';
import { listOffsetsApi } from '../../../support/kafka-broker/wire/messages/list-offsets';
import { listPartitionReassignmentsApi } from '../../../support/kafka-broker/wire/messages/list-partition-reassignments';
import { listTransactionsApi } from '../../../support/kafka-broker/wire/messages/list-transactions';
import { metadataApi } from '../../../support/kafka-broker/wire/messages/metadata';
import { offsetCommitApi } from '../../../support/kafka-broker/wire/messages/offset-commit';
import { offsetDeleteApi } from '../../../support/kafka-broker/wire/messages/offset-delete';
import { offsetFetchApi } from '../../../support/kafka-broker/wire/messages/offset-fetch';
import { offsetForLeaderEpochApi } from '../../../support/kafka-broker/wire/messages/offset-for-leader-epoch';
import { produceApi } from '../../../support/kafka-broker/wire/messages/produce';
import { syncGroupApi } from '../../../support/kafka-broker/wire/messages/sync-group';
import { txnOffsetCommitApi } from '../../../support/kafka-broker/wire/messages/txn-offset-commit';
import type { RawClient } from '../../kafka-broker/raw-client';
import {
  commitRequest,
  fetchRequest,
  idOf,
  joinRequest,
  produce,
  produceRequest,
  syncRequest,
} from '../requests';
import { SecuredChecks } from '../secured-check';
import type { SecuredTarget, User } from '../secured-target';
import { answered } from '../target';

export const checks = new SecuredChecks();
const { add } = checks;

/** Every error code of an answer, in order. */
function errorsIn(answer: unknown): number[] {
  if (Buffer.isBuffer(answer) || answer === null || typeof answer !== 'object') return [];
  if (Array.isArray(answer)) return answer.flatMap(errorsIn);
  return Object.entries(answer).flatMap(([name, value]) =>
    name === 'errorCode' ? [value as number] : errorsIn(value),
  );
}

const transaction = { transactionalId: 'tx', producerId: 1n, producerEpoch: 0 };
const anyAcl = { operation: 1, permissionType: 1, principalFilter: null, hostFilter: null };
const aclFilter = { ...anyAcl, resourceTypeFilter: 1, resourceNameFilter: null, patternTypeFilter: 1 };
const acl = {
  resourceType: 2,
  resourceName: 'x',
  principal: 'User:a',
  host: '*',
  operation: 3,
  permissionType: 3,
};

/** One request of each kind, about a topic that exists, and about one that does not. */
async function everything(
  alice: RawClient,
  topic: string,
  topicId: string,
): Promise<Record<string, number[]>> {
  const none = `${topic}-none`;
  const ask = async (...args: Parameters<RawClient['send']>) => errorsIn(await alice.send(...args));
  const both = <T>(of: (name: string) => T) => [of(topic), of(none)];
  const wait = { timeoutMs: 1_000 };
  const fetching = fetchRequest(topic);
  const configs = (name: string) => ({
    resourceType: 2,
    resourceName: name,
    configurationKeys: null,
    configs: [],
  });
  const of = (api: unknown, version: number, request: unknown) =>
    ask(api as Parameters<RawClient['send']>[0], version, request as never);
  const partitions = (name: string) => ({ name, topic: name, partitions: [0], partitionIndexes: [0] });
  return {
    Produce: await of(produceApi, 7, { ...produceRequest(topic, { values: ['a'] }) }),
    'Produce, to none': await of(produceApi, 7, produceRequest(none, { values: ['a'] })),
    'Produce, in a transaction': await of(produceApi, 7, {
      ...produceRequest(topic, { values: ['a'] }),
      transactionalId: 'tx',
    }),
    Fetch: await of(fetchApi, 11, fetching),
    'Fetch, by id': await of(fetchApi, 15, {
      ...fetching,
      topics: fetching.topics.map((each) => ({ ...each, topicId })),
    }),
    ListOffsets: await of(listOffsetsApi, 5, {
      replicaId: -1,
      topics: both((name) => ({ name, partitions: [{ partitionIndex: 0, timestamp: -1n }] })),
    }),
    OffsetForLeaderEpoch: await of(offsetForLeaderEpochApi, 3, {
      topics: both((name) => ({ topic: name, partitions: [{ partition: 0, leaderEpoch: 0 }] })),
    }),
    Metadata: await of(metadataApi, 9, { topics: both((name) => ({ name })) }),
    'Metadata, all': await of(metadataApi, 9, { topics: null }),
    'Metadata, by id': await of(metadataApi, 12, { topics: [{ name: null, topicId }] }),
    FindCoordinator: await of(findCoordinatorApi, 2, { key: 'g', keyType: 0 }),
    'FindCoordinator, of a transaction': await of(findCoordinatorApi, 2, { key: 'tx', keyType: 1 }),
    JoinGroup: await of(joinGroupApi, 5, joinRequest('g')),
    SyncGroup: await of(syncGroupApi, 3, syncRequest('g', 1, 'm')),
    Heartbeat: await of(heartbeatApi, 3, { groupId: 'g', generationId: 1, memberId: 'm' }),
    LeaveGroup: await of(leaveGroupApi, 3, {
      groupId: 'g',
      members: [{ memberId: 'm', groupInstanceId: null }],
    }),
    OffsetCommit: await of(offsetCommitApi, 7, commitRequest('g', topic, 1n)),
    OffsetFetch: await of(offsetFetchApi, 5, { groupId: 'g', topics: both(partitions) }),
    'OffsetFetch, of two groups': await of(offsetFetchApi, 8, {
      groups: ['g', 'h'].map((groupId) => ({ groupId, topics: both(partitions) })),
    }),
    OffsetDelete: await of(offsetDeleteApi, 0, {
      groupId: 'g',
      topics: [{ name: topic, partitions: [{ partitionIndex: 0 }] }],
    }),
    DescribeGroups: await of(describeGroupsApi, 4, { groups: ['g', 'h'] }),
    ListGroups: await of(listGroupsApi, 4, {}),
    DeleteGroups: await of(deleteGroupsApi, 1, { groupsNames: ['g', 'h'] }),
    CreateTopics: await of(createTopicsApi, 4, {
      topics: [{ name: none, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
      ...wait,
    }),
    DeleteTopics: await of(deleteTopicsApi, 5, { topicNames: [topic, none], ...wait }),
    'DeleteTopics, by id': await of(deleteTopicsApi, 6, { topics: [{ name: null, topicId }], ...wait }),
    CreatePartitions: await of(createPartitionsApi, 1, {
      topics: both((name) => ({ name, count: 5, assignments: null })),
      ...wait,
      validateOnly: true,
    }),
    DeleteRecords: await of(deleteRecordsApi, 1, {
      topics: both((name) => ({ name, partitions: [{ partitionIndex: 0, offset: 0n }] })),
      ...wait,
    }),
    DescribeConfigs: await of(describeConfigsApi, 3, { resources: both(configs) }),
    'DescribeConfigs, of a broker': await of(describeConfigsApi, 3, {
      resources: [{ ...configs('1'), resourceType: 4 }],
    }),
    AlterConfigs: await of(alterConfigsApi, 1, { resources: both(configs), validateOnly: true }),
    IncrementalAlterConfigs: await of(incrementalAlterConfigsApi, 0, {
      resources: both(configs),
      validateOnly: true,
    }),
    DescribeAcls: await of(describeAclsApi, 2, aclFilter),
    CreateAcls: await of(createAclsApi, 2, { creations: [acl, acl] }),
    DeleteAcls: await of(deleteAclsApi, 2, { filters: [aclFilter] }),
    DescribeCluster: await of(describeClusterApi, 0, { includeClusterAuthorizedOperations: true }),
    DescribeLogDirs: await of(describeLogDirsApi, 4, { topics: null }),
    DescribeProducers: await of(describeProducersApi, 0, { topics: both(partitions) }),
    ElectLeaders: await of(electLeadersApi, 1, { topicPartitions: [partitions(topic)], ...wait }),
    AlterPartitionReassignments: await of(alterPartitionReassignmentsApi, 0, {
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, replicas: null }] }],
      ...wait,
    }),
    ListPartitionReassignments: await of(listPartitionReassignmentsApi, 0, { topics: null, ...wait }),
    DescribeUserScramCredentials: await of(describeUserScramCredentialsApi, 0, {
      users: [{ name: 'nobody' }],
    }),
    AlterUserScramCredentials: await of(alterUserScramCredentialsApi, 0, {
      deletions: [{ name: 'nobody', mechanism: 1 }],
      upsertions: [],
    }),
    InitProducerId: await of(initProducerIdApi, 1, { transactionalId: null, transactionTimeoutMs: 60_000 }),
    'InitProducerId, transactional': await of(initProducerIdApi, 1, {
      transactionalId: 'tx',
      transactionTimeoutMs: 60_000,
    }),
    AddPartitionsToTxn: await of(addPartitionsToTxnApi, 2, { ...transaction, topics: both(partitions) }),
    AddOffsetsToTxn: await of(addOffsetsToTxnApi, 2, { ...transaction, groupId: 'g' }),
    TxnOffsetCommit: await of(txnOffsetCommitApi, 2, { ...transaction, ...commitRequest('g', topic, 1n) }),
    EndTxn: await of(endTxnApi, 2, { ...transaction, committed: true }),
    DescribeTransactions: await of(describeTransactionsApi, 0, { transactionalIds: ['tx'] }),
    ListTransactions: await of(listTransactionsApi, 0, { stateFilters: [], producerIdFilters: [] }),
  };
}

const mayDescribe = (target: SecuredTarget, topic: string) => async () => {
  using alice = await target.as('alice');
  const { topics } = await alice.send(metadataApi, 9, {
    topics: [{ name: topic }],
    allowAutoTopicCreation: false,
  });
  return topics[0]!.errorCode === 0;
};

const mayNotDescribe = (target: SecuredTarget, topic: string) => async () =>
  !(await mayDescribe(target, topic)());

async function idAsRoot(target: SecuredTarget, topic: string): Promise<string> {
  using root = await target.as('root');
  return await idOf(root, topic);
}

const withoutAcls: Readonly<Record<string, readonly number[]>> = {
  Produce: [29],
  'Produce, to none': [29],
  'Produce, in a transaction': [29],
  Fetch: [0, 29],
  'Fetch, by id': [0, 29],
  ListOffsets: [29, 29],
  OffsetForLeaderEpoch: [29, 29],
  Metadata: [29, 29, 0],
  'Metadata, all': [0],
  'Metadata, by id': [29, 0],
  FindCoordinator: [30],
  'FindCoordinator, of a transaction': [53],
  JoinGroup: [30],
  SyncGroup: [30],
  Heartbeat: [30],
  LeaveGroup: [30],
  OffsetCommit: [30],
  OffsetFetch: [30],
  'OffsetFetch, of two groups': [0, 30, 30],
  OffsetDelete: [30],
  DescribeGroups: [30, 30],
  ListGroups: [0],
  DeleteGroups: [30, 30],
  CreateTopics: [29],
  DeleteTopics: [29, 29],
  'DeleteTopics, by id': [29],
  CreatePartitions: [29, 29],
  DeleteRecords: [29, 29],
  DescribeConfigs: [29, 29],
  'DescribeConfigs, of a broker': [31],
  AlterConfigs: [29, 29],
  IncrementalAlterConfigs: [29, 29],
  DescribeAcls: [31],
  CreateAcls: [31, 31],
  DeleteAcls: [31],
  DescribeCluster: [0],
  DescribeLogDirs: [31],
  DescribeProducers: [29, 29],
  ElectLeaders: [31, 31],
  AlterPartitionReassignments: [31, 31],
  ListPartitionReassignments: [31],
  DescribeUserScramCredentials: [31, 31],
  AlterUserScramCredentials: [31],
  InitProducerId: [31],
  'InitProducerId, transactional': [53],
  AddPartitionsToTxn: [53, 53],
  AddOffsetsToTxn: [53],
  TxnOffsetCommit: [53],
  EndTxn: [53],
  DescribeTransactions: [53],
  ListTransactions: [0],
};

/** What is told to who may read the topic, where it is not the same. */
const withRead: typeof withoutAcls = {
  Fetch: [0, 0],
  'Fetch, by id': [0, 0],
  ListOffsets: [0, 29],
  OffsetForLeaderEpoch: [0, 29],
  Metadata: [0, 0, 29, 0],
  'Metadata, all': [0, 0, 0],
  'Metadata, by id': [0, 0, 0],
  DescribeProducers: [0, 29],
};

add('Without any ACL, each request is refused with the errors of its kind', async (target) => {
  const topic = await target.topic();
  using alice = await target.as('alice');
  assert.deepEqual(await everything(alice, topic, await idAsRoot(target, topic)), withoutAcls);
});

add('Who may read a topic, may describe it, too, and is refused the rest', async (target) => {
  const topic = await target.topic();
  await target.acl({ resourceName: topic, operation: operation.read }, mayDescribe(target, topic));
  using alice = await target.as('alice');
  const told = await everything(alice, topic, await idAsRoot(target, topic));
  assert.deepEqual(told, { ...withoutAcls, ...withRead });
  await target.withoutAcls(mayNotDescribe(target, topic));
});

/** What a user is told who produces. */
async function produceAs(target: SecuredTarget, user: User, topic: string): Promise<number> {
  using client = await target.as(user);
  return (await produce(client, topic, { values: ['a'] })).errorCode;
}

const mayProduce = (target: SecuredTarget, user: User, topic: string) => async () =>
  (await produceAs(target, user, topic)) === 0;

add('A prefix allows, a denial of one name wins over it', async (target) => {
  const prefix = target.name('prefix');
  const [open, closed, other] = [
    await target.topic(`${prefix}-a`),
    await target.topic(`${prefix}-b`),
    await target.topic(),
  ];
  const write = { operation: operation.write };
  await target.acl(
    { ...write, resourceName: prefix, resourcePatternType: pattern.prefixed },
    mayProduce(target, 'alice', open),
  );
  assert.equal(await produceAs(target, 'alice', closed), 0);
  await target.acl(
    { ...write, resourceName: closed, permissionType: permission.deny },
    async () => !(await mayProduce(target, 'alice', closed)()),
  );
  assert.deepEqual(
    [
      await produceAs(target, 'alice', open),
      await produceAs(target, 'alice', closed),
      await produceAs(target, 'alice', other),
      await produceAs(target, 'bob', open),
    ],
    [0, 29, 29, 29],
  );
  await target.withoutAcls(async () => !(await mayProduce(target, 'alice', open)()));
});

add('"*" stands for all names, "User:*" for all users; hosts are compared', async (target) => {
  const [one, two] = [await target.topic(), await target.topic()];
  const write = { operation: operation.write };
  const elsewhere = { ...write, resourceName: one, host: '10.0.0.1' };
  await target.acl(elsewhere, async () => true);
  await target.acl(
    { ...write, resourceName: one, host: '127.0.0.1', principal: 'User:bob' },
    mayProduce(target, 'bob', one),
  );
  assert.equal(await produceAs(target, 'alice', one), 29);
  await target.acl({ ...write, resourceName: '*', principal: 'User:*' }, mayProduce(target, 'alice', two));
  assert.deepEqual([await produceAs(target, 'alice', one), await produceAs(target, 'bob', two)], [0, 0]);
  await target.withoutAcls(async () => !(await mayProduce(target, 'alice', two)()));
});

add('Groups, transactional ids and idempotence have permissions of their own', async (target) => {
  using alice = await target.as('alice');
  const initialise = async (transactionalId: string | null) =>
    (await alice.send(initProducerIdApi, 1, { transactionalId, transactionTimeoutMs: 60_000 })).errorCode;
  const [group, id] = [target.name('group'), target.name('tx')];
  const find = async (key: string, keyType: number) =>
    (await alice.send(findCoordinatorApi, 2, { key, keyType })).errorCode;
  await target.acl(
    { resourceType: resource.group, resourceName: group, operation: operation.read },
    async () => (await find(group, 0)) === 0,
  );
  assert.equal((await alice.send(listGroupsApi, 4, {})).errorCode, 0);
  const describe = async () => {
    const { groups } = await alice.send(describeGroupsApi, 4, { groups: [group, `${group}-other`] });
    return groups
      .map(({ groupId, errorCode }) => `${groupId === group ? 'own' : 'other'} ${errorCode}`)
      .sort();
  };
  // The coordinators of a real Kafka make their topics first.
  await answered(async () => (await describe()).includes('own 0'));
  assert.deepEqual(await describe(), ['other 30', 'own 0']);
  assert.equal(await initialise(id), 53);
  await target.acl(
    { resourceType: resource.transactionalId, resourceName: id, operation: operation.write },
    async () => (await find(id, 1)) === 0,
  );
  await answered(async () => (await initialise(id)) === 0);
  // Who may write in a transaction may be idempotent without one.
  assert.equal(await initialise(null), 31);
  await target.acl(
    { resourceType: resource.cluster, resourceName: 'kafka-cluster', operation: operation.idempotentWrite },
    async () => (await initialise(null)) === 0,
  );
  await target.withoutAcls(async () => (await initialise(null)) === 31);
});

add('ACLs are described by a filter, and deleted by one', async (target) => {
  const prefix = target.name('filtered');
  const topic = await target.topic(`${prefix}-topic`);
  const prefixed = {
    resourceName: prefix,
    resourcePatternType: pattern.prefixed,
    operation: operation.describe,
  };
  await target.acl(prefixed, mayDescribe(target, topic));
  await target.acl({ resourceName: topic, operation: operation.write }, mayProduce(target, 'alice', topic));
  using root = await target.as('root');
  const match = 2;
  const filter = { ...aclFilter, resourceTypeFilter: resource.topic, resourceNameFilter: topic };
  const describe = async (patternTypeFilter: number) => {
    const { resources } = await root.send(describeAclsApi, 2, { ...filter, patternTypeFilter });
    return resources
      .map(({ resourceName, patternType, acls }) => [
        resourceName,
        patternType,
        acls.map((each) => each.operation),
      ])
      .sort();
  };
  assert.deepEqual(await describe(pattern.literal), [[topic, 3, [4]]]);
  assert.deepEqual(await describe(match), [
    [prefix, 4, [8]],
    [topic, 3, [4]],
  ]);
  const { filterResults } = await root.send(deleteAclsApi, 2, {
    filters: [{ ...filter, patternTypeFilter: match }],
  });
  assert.deepEqual(
    filterResults.map(({ errorCode, matchingAcls }) => [
      errorCode,
      matchingAcls.map((each) => each.operation).sort(),
    ]),
    [[0, [4, 8]]],
  );
  await answered(mayNotDescribe(target, topic));
  assert.equal(await produceAs(target, 'alice', topic), 29);
});
