import type { Group } from '../state/group';
import { decodeSubscription } from '../wire/consumer-protocol';

/** Every topic that a member of a group of consumers has subscribed to. */
export function subscribedTopics(group: Group): string[] {
  if (group.protocolType !== 'consumer') return [];
  const topics = group.members.flatMap(({ protocols }) =>
    protocols.flatMap(({ metadata }) => decodeSubscription(metadata)),
  );
  return [...new Set(topics)].sort();
}
