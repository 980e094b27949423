import { Leadership, noLeader } from './leadership';
import type { Nodes } from './nodes';

/** default.replication.factor, where nobody says otherwise: as many as a sensible production cluster has. */
export function defaultReplicationFactor(nodes: Nodes): number {
  return Math.min(3, nodes.count);
}

/**
 * The replicas of `count` partitions, round-robin over all nodes: each next partition prefers the next node as leader.
 * @param start the position of the first partition's leader among the nodes
 */
export function spread(nodes: Nodes, count: number, replicationFactor: number, start: number): number[][] {
  const ids = nodes.all().map(({ id }) => id);
  const at = (position: number) => ids[position % ids.length] ?? noLeader;
  return Array.from({ length: count }, (_, partition) =>
    Array.from({ length: replicationFactor }, (_unused, replica) => at(start + partition + replica)),
  );
}

/** Under the first replica that runs. */
export function leadershipOf(replicas: readonly number[], nodes: Nodes): Leadership {
  return new Leadership(replicas, electable(replicas, nodes));
}

/** The first replica that runs, or `noLeader`. */
export function electable(replicas: readonly number[], nodes: Nodes): number {
  return replicas.find((id) => nodes.isRunning(id)) ?? noLeader;
}

/** Why the replicas chosen by hand cannot be, or null. In the words of Kafka's ReplicationControlManager. */
export function assignmentProblem(
  assignments: ReadonlyArray<readonly number[]>,
  nodes: Nodes,
): string | null {
  const size = assignments[0]?.length ?? 0;
  for (const replicas of assignments) {
    const unknown = replicas.find((id) => !nodes.get(id));
    if (replicas.length === 0) return 'The manual partition assignment includes an empty replica list.';
    if (unknown !== undefined) {
      return `The manual partition assignment includes broker ${unknown}, but no such broker is registered.`;
    }
    if (new Set(replicas).size !== replicas.length) {
      return `The manual partition assignment includes a broker more than once: ${replicas.join(', ')}.`;
    }
    if (replicas.length !== size) {
      return `The manual partition assignment includes a partition with ${replicas.length} replica(s), but this is not consistent with previous partitions, which have ${size} replica(s).`;
    }
  }
  return null;
}
