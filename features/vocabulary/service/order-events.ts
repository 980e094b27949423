import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How services publish: with a client of the registry that knows nothing of Brine. */

const files = {
  avro: ['AVRO', 'placed.avsc'],
  protobuf: ['PROTOBUF', 'placed.proto'],
  json: ['JSON', 'placed.schema.json'],
} as const;

const { KAFKA_BROKERS = '', KAFKA_TOPIC_PREFIX = '', SCHEMA_REGISTRY_URL = '' } = process.env;

/** Publishes an order in Avro, Protobuf or JSON with a JSON Schema. Both clients are loaded when they are first needed. */
export async function publishOrder(format: string, id: string): Promise<void> {
  const { Kafka, logLevel } = await import('kafkajs');
  const { SchemaRegistry, SchemaType } = await import('@kafkajs/confluent-schema-registry');
  const [type, file] = files[format as keyof typeof files];
  const schema = readFileSync(join(__dirname, '../data', file), 'utf8');
  const topic = `${KAFKA_TOPIC_PREFIX}service_${format}`;
  const registry = new SchemaRegistry({ host: SCHEMA_REGISTRY_URL });
  const registered = await registry.register(
    { type: SchemaType[type], schema },
    { subject: `${topic}-value` },
  );
  const value = await registry.encode(registered.id, { id, total: 12.5 });
  const producer = new Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  await producer.send({ topic, messages: [{ key: id, value }] });
  await producer.disconnect();
}
