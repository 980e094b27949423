/** An embedded Kafka broker: real protocol, in memory, in this process, started in milliseconds. */
export { type BrokerNode, KafkaBroker } from './broker';
export type { KafkaBrokerOptions, NewTopicOptions } from './broker-options';
export type { BrokerRecord, GroupSnapshot, PartitionSnapshot } from './inspection';
