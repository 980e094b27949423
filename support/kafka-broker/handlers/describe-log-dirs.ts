import { ErrorCode } from '../error-code';
import { describeLogDirsApi } from '../wire/messages/describe-log-dirs';
import { implement } from './registered-api';

/** There is no directory; clients show its name. */
export const logDirectory = '/memory';

/**
 * DescribeLogDirs (35), versions 0-4 (KIP-113): the bytes of every partition, or of those asked for. Unknown ones are left
 * out, as Kafka does.
 */
export const describeLogDirs = implement(describeLogDirsApi, ({ topics: wanted }, { broker }) => {
  const partitionsOf = wanted && new Map(wanted.map(({ topic, partitions }) => [topic, partitions]));
  const topics = broker.topics.all().flatMap(({ name, partitions }) => {
    const asked = partitionsOf ? (partitionsOf.get(name) ?? []) : [...partitions.keys()];
    const found = asked.flatMap((partitionIndex) => {
      const log = partitions[partitionIndex];
      if (!log) return [];
      return [{ partitionIndex, partitionSize: BigInt(log.size), offsetLag: 0n, isFutureKey: false }];
    });
    return found.length === 0 ? [] : [{ name, partitions: found }];
  });
  return { results: [{ errorCode: ErrorCode.none, logDir: logDirectory, topics }] };
});
