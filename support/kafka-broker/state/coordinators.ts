import type { Nodes } from './nodes';

export type CoordinatorKind = 'group' | 'transaction';

/** offsets.topic.num.partitions and transaction.state.log.num.partitions of Kafka. */
const slotCount = 50;
const nobody = -1;

/**
 * Which node coordinates a group or a transactional id. As in Kafka, ids are hashed to one of 50 slots, and each slot
 * belongs to a node until that node stops. (There, slots are the partitions of two internal topics.)
 */
export class Coordinators {
  readonly #nodes: Nodes;
  readonly #owners: Readonly<Record<CoordinatorKind, number[]>>;
  readonly #moved = new Map<string, number>();

  constructor(nodes: Nodes) {
    this.#nodes = nodes;
    const ids = nodes.all().map(({ id }) => id);
    const owners = () => Array.from({ length: slotCount }, (_, slot) => ids[slot % ids.length] ?? nobody);
    this.#owners = { group: owners(), transaction: owners() };
  }

  /** The id of the node, -1 when none runs. */
  of(kind: CoordinatorKind, id: string): number {
    return this.#moved.get(`${kind} ${id}`) ?? this.#owners[kind][slotOf(id)] ?? nobody;
  }

  /** Until that node stops. */
  move(kind: CoordinatorKind, id: string, nodeId: number): void {
    this.#moved.set(`${kind} ${id}`, nodeId);
  }

  /** Slots whose node does not run go to nodes that do. */
  reassign(): void {
    const ids = this.#nodes.running().map(({ id }) => id);
    for (const owners of Object.values(this.#owners)) {
      owners.forEach((owner, slot) => {
        if (!this.#nodes.isRunning(owner)) owners[slot] = ids[slot % ids.length] ?? nobody;
      });
    }
    for (const [key, owner] of this.#moved) if (!this.#nodes.isRunning(owner)) this.#moved.delete(key);
  }
}

/** Utils.abs(id.hashCode()) % 50, as in Kafka: String.hashCode of Java. */
function slotOf(id: string): number {
  let hash = 0;
  for (let index = 0; index < id.length; index++) hash = (Math.imul(hash, 31) + id.charCodeAt(index)) | 0;
  return (hash & 0x7fffffff) % slotCount;
}
