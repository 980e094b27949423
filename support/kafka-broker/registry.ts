import { addOffsetsToTxn } from './handlers/add-offsets-to-txn';
import { addPartitionsToTxn } from './handlers/add-partitions-to-txn';
import { alterConfigs } from './handlers/alter-configs';
import { apiVersions } from './handlers/api-versions';
import { createPartitions } from './handlers/create-partitions';
import { createTopics } from './handlers/create-topics';
import { deleteGroups } from './handlers/delete-groups';
import { deleteRecords } from './handlers/delete-records';
import { deleteTopics } from './handlers/delete-topics';
import { describeConfigs } from './handlers/describe-configs';
import { describeGroups } from './handlers/describe-groups';
import { describeLogDirs } from './handlers/describe-log-dirs';
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
import { metadata } from './handlers/metadata';
import { offsetCommit } from './handlers/offset-commit';
import { offsetFetch } from './handlers/offset-fetch';
import { offsetForLeaderEpoch } from './handlers/offset-for-leader-epoch';
import { produce } from './handlers/produce';
import type { RegisteredApi } from './handlers/registered-api';
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
  ].map((api) => [api.key, api]),
);
