/**
 * Every error of the protocol: its code, its name and what Kafka says of it (org.apache.kafka.common.protocol.Errors, 4.1).
 * Codes, names and messages are all taken from here.
 */
const errors = {
  unknownServerError: [
    -1,
    'UNKNOWN_SERVER_ERROR',
    'The server experienced an unexpected error when processing the request.',
  ],
  none: [0, 'NONE', ''],
  offsetOutOfRange: [
    1,
    'OFFSET_OUT_OF_RANGE',
    'The requested offset is not within the range of offsets maintained by the server.',
  ],
  corruptMessage: [
    2,
    'CORRUPT_MESSAGE',
    'This message has failed its CRC checksum, exceeds the valid size, has a null key for a compacted topic, or is otherwise corrupt.',
  ],
  unknownTopicOrPartition: [
    3,
    'UNKNOWN_TOPIC_OR_PARTITION',
    'This server does not host this topic-partition.',
  ],
  invalidFetchSize: [4, 'INVALID_FETCH_SIZE', 'The requested fetch size is invalid.'],
  leaderNotAvailable: [
    5,
    'LEADER_NOT_AVAILABLE',
    'There is no leader for this topic-partition as we are in the middle of a leadership election.',
  ],
  notLeaderOrFollower: [
    6,
    'NOT_LEADER_OR_FOLLOWER',
    'For requests intended only for the leader, this error indicates that the broker is not the current leader. For requests intended for any replica, this error indicates that the broker is not a replica of the topic partition.',
  ],
  requestTimedOut: [7, 'REQUEST_TIMED_OUT', 'The request timed out.'],
  brokerNotAvailable: [8, 'BROKER_NOT_AVAILABLE', 'The broker is not available.'],
  replicaNotAvailable: [
    9,
    'REPLICA_NOT_AVAILABLE',
    'The replica is not available for the requested topic-partition. Produce/Fetch requests and other requests intended only for the leader or follower return NOT_LEADER_OR_FOLLOWER if the broker is not a replica of the topic-partition.',
  ],
  messageTooLarge: [
    10,
    'MESSAGE_TOO_LARGE',
    'The request included a message larger than the max message size the server will accept.',
  ],
  staleControllerEpoch: [11, 'STALE_CONTROLLER_EPOCH', 'The controller moved to another broker.'],
  offsetMetadataTooLarge: [
    12,
    'OFFSET_METADATA_TOO_LARGE',
    'The metadata field of the offset request was too large.',
  ],
  networkException: [13, 'NETWORK_EXCEPTION', 'The server disconnected before a response was received.'],
  coordinatorLoadInProgress: [
    14,
    'COORDINATOR_LOAD_IN_PROGRESS',
    "The coordinator is loading and hence can't process requests.",
  ],
  coordinatorNotAvailable: [15, 'COORDINATOR_NOT_AVAILABLE', 'The coordinator is not available.'],
  notCoordinator: [16, 'NOT_COORDINATOR', 'This is not the correct coordinator.'],
  invalidTopic: [
    17,
    'INVALID_TOPIC_EXCEPTION',
    'The request attempted to perform an operation on an invalid topic.',
  ],
  recordListTooLarge: [
    18,
    'RECORD_LIST_TOO_LARGE',
    'The request included message batch larger than the configured segment size on the server.',
  ],
  notEnoughReplicas: [
    19,
    'NOT_ENOUGH_REPLICAS',
    'Messages are rejected since there are fewer in-sync replicas than required.',
  ],
  notEnoughReplicasAfterAppend: [
    20,
    'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
    'Messages are written to the log, but to fewer in-sync replicas than required.',
  ],
  invalidRequiredAcks: [
    21,
    'INVALID_REQUIRED_ACKS',
    'Produce request specified an invalid value for required acks.',
  ],
  illegalGeneration: [22, 'ILLEGAL_GENERATION', 'Specified group generation id is not valid.'],
  inconsistentGroupProtocol: [
    23,
    'INCONSISTENT_GROUP_PROTOCOL',
    "The group member's supported protocols are incompatible with those of existing members or first group member tried to join with empty protocol type or empty protocol list.",
  ],
  invalidGroupId: [24, 'INVALID_GROUP_ID', 'The group id is invalid.'],
  unknownMemberId: [25, 'UNKNOWN_MEMBER_ID', 'The coordinator is not aware of this member.'],
  invalidSessionTimeout: [
    26,
    'INVALID_SESSION_TIMEOUT',
    'The session timeout is not within the range allowed by the broker (as configured by group.min.session.timeout.ms and group.max.session.timeout.ms).',
  ],
  rebalanceInProgress: [27, 'REBALANCE_IN_PROGRESS', 'The group is rebalancing, so a rejoin is needed.'],
  invalidCommitOffsetSize: [
    28,
    'INVALID_COMMIT_OFFSET_SIZE',
    'The committing offset data size is not valid.',
  ],
  topicAuthorizationFailed: [29, 'TOPIC_AUTHORIZATION_FAILED', 'Topic authorization failed.'],
  groupAuthorizationFailed: [30, 'GROUP_AUTHORIZATION_FAILED', 'Group authorization failed.'],
  clusterAuthorizationFailed: [31, 'CLUSTER_AUTHORIZATION_FAILED', 'Cluster authorization failed.'],
  invalidTimestamp: [32, 'INVALID_TIMESTAMP', 'The timestamp of the message is out of acceptable range.'],
  unsupportedSaslMechanism: [
    33,
    'UNSUPPORTED_SASL_MECHANISM',
    'The broker does not support the requested SASL mechanism.',
  ],
  illegalSaslState: [34, 'ILLEGAL_SASL_STATE', 'Request is not valid given the current SASL state.'],
  unsupportedVersion: [35, 'UNSUPPORTED_VERSION', 'The version of API is not supported.'],
  topicAlreadyExists: [36, 'TOPIC_ALREADY_EXISTS', 'Topic with this name already exists.'],
  invalidPartitions: [37, 'INVALID_PARTITIONS', 'Number of partitions is below 1.'],
  invalidReplicationFactor: [
    38,
    'INVALID_REPLICATION_FACTOR',
    'Replication factor is below 1 or larger than the number of available brokers.',
  ],
  invalidReplicaAssignment: [39, 'INVALID_REPLICA_ASSIGNMENT', 'Replica assignment is invalid.'],
  invalidConfig: [40, 'INVALID_CONFIG', 'Configuration is invalid.'],
  notController: [41, 'NOT_CONTROLLER', 'This is not the correct controller for this cluster.'],
  invalidRequest: [
    42,
    'INVALID_REQUEST',
    'This most likely occurs because of a request being malformed by the client library or the message was sent to an incompatible broker. See the broker logs for more details.',
  ],
  unsupportedForMessageFormat: [
    43,
    'UNSUPPORTED_FOR_MESSAGE_FORMAT',
    'The message format version on the broker does not support the request.',
  ],
  policyViolation: [44, 'POLICY_VIOLATION', 'Request parameters do not satisfy the configured policy.'],
  outOfOrderSequenceNumber: [
    45,
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
    'The broker received an out of order sequence number.',
  ],
  duplicateSequenceNumber: [
    46,
    'DUPLICATE_SEQUENCE_NUMBER',
    'The broker received a duplicate sequence number.',
  ],
  invalidProducerEpoch: [47, 'INVALID_PRODUCER_EPOCH', 'Producer attempted to produce with an old epoch.'],
  invalidTransactionState: [
    48,
    'INVALID_TXN_STATE',
    'The producer attempted a transactional operation in an invalid state.',
  ],
  invalidProducerIdMapping: [
    49,
    'INVALID_PRODUCER_ID_MAPPING',
    'The producer attempted to use a producer id which is not currently assigned to its transactional id.',
  ],
  invalidTransactionTimeout: [
    50,
    'INVALID_TRANSACTION_TIMEOUT',
    'The transaction timeout is larger than the maximum value allowed by the broker (as configured by transaction.max.timeout.ms).',
  ],
  concurrentTransactions: [
    51,
    'CONCURRENT_TRANSACTIONS',
    'The producer attempted to update a transaction while another concurrent operation on the same transaction was ongoing.',
  ],
  transactionCoordinatorFenced: [
    52,
    'TRANSACTION_COORDINATOR_FENCED',
    'Indicates that the transaction coordinator sending a WriteTxnMarker is no longer the current coordinator for a given producer.',
  ],
  transactionalIdAuthorizationFailed: [
    53,
    'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
    'Transactional Id authorization failed.',
  ],
  securityDisabled: [54, 'SECURITY_DISABLED', 'Security features are disabled.'],
  operationNotAttempted: [
    55,
    'OPERATION_NOT_ATTEMPTED',
    'The broker did not attempt to execute this operation. This may happen for batched RPCs where some operations in the batch failed, causing the broker to respond without trying the rest.',
  ],
  kafkaStorageError: [56, 'KAFKA_STORAGE_ERROR', 'Disk error when trying to access log file on the disk.'],
  logDirNotFound: [
    57,
    'LOG_DIR_NOT_FOUND',
    'The user-specified log directory is not found in the broker config.',
  ],
  saslAuthenticationFailed: [58, 'SASL_AUTHENTICATION_FAILED', 'SASL Authentication failed.'],
  unknownProducerId: [
    59,
    'UNKNOWN_PRODUCER_ID',
    "This exception is raised by the broker if it could not locate the producer metadata associated with the producerId in question. This could happen if, for instance, the producer's records were deleted because their retention time had elapsed. Once the last records of the producerId are removed, the producer's metadata is removed from the broker, and future appends by the producer will return this exception.",
  ],
  reassignmentInProgress: [60, 'REASSIGNMENT_IN_PROGRESS', 'A partition reassignment is in progress.'],
  delegationTokenAuthDisabled: [
    61,
    'DELEGATION_TOKEN_AUTH_DISABLED',
    'Delegation Token feature is not enabled.',
  ],
  delegationTokenNotFound: [62, 'DELEGATION_TOKEN_NOT_FOUND', 'Delegation Token is not found on server.'],
  delegationTokenOwnerMismatch: [
    63,
    'DELEGATION_TOKEN_OWNER_MISMATCH',
    'Specified Principal is not valid Owner/Renewer.',
  ],
  delegationTokenRequestNotAllowed: [
    64,
    'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED',
    'Delegation Token requests are not allowed on PLAINTEXT/1-way SSL channels and on delegation token authenticated channels.',
  ],
  delegationTokenAuthorizationFailed: [
    65,
    'DELEGATION_TOKEN_AUTHORIZATION_FAILED',
    'Delegation Token authorization failed.',
  ],
  delegationTokenExpired: [66, 'DELEGATION_TOKEN_EXPIRED', 'Delegation Token is expired.'],
  invalidPrincipalType: [67, 'INVALID_PRINCIPAL_TYPE', 'Supplied principalType is not supported.'],
  nonEmptyGroup: [68, 'NON_EMPTY_GROUP', 'The group is not empty.'],
  groupIdNotFound: [69, 'GROUP_ID_NOT_FOUND', 'The group id does not exist.'],
  fetchSessionIdNotFound: [70, 'FETCH_SESSION_ID_NOT_FOUND', 'The fetch session ID was not found.'],
  invalidFetchSessionEpoch: [71, 'INVALID_FETCH_SESSION_EPOCH', 'The fetch session epoch is invalid.'],
  listenerNotFound: [
    72,
    'LISTENER_NOT_FOUND',
    'There is no listener on the leader broker that matches the listener on which metadata request was processed.',
  ],
  topicDeletionDisabled: [73, 'TOPIC_DELETION_DISABLED', 'Topic deletion is disabled.'],
  fencedLeaderEpoch: [
    74,
    'FENCED_LEADER_EPOCH',
    'The leader epoch in the request is older than the epoch on the broker.',
  ],
  unknownLeaderEpoch: [
    75,
    'UNKNOWN_LEADER_EPOCH',
    'The leader epoch in the request is newer than the epoch on the broker.',
  ],
  unsupportedCompressionType: [
    76,
    'UNSUPPORTED_COMPRESSION_TYPE',
    'The requesting client does not support the compression type of given partition.',
  ],
  staleBrokerEpoch: [77, 'STALE_BROKER_EPOCH', 'Broker epoch has changed.'],
  offsetNotAvailable: [
    78,
    'OFFSET_NOT_AVAILABLE',
    'The leader high watermark has not caught up from a recent leader election so the offsets cannot be guaranteed to be monotonically increasing.',
  ],
  memberIdRequired: [
    79,
    'MEMBER_ID_REQUIRED',
    'The group member needs to have a valid member id before actually entering a consumer group.',
  ],
  preferredLeaderNotAvailable: [
    80,
    'PREFERRED_LEADER_NOT_AVAILABLE',
    'The preferred leader was not available.',
  ],
  groupMaxSizeReached: [81, 'GROUP_MAX_SIZE_REACHED', 'The group has reached its maximum size.'],
  fencedInstanceId: [
    82,
    'FENCED_INSTANCE_ID',
    'The broker rejected this static consumer since another consumer with the same group.instance.id has registered with a different member.id.',
  ],
  eligibleLeadersNotAvailable: [
    83,
    'ELIGIBLE_LEADERS_NOT_AVAILABLE',
    'Eligible topic partition leaders are not available.',
  ],
  electionNotNeeded: [84, 'ELECTION_NOT_NEEDED', 'Leader election not needed for topic partition.'],
  noReassignmentInProgress: [85, 'NO_REASSIGNMENT_IN_PROGRESS', 'No partition reassignment is in progress.'],
  groupSubscribedToTopic: [
    86,
    'GROUP_SUBSCRIBED_TO_TOPIC',
    'Deleting offsets of a topic is forbidden while the consumer group is actively subscribed to it.',
  ],
  invalidRecord: [
    87,
    'INVALID_RECORD',
    'This record has failed the validation on broker and hence will be rejected.',
  ],
  unstableOffsetCommit: [88, 'UNSTABLE_OFFSET_COMMIT', 'There are unstable offsets that need to be cleared.'],
  throttlingQuotaExceeded: [89, 'THROTTLING_QUOTA_EXCEEDED', 'The throttling quota has been exceeded.'],
  producerFenced: [
    90,
    'PRODUCER_FENCED',
    'There is a newer producer with the same transactionalId which fences the current one.',
  ],
  resourceNotFound: [
    91,
    'RESOURCE_NOT_FOUND',
    'A request illegally referred to a resource that does not exist.',
  ],
  duplicateResource: [92, 'DUPLICATE_RESOURCE', 'A request illegally referred to the same resource twice.'],
  unacceptableCredential: [
    93,
    'UNACCEPTABLE_CREDENTIAL',
    'Requested credential would not meet criteria for acceptability.',
  ],
  inconsistentVoterSet: [
    94,
    'INCONSISTENT_VOTER_SET',
    'Indicates that the either the sender or recipient of a voter-only request is not one of the expected voters.',
  ],
  invalidUpdateVersion: [95, 'INVALID_UPDATE_VERSION', 'The given update version was invalid.'],
  featureUpdateFailed: [
    96,
    'FEATURE_UPDATE_FAILED',
    'Unable to update finalized features due to an unexpected server error.',
  ],
  principalDeserializationFailure: [
    97,
    'PRINCIPAL_DESERIALIZATION_FAILURE',
    'Request principal deserialization failed during forwarding. This indicates an internal error on the broker cluster security setup.',
  ],
  snapshotNotFound: [98, 'SNAPSHOT_NOT_FOUND', 'Requested snapshot was not found.'],
  positionOutOfRange: [
    99,
    'POSITION_OUT_OF_RANGE',
    'Requested position is not greater than or equal to zero, and less than the size of the snapshot.',
  ],
  unknownTopicId: [100, 'UNKNOWN_TOPIC_ID', 'This server does not host this topic ID.'],
  duplicateBrokerRegistration: [101, 'DUPLICATE_BROKER_REGISTRATION', 'This broker ID is already in use.'],
  brokerIdNotRegistered: [102, 'BROKER_ID_NOT_REGISTERED', 'The given broker ID was not registered.'],
  inconsistentTopicId: [
    103,
    'INCONSISTENT_TOPIC_ID',
    "The log's topic ID did not match the topic ID in the request.",
  ],
  inconsistentClusterId: [
    104,
    'INCONSISTENT_CLUSTER_ID',
    'The clusterId in the request does not match that found on the server.',
  ],
  transactionalIdNotFound: [105, 'TRANSACTIONAL_ID_NOT_FOUND', 'The transactionalId could not be found.'],
  fetchSessionTopicIdError: [
    106,
    'FETCH_SESSION_TOPIC_ID_ERROR',
    'The fetch session encountered inconsistent topic ID usage.',
  ],
  ineligibleReplica: [107, 'INELIGIBLE_REPLICA', 'The new ISR contains at least one ineligible replica.'],
  newLeaderElected: [
    108,
    'NEW_LEADER_ELECTED',
    'The AlterPartition request successfully updated the partition state but the leader has changed.',
  ],
  offsetMovedToTieredStorage: [
    109,
    'OFFSET_MOVED_TO_TIERED_STORAGE',
    'The requested offset is moved to tiered storage.',
  ],
  fencedMemberEpoch: [
    110,
    'FENCED_MEMBER_EPOCH',
    'The member epoch is fenced by the group coordinator. The member must abandon all its partitions and rejoin.',
  ],
  unreleasedInstanceId: [
    111,
    'UNRELEASED_INSTANCE_ID',
    'The instance ID is still used by another member in the consumer group. That member must leave first.',
  ],
  unsupportedAssignor: [
    112,
    'UNSUPPORTED_ASSIGNOR',
    'The assignor or its version range is not supported by the consumer group.',
  ],
  staleMemberEpoch: [
    113,
    'STALE_MEMBER_EPOCH',
    'The member epoch is stale. The member must retry after receiving its updated member epoch via the ConsumerGroupHeartbeat API.',
  ],
  mismatchedEndpointType: [
    114,
    'MISMATCHED_ENDPOINT_TYPE',
    'The request was sent to an endpoint of the wrong type.',
  ],
  unsupportedEndpointType: [115, 'UNSUPPORTED_ENDPOINT_TYPE', 'This endpoint type is not supported yet.'],
  unknownControllerId: [116, 'UNKNOWN_CONTROLLER_ID', 'This controller ID is not known.'],
  unknownSubscriptionId: [
    117,
    'UNKNOWN_SUBSCRIPTION_ID',
    'Client sent a push telemetry request with an invalid or outdated subscription ID.',
  ],
  telemetryTooLarge: [
    118,
    'TELEMETRY_TOO_LARGE',
    'Client sent a push telemetry request larger than the maximum size the broker will accept.',
  ],
  invalidRegistration: [
    119,
    'INVALID_REGISTRATION',
    'The controller has considered the broker registration to be invalid.',
  ],
  transactionAbortable: [
    120,
    'TRANSACTION_ABORTABLE',
    'The server encountered an error with the transaction. The client can abort the transaction to continue using this transactional ID.',
  ],
  invalidRecordState: [
    121,
    'INVALID_RECORD_STATE',
    'The record state is invalid. The acknowledgement of delivery could not be completed.',
  ],
  shareSessionNotFound: [122, 'SHARE_SESSION_NOT_FOUND', 'The share session was not found.'],
  invalidShareSessionEpoch: [123, 'INVALID_SHARE_SESSION_EPOCH', 'The share session epoch is invalid.'],
  fencedStateEpoch: [
    124,
    'FENCED_STATE_EPOCH',
    'The share coordinator rejected the request because the share-group state epoch did not match.',
  ],
  invalidVoterKey: [125, 'INVALID_VOTER_KEY', "The voter key doesn't match the receiving replica's key."],
  duplicateVoter: [126, 'DUPLICATE_VOTER', 'The voter is already part of the set of voters.'],
  voterNotFound: [127, 'VOTER_NOT_FOUND', 'The voter is not part of the set of voters.'],
  invalidRegularExpression: [128, 'INVALID_REGULAR_EXPRESSION', 'The regular expression is not valid.'],
  rebootstrapRequired: [
    129,
    'REBOOTSTRAP_REQUIRED',
    'Client metadata is stale. The client should rebootstrap to obtain new metadata.',
  ],
  streamsInvalidTopology: [130, 'STREAMS_INVALID_TOPOLOGY', 'The supplied topology is invalid.'],
  streamsInvalidTopologyEpoch: [
    131,
    'STREAMS_INVALID_TOPOLOGY_EPOCH',
    'The supplied topology epoch is invalid.',
  ],
  streamsTopologyFenced: [132, 'STREAMS_TOPOLOGY_FENCED', 'The supplied topology epoch is outdated.'],
  shareSessionLimitReached: [
    133,
    'SHARE_SESSION_LIMIT_REACHED',
    'The limit of share sessions has been reached.',
  ],
} as const satisfies Readonly<Record<string, readonly [code: number, name: string, message: string]>>;

type Errors = typeof errors;

export const ErrorCode = Object.fromEntries(Object.entries(errors).map(([key, [code]]) => [key, code])) as {
  readonly [E in keyof Errors]: Errors[E][0];
};

export type ErrorCode = Errors[keyof Errors][0];

const messages: ReadonlyMap<number, string> = new Map(
  Object.values(errors).map(([code, , message]) => [code, message]),
);
const codes: ReadonlyMap<string, number> = new Map(Object.values(errors).map(([code, name]) => [name, code]));

/** What an answer says of an error, where it has room for words. Null: there is nothing wrong. */
export function errorMessageOf(code: number): string | null {
  return messages.get(code) || null;
}

/** The names of all that can go wrong. */
export const errorNames: readonly string[] = [...codes.keys()].filter((name) => name !== 'NONE');

/** The code of an error that is given by code or by name, or undefined when there is no such error. */
export function errorCodeOf(error: number | string): number | undefined {
  const code = typeof error === 'string' ? codes.get(error) : error;
  return code !== undefined && code !== ErrorCode.none && messages.has(code) ? code : undefined;
}
