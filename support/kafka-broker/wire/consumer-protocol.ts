import { WireReader } from './reader';
import { struct } from './struct';
import { array, int16, int32, nullableBytes, string } from './types';

/** What clients of the protocol type "consumer" tell each other through the broker, as far as all versions have it. */
export interface TopicPartitions {
  readonly topic: string;
  readonly partitions: number[];
}

const context = { version: 0, flexible: false };

/** ConsumerProtocolSubscription.json, version 0: later versions only append. */
const subscription = struct({ version: int16, topics: array(string), userData: nullableBytes });

/** ConsumerProtocolAssignment.json, version 0: later versions only append. */
const assignment = struct({
  version: int16,
  assignedPartitions: array(struct({ topic: string, partitions: array(int32) })),
});

/** The topics a member subscribes to; none when the bytes are empty or not of this protocol. */
export function decodeSubscription(metadata: Buffer): string[] {
  return decodeOr([], () => subscription.read(new WireReader(metadata), context).topics);
}

/** The partitions a member was assigned; none when the bytes are empty or not of this protocol. */
export function decodeAssignment(bytes: Buffer): TopicPartitions[] {
  return decodeOr([], () => assignment.read(new WireReader(bytes), context).assignedPartitions);
}

/** Members may put in what they like: the broker does not understand it, and need not. */
function decodeOr<T>(fallback: T, decode: () => T): T {
  try {
    return decode();
  } catch {
    return fallback;
  }
}
