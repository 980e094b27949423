import { addOffsetsToTxn } from './handlers/add-offsets-to-txn';
import { addPartitionsToTxn } from './handlers/add-partitions-to-txn';
import { alterConfigs } from './handlers/alter-configs';
import { alterPartitionReassignments } from './handlers/alter-partition-reassignments';
import { alterUserScramCredentials } from './handlers/alter-user-scram-credentials';
import { apiVersions } from './handlers/api-versions';
import { consumerGroupDescribe } from './handlers/consumer-group-describe';
import { consumerGroupHeartbeat } from './handlers/consumer-group-heartbeat';
import { createAcls } from './handlers/create-acls';
import { createPartitions } from './handlers/create-partitions';
import { createTopics } from './handlers/create-topics';
import { deleteAcls } from './handlers/delete-acls';
import { deleteGroups } from './handlers/delete-groups';
import { deleteRecords } from './handlers/delete-records';
import { deleteTopics } from './handlers/delete-topics';
import { describeAcls } from './handlers/describe-acls';
import { describeCluster } from './handlers/describe-cluster';
import { describeConfigs } from './handlers/describe-configs';
import { describeGroups } from './handlers/describe-groups';
import { describeLogDirs } from './handlers/describe-log-dirs';
import { describeProducers } from './handlers/describe-producers';
import { describeTransactions } from './handlers/describe-transactions';
import { describeUserScramCredentials } from './handlers/describe-user-scram-credentials';
import { electLeaders } from './handlers/elect-leaders';
import { endTxn } from './handlers/end-txn';
import { fetch } from './handlers/fetch';
import { findCoordinator } from './handlers/find-coordinator';
import { heartbeat } from './handlers/heartbeat';
import { incrementalAlterConfigs } from './handlers/incremental-alter-configs';
import { initProducerId } from './handlers/init-producer-id';
import { joinGroup } from './handlers/join-group';
import { leaveGroup } from './handlers/leave-group';
import { listGroups } from './handlers/list-groups';
import { listOffsets } from './handlers/list-offsets';
import { listPartitionReassignments } from './handlers/list-partition-reassignments';
import { listTransactions } from './handlers/list-transactions';
import { metadata } from './handlers/metadata';
import { offsetCommit } from './handlers/offset-commit';
import { offsetDelete } from './handlers/offset-delete';
import { offsetFetch } from './handlers/offset-fetch';
import { offsetForLeaderEpoch } from './handlers/offset-for-leader-epoch';
import { produce } from './handlers/produce';
import type { RegisteredApi } from './handlers/registered-api';
import { saslAuthenticate } from './handlers/sasl-authenticate';
import { saslHandshake } from './handlers/sasl-handshake';
import { syncGroup } from './handlers/sync-group';
import { txnOffsetCommit } from './handlers/txn-offset-commit';

/** Every API this broker speaks, by key. ApiVersions and the dispatcher both derive from it: there is no other list. */
export const registry: ReadonlyMap<number, RegisteredApi> = new Map(
  [
    produce,
    fetch,
    listOffsets,
    metadata,
    offsetCommit,
    offsetFetch,
    findCoordinator,
    joinGroup,
    heartbeat,
    leaveGroup,
    syncGroup,
    describeGroups,
    listGroups,
    apiVersions,
    saslHandshake,
    saslAuthenticate,
    createTopics,
    deleteTopics,
    deleteRecords,
    initProducerId,
    offsetForLeaderEpoch,
    addPartitionsToTxn,
    addOffsetsToTxn,
    endTxn,
    txnOffsetCommit,
    describeConfigs,
    alterConfigs,
    describeLogDirs,
    createPartitions,
    deleteGroups,
    incrementalAlterConfigs,
    offsetDelete,
    describeCluster,
    describeProducers,
    describeTransactions,
    listTransactions,
    describeAcls,
    createAcls,
    deleteAcls,
    alterPartitionReassignments,
    listPartitionReassignments,
    electLeaders,
    describeUserScramCredentials,
    alterUserScramCredentials,
    consumerGroupHeartbeat,
    consumerGroupDescribe,
  ].map((api) => [api.key, api]),
);
