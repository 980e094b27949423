import { type CoordinatorKind, Coordinators } from './coordinators';
import type { Groups } from './groups';
import { noLeader } from './leadership';
import type { LogBatch } from './log-batch';
import type { Node, Nodes } from './nodes';
import type { PartitionLog } from './partition-log';
import { electable } from './placement';
import type { Topics } from './topics';

/** Several nodes over one shared state: what changes when a node stops, starts, or hands something over. */
export class Cluster<B extends LogBatch = LogBatch> {
  readonly nodes: Nodes;
  readonly coordinators: Coordinators;
  readonly #topics: Topics<B>;
  readonly #groups: Groups;

  constructor(nodes: Nodes, topics: Topics<B>, groups: Groups) {
    this.nodes = nodes;
    this.coordinators = new Coordinators(nodes);
    this.#topics = topics;
    this.#groups = groups;
  }

  /** What the node led and coordinated goes to nodes that run. */
  nodeStopped(node: Node): void {
    node.isRunning = false;
    this.#changeCoordinators(() => this.coordinators.reassign());
    for (const log of this.#logs()) if (log.leadership.leader === node.id) this.#elect(log);
  }

  /** The node takes over what nobody led or coordinated, and else waits to be given something, as in Kafka. */
  nodeStarted(node: Node): void {
    node.isRunning = true;
    this.coordinators.reassign();
    for (const log of this.#logs()) if (log.leadership.leader === noLeader) this.#elect(log);
  }

  /** Gives the partition to other nodes, at once: all share one log. A leader that is none of them any more is replaced. */
  reassign(log: PartitionLog<B>, replicas: readonly number[]): void {
    log.leadership.reassign(replicas);
    if (!replicas.includes(log.leadership.leader)) this.#elect(log);
  }

  lead(log: PartitionLog<B>, nodeId: number): void {
    log.leadership.change(nodeId, log.endOffset);
    log.changed.emit();
  }

  moveCoordinator(kind: CoordinatorKind, id: string, nodeId: number): void {
    this.#changeCoordinators(() => this.coordinators.move(kind, id, nodeId));
  }

  #elect(log: PartitionLog<B>): void {
    const next = electable(log.leadership.replicas, this.nodes);
    if (next !== log.leadership.leader) this.lead(log, next);
  }

  /** Who waits at a coordinator that is none any more is told so. */
  #changeCoordinators(change: () => void): void {
    const coordinatorOf = (groupId: string) => this.coordinators.of('group', groupId);
    const before = this.#groups.all().map((group) => ({ group, nodeId: coordinatorOf(group.groupId) }));
    change();
    for (const { group, nodeId } of before)
      if (coordinatorOf(group.groupId) !== nodeId) group.coordinatorMoved();
  }

  #logs(): PartitionLog<B>[] {
    return this.#topics.all().flatMap(({ partitions }) => partitions);
  }
}
