import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, boolean, int8, int16, int32, nullableString, string } from '../types';

/** DescribeClusterRequest.json and DescribeClusterResponse.json of Apache Kafka (KIP-700). */
export const describeClusterApi = defineApi({
  key: 60,
  name: 'DescribeCluster',
  versions: [0, 2],
  flexibleSince: 0,
  request: struct({
    includeClusterAuthorizedOperations: boolean,
    endpointType: since(1, int8, 1),
    includeFencedBrokers: since(2, boolean, false),
  }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    errorCode: int16,
    errorMessage: since(0, nullableString, null),
    endpointType: since(1, int8, 1),
    clusterId: string,
    controllerId: int32,
    brokers: array(
      struct({
        brokerId: int32,
        host: string,
        port: int32,
        rack: since(0, nullableString, null),
        isFenced: since(2, boolean, false),
      }),
    ),
    clusterAuthorizedOperations: since(0, int32, -0x80000000),
  }),
});
