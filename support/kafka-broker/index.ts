/** An embedded Kafka broker: real protocol, in memory, in this process, started in milliseconds. */
export { type BrokerNode, KafkaBroker } from './broker';
export type { KafkaBrokerOptions, NewTopicOptions, SaslOptions, TlsOptions } from './broker-options';
export type { Fault, FaultEffect, FaultMatch, FaultRule } from './faults/fault-rule';
export type { BrokerRecord, GroupSnapshot, PartitionSnapshot } from './inspection';
