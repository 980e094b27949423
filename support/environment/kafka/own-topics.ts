import { bounded, formatDuration } from '../../time';
import { removeTopics } from '../leftovers/store-remove.js';

const limitMs = 10_000;

/**
 * Removes the topics and consumer groups whose names begin with the prefix.
 * @param brokers `host:port` of one or more brokers
 * @throws Error with the cluster's reason, or when it takes longer than ten seconds
 */
export async function removeOwn(brokers: readonly string[], prefix: string): Promise<void> {
  const late = () =>
    new Error(`removing the topics ${prefix}... took longer than ${formatDuration(limitMs)}`);
  await bounded(removeTopics(brokers, prefix), limitMs, late);
}
