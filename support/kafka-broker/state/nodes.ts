/** One broker of the cluster: an id, an address, and whether it listens. */
export class Node {
  readonly id: number;
  readonly host: string;
  /** Known once the node listens, which is before the first request. */
  port = 0;
  isRunning = true;

  constructor(id: number, host: string) {
    this.id = id;
    this.host = host;
  }
}

/** The brokers of the cluster, by id: 1 and up. */
export class Nodes {
  readonly #nodes: ReadonlyMap<number, Node>;

  constructor(host: string, count: number) {
    const nodes = Array.from({ length: count }, (_, index) => new Node(index + 1, host));
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
  }

  get count(): number {
    return this.#nodes.size;
  }

  all(): Node[] {
    return [...this.#nodes.values()];
  }

  running(): Node[] {
    return this.all().filter(({ isRunning }) => isRunning);
  }

  get(id: number): Node | undefined {
    return this.#nodes.get(id);
  }

  isRunning(id: number): boolean {
    return this.#nodes.get(id)?.isRunning ?? false;
  }

  /** -1 when none runs. Under KRaft, clients are told any broker that runs: all forward what is the controller's (KIP-590). */
  get controllerId(): number {
    return this.running()[0]?.id ?? -1;
  }
}
