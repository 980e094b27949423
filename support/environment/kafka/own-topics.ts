import { bounded, formatDuration } from '../../time';

const limitMs = 10_000;

/**
 * Removes the topics and consumer groups whose names begin with the prefix.
 * @param brokers `host:port` of one or more brokers
 * @throws Error with the cluster's reason, or when it takes longer than ten seconds
 */
export async function removeOwn(brokers: readonly string[], prefix: string): Promise<void> {
  const { Kafka, logLevel } = await import('kafkajs');
  const admin = new Kafka({ clientId: 'brine', brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  const remove = async (): Promise<void> => {
    await admin.connect();
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
    const { groups } = await admin.listGroups();
    const ours = groups.map(({ groupId }) => groupId).filter((group) => group.startsWith(prefix));
    if (ours.length > 0) await admin.deleteGroups(ours);
  };
  const late = () =>
    new Error(`removing the topics ${prefix}... took longer than ${formatDuration(limitMs)}`);
  try {
    await bounded(remove(), limitMs, late);
  } finally {
    await bounded(admin.disconnect(), limitMs, () => new Error('did not disconnect')).catch(() => {});
  }
}
