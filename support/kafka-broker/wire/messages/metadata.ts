import { noUuid } from '../../uuid';
import { defineApi } from '../api-definition';
import { between, since, struct } from '../struct';
import { array, boolean, int16, int32, nullableArray, nullableString, string, uuid } from '../types';

const operationsNotAsked = -0x80000000;

/** MetadataRequest.json and MetadataResponse.json of Apache Kafka. */
export const metadataApi = defineApi({
  key: 3,
  name: 'Metadata',
  versions: [0, 13],
  flexibleSince: 9,
  request: struct({
    topics: nullableArray(struct({ topicId: since(10, uuid, noUuid), name: nullableString })),
    allowAutoTopicCreation: since(4, boolean, true),
    includeClusterAuthorizedOperations: between(8, 10, boolean, false),
    includeTopicAuthorizedOperations: since(8, boolean, false),
  }),
  response: struct({
    throttleTimeMs: since(3, int32, 0),
    brokers: array(
      struct({ nodeId: int32, host: string, port: int32, rack: since(1, nullableString, null) }),
    ),
    clusterId: since(2, nullableString, null),
    controllerId: since(1, int32, -1),
    topics: array(
      struct({
        errorCode: int16,
        name: nullableString,
        topicId: since(10, uuid, noUuid),
        isInternal: since(1, boolean, false),
        partitions: array(
          struct({
            errorCode: int16,
            partitionIndex: int32,
            leaderId: int32,
            leaderEpoch: since(7, int32, -1),
            replicaNodes: array(int32),
            isrNodes: array(int32),
            offlineReplicas: since(5, array(int32), []),
          }),
        ),
        topicAuthorizedOperations: since(8, int32, operationsNotAsked),
      }),
    ),
    clusterAuthorizedOperations: between(8, 10, int32, operationsNotAsked),
    errorCode: since(13, int16, 0),
  }),
});
