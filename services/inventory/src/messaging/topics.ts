import type { Kafka } from 'kafkajs';

/** How many partitions each topic has, by its name without the installation's prefix. */
const TOPICS = { order_events: 3, stock_events: 3, 'order_events.dlq': 1 };

/** Creates the topics that do not exist yet; both services do, because either may start first. */
export async function ensureTopics(kafka: Kafka, prefix: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = await admin.listTopics();
    const topics = Object.entries(TOPICS)
      .map(([name, numPartitions]) => ({ topic: prefix + name, numPartitions }))
      .filter(({ topic }) => !existing.includes(topic));
    if (topics.length > 0) await admin.createTopics({ topics });
  } finally {
    await admin.disconnect();
  }
}
