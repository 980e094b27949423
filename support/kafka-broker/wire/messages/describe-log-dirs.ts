import { defineApi } from '../api-definition';
import { since, struct } from '../struct';
import { array, boolean, int16, int32, int64, nullableArray, string } from '../types';

/** DescribeLogDirsRequest.json and DescribeLogDirsResponse.json of Apache Kafka (KIP-113). */
export const describeLogDirsApi = defineApi({
  key: 35,
  name: 'DescribeLogDirs',
  versions: [0, 4],
  flexibleSince: 2,
  request: struct({ topics: nullableArray(struct({ topic: string, partitions: array(int32) })) }),
  response: struct({
    throttleTimeMs: since(0, int32, 0),
    errorCode: since(3, int16, 0),
    results: array(
      struct({
        errorCode: int16,
        logDir: string,
        topics: array(
          struct({
            name: string,
            partitions: array(
              struct({ partitionIndex: int32, partitionSize: int64, offsetLag: int64, isFutureKey: boolean }),
            ),
          }),
        ),
        totalBytes: since(4, int64, -1n),
        usableBytes: since(4, int64, -1n),
      }),
    ),
  }),
});
