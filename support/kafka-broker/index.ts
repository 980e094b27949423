/** An embedded Kafka broker: real protocol, in memory, in this process, started in milliseconds. */
export { KafkaBroker, type KafkaBrokerOptions } from './broker';
export type { BrokerRecord, GroupSnapshot } from './inspection';
